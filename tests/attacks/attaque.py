"""Copied beside each program of the suite: right behaviour, and how an attack tells.

An attack that gets something says so with `escaped`; one that was stopped says `tried`. The
words are put together here, so that no copy of the source in a report looks like one. KNOWN is
what the strongest attacker would know: paths, ports, names (never the secrets themselves).
"""

import base64
import ctypes
import json
import os
import platform
import re
import socket
import sys

KNOWN = {}  # filled in when the class is laid out
LIMITS = KNOWN.get("limits", {})
MARK = re.compile(rb"WGCANARY-[a-z]+-[0-9a-f]{16}")
PORT = 65432
GREETING = "Bonjour Client, je suis le serveur 65432, la connexion est établie"
HELLO = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
GOODBYE = "Serveur 65432, je vous dis au revoir"
libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"


def _tell(word, row, text):
    line = f"{word} row={row}: {text}".encode("utf-8", "backslashreplace")[:600] + b"\n"
    for fd in (1, 2):
        try:
            os.write(fd, line)
        except OSError:
            pass


def escaped(row, text):
    """It got through: what it got."""
    _tell("ESCA" + "PED", row, text)


def tried(row, text):
    """It has been tried, to the end."""
    _tell("TRI" + "ED", row, text)


def attempt(row, name, call, *arguments):
    """`call` must be refused (OSError); True if it was not."""
    try:
        got = call(*arguments)
    except (OSError, ValueError, AttributeError, OverflowError):
        return False
    escaped(row, f"{name} {got!r:.80}")
    return True


def syscall(number, *arguments):
    """A raw system call; raises OSError."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    libc.syscall.restype = ctypes.c_long
    got = libc.syscall(ctypes.c_long(number), *words)
    if got < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return got


def spot(row, where, data):
    """Whether `data` holds a planted secret."""
    found = MARK.search(data)
    if found:
        escaped(row, f"{where}: {found.group().decode()}")
    return bool(found)


def look_at(row, path):
    """Read a file's beginning for a secret."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return
    try:
        spot(row, path, os.read(fd, 65536))
    except OSError:
        pass
    finally:
        os.close(fd)


def walk(row, *roots, most=20000):
    """Look at every file below `roots`; how many."""
    count = 0
    for root in roots:
        for folder, folders, files in os.walk(root):
            folders[:] = [
                f for f in folders if os.path.realpath(os.path.join(folder, f)) not in _SKIPPED
            ]
            for name in files:
                count += 1
                if count > most:
                    return count
                look_at(row, os.path.join(folder, name))
    return count


_SKIPPED = {"/usr", "/lib", "/lib64", "/proc", "/sys", "/dev", sys.base_prefix}


def accept(port=PORT):
    """Listen, and take the first client: (listener, connection)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("", port))
    listener.listen(1)
    connection, _ = listener.accept()
    return listener, connection


def serve():
    """The server that the statement asks for, to its end."""
    listener, connection = accept()
    connection.sendall(GREETING.encode())
    for _ in range(2):
        print(connection.recv(1024).decode(), flush=True)
    connection.close()
    listener.close()


def call():
    """The client that the statement asks for, to its end."""
    with socket.create_connection(("localhost", PORT)) as client:
        print(client.recv(1024).decode(), flush=True)
        client.sendall(HELLO.encode())
        client.sendall(GOODBYE.encode())
