from attaque import *

serve()
import fcntl
import termios

ways = {"TIOCSTI": termios.TIOCSTI, "TIOCSCTTY": termios.TIOCSCTTY, "TIOCLINUX": 0x541C,
        "TIOCCONS": termios.TIOCCONS}
streams = [0, 1, 2]
for path in ("/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1", "/dev/pts/0", "/dev/pts/1"):
    try:
        streams.append(os.open(path, os.O_RDWR | os.O_NOCTTY))
    except OSError:
        pass
os.setsid() if os.getpgrp() != os.getpid() else None
for fd in streams:
    for name, number in ways.items():
        if name == "TIOCSCTTY":
            continue
        attempt(11, f"{name} on {fd}", fcntl.ioctl, fd, number, b"x\0\0\0")
tried(11, f"{len(streams)} streams")
