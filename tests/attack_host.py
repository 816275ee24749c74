"""The host around a hostile class: secrets that nobody may read, doors that nobody may reach.

Everything planted lies in one folder that anybody may enter, so that only the sandbox keeps
a program out. `close` takes all of it away and says what was touched.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_libc.shmat.restype = ctypes.c_void_p
_IPC_CREAT, _IPC_EXCL, _IPC_RMID = 0o1000, 0o2000, 0
_KINDS = ("home", "tmp", "env", "neighbour", "lab", "grader", "ipc", "open")


class Host:
    """Canaries, listeners and shared memory; a folder `base` for the class."""

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="wiregrade-attacks-"))
        self.base.chmod(0o755)
        self.canaries = {kind: f"WGCANARY-{kind}-{secrets.token_hex(8)}" for kind in _KINDS}
        self.home = self._folder("home")
        self.writable = self._folder("open", 0o777)
        self.temporary = self._folder("temporary", 0o777)
        self.submissions = self._folder("remises")
        self.lab = self.base / "lab"
        self.beside = Path(tempfile.mkstemp(prefix="wiregrade-canary-", suffix=".txt")[1])
        self._plant_files()
        self._name = f"wiregrade-attacks-{secrets.token_hex(8)}"
        self._tcp, self._abstract = self.open_doors()
        self._path = self._unix(str(self.base / "prise"))
        (self.base / "prise").chmod(0o777)
        self.doors: tuple[socket.socket, ...] = ()
        """More of them, in another network."""
        self._share_memory()

    def _folder(self, name: str, mode: int = 0o755) -> Path:
        folder = self.base / name
        folder.mkdir()
        folder.chmod(mode)
        return folder

    def _plant_files(self) -> None:
        (self.home / ".ssh").mkdir()
        for path, kind in (
            (self.home / ".ssh" / "id_rsa", "home"),
            (self.home / "secret.txt", "home"),
            (self.beside, "tmp"),
            (self.writable / "secret.txt", "open"),
            (self.base / "grader-secret.txt", "grader"),
        ):
            path.write_text(self.canaries[kind] + "\n")
            path.chmod(0o644)
        self._planted = self._touched_state()

    def open_doors(self, port: int = 0) -> tuple[socket.socket, socket.socket]:
        """Listen on the loopback and at an abstract name of the network that we are in."""
        return socket.create_server(("127.0.0.1", port)), self._unix(f"\0{self._name}")

    @property
    def port(self) -> int:
        """Of the listener on the loopback."""
        number: int = self._tcp.getsockname()[1]
        return number

    def _unix(self, address: str) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(address)
        listener.listen()
        return listener

    def _share_memory(self) -> None:
        self.ipc_key = 0x57470000 + secrets.randbelow(0x10000)
        self._shared = _libc.shmget(self.ipc_key, 4096, _IPC_CREAT | _IPC_EXCL | 0o666)
        if self._shared < 0:
            raise OSError(ctypes.get_errno(), "shared memory could not be made")
        address = ctypes.c_void_p(_libc.shmat(self._shared, None, 0))
        secret = self.canaries["ipc"].encode()
        assert address.value is not None
        ctypes.memmove(address.value, secret, len(secret))
        _libc.shmdt(address)

    def known(self, limits: Mapping[str, object], *pids: int) -> dict[str, object]:
        """What the strongest attacker knows: every place and name, no secret."""
        root = Path(__file__).resolve().parent.parent
        return {
            "secrets": [
                str(self.home / ".ssh" / "id_rsa"), str(self.home / "secret.txt"),
                str(self.beside), str(self.writable / "secret.txt"),
                str(self.base / "grader-secret.txt"),
            ],
            "neighbours": [str(self.submissions / "mmm-neighbour" / "serveur.py")],
            "lab": [
                str(self.lab / "lab.yaml"), str(root / "reference" / "machine.py"),
                str(root / "grader" / "run" / "player.py"),
                str(self.base / "out" / "results.json"), str(self.base / "out" / ".wiregrade.json"),
            ],
            "writable": [str(self.writable), str(self.temporary)],
            "host_paths": [str(self.base), str(root)],
            "pids": [os.getpid(), *pids],
            "tcp_port": self.port,
            "abstract": self._name,
            "unix": [str(self.base / "prise")],
            "ipc_key": self.ipc_key,
            "limits": dict(limits),
        }  # fmt: skip

    def reached(self) -> list[str]:
        """Doors that somebody knocked at."""
        found = []
        for name, door in (("tcp", self._tcp), ("abstract", self._abstract), ("path", self._path)):
            door.setblocking(False)
            try:
                door.accept()
            except BlockingIOError:
                continue
            found.append(name)
        return found

    def touched(self) -> list[str]:
        """What changed of that which was planted, and files that were left."""
        now = self._touched_state()
        changed = [path for path in {*now, *self._planted} if now.get(path) != self._planted[path]]
        return changed + [str(path) for path in self.temporary.iterdir()]

    def _touched_state(self) -> dict[str, str]:
        files = [p for root in (self.home, self.writable) for p in root.rglob("*") if p.is_file()]
        files += [self.beside, self.base / "grader-secret.txt"]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def close(self) -> None:
        """Take everything away."""
        for door in (self._tcp, self._abstract, self._path, *self.doors):
            door.close()
        _libc.shmctl(self._shared, _IPC_RMID, None)
        self.beside.unlink()
        shutil.rmtree(self.base)
