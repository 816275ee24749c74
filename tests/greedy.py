"""Programs that stay just under every limit and leave as much as they can: the grader's worst.

Each does what the statement asks, so that all of its runs are played, and floods on the way:
its terminal, standard error, the wire to the reference, and a connection with itself, of which
every frame is captured.
"""

from __future__ import annotations

import os
from pathlib import Path

MIB = 2**20

_TOP = """import os, socket, struct, sys, threading
SAID = b"a line of a flood, as long as many are: 0123456789 " * 20

def to(fd, size):
    while size > 0:
        size -= os.write(fd, SAID[:size])

def to_itself(size, piece):
    listener = socket.create_server(("127.0.0.1", 0))
    there = socket.create_connection(listener.getsockname())
    here, _ = listener.accept()
    there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while size > 0:
        there.sendall(b"x" * piece)
        got = 0
        while got < piece:
            got += len(here.recv(piece - got))
        size -= piece
    for one in (there, here, listener):
        one.close()

def flood():
    to(1, STDOUT)
    print(flush=True)
    to(2, STDERR)
    to_itself(LOOP, LOOP_PIECE)

def to_peer(peer):
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    size = WIRE
    while size > 0:
        peer.sendall(b"y" * WIRE_PIECE)
        size -= WIRE_PIECE
"""

_SERVER = """
with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", 65432))
    s.listen()
    flood()
    c, _ = s.accept()
    c.sendall("Bonjour Client, je suis le serveur 65432, la connexion est \\u00e9tablie".encode())
    to_peer(c)
    print(c.recv(1024).decode(), flush=True)
    print(c.recv(1024).decode(), flush=True)
    c.close()
"""

_CLIENT = """
flood()
with socket.socket() as c:
    c.connect(("127.0.0.1", 65432))
    print(c.recv(1024).decode(), flush=True)
    c.sendall("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
    c.sendall("Serveur 65432, je vous dis au revoir".encode())
    to_peer(c)
"""

KINDS: dict[str, dict[str, int]] = {
    "stdout": {"STDOUT": MIB - 4096},
    "stderr": {"STDERR": MIB - 4096},
    "wire": {"WIRE": 7 * MIB + MIB // 2, "WIRE_PIECE": 65536},
    "segments": {"WIRE": 15_000, "WIRE_PIECE": 1},
    "capture": {"LOOP": 31 * MIB, "LOOP_PIECE": 32768},
    "small-frames": {"LOOP": 60_000, "LOOP_PIECE": 1},
    "everything": {
        "STDOUT": MIB - 4096, "STDERR": MIB - 4096, "WIRE": 7 * MIB, "WIRE_PIECE": 65536,
        "LOOP": 24 * MIB, "LOOP_PIECE": 32768,
    },
}  # fmt: skip
_NOTHING = {"STDOUT": 0, "STDERR": 0, "WIRE": 0, "WIRE_PIECE": 1, "LOOP": 0, "LOOP_PIECE": 1}


def program(kind: str, role: str) -> str:
    """The text of a `server` or `client` of that kind."""
    numbers = {**_NOTHING, **KINDS[kind]}
    settings = "".join(f"{name} = {value}\n" for name, value in numbers.items())
    return settings + _TOP + (_SERVER if role == "server" else _CLIENT)


def hand_in(folder: Path, kind: str, roles: tuple[str, ...] = ("server", "client")) -> None:
    """Write such a submission into `folder`, which is made."""
    folder.mkdir(parents=True)
    for role in roles:
        name = {"server": "serveur.py", "client": "client.py"}[role]
        (folder / name).write_text(program(kind, role), encoding="utf-8")


def hand_in_data(folder: Path, size: int, file_size: int) -> None:
    """Fill it with `size` bytes of data beside its programs, which don't compress."""
    for number in range(size // file_size):
        (folder / f"data{number}.bin").write_bytes(os.urandom(file_size))
