from attaque import *

serve()
tried(21, "starting")
for _ in range(7):
    if os.fork() == 0:
        break
while True:
    pass
