from attaque import *

call()
tried(27, "starting")
os.fork()
os.fork()
while True:
    os.write(2, b"E" * 65536)
