from attaque import *
for fd in (2, 1):
    left = 150_000
    while left:
        left -= os.write(fd, (b"e" * 99 + b"\n") * (left // 100))
tried(28, "300 kB")

serve()
