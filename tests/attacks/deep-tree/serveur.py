from attaque import *

serve()
depth = 0
try:
    for depth in range(3000):
        os.mkdir("d" * 40)
        os.chdir("d" * 40)
except OSError:
    pass
tried(17, f"{depth} folders deep")
