from attaque import *

call()
odd = [b"-rf", b"a\nb", b"\xff\xfe", b" ", b"~", b"$(id)", b"*", b"\x1b[31m", b"n" * 255]
made = 0
try:
    for number in range(6000):
        name = odd[number % len(odd)][:240] + b"%d" % number
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0))
        made += 1
except OSError:
    pass
tried(17, f"{made} files")
