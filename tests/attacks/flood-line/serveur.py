from attaque import *

serve()
tried(27, "starting")
while True:
    os.write(1, b"A" * 65536)
