"""Hostile programs, folders and names that are made."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

from attack_made import MIB, RIGHT, Entries

ENTRIES = Entries()


def _folder(files: Callable[[], dict[str, bytes]]) -> Callable[[Path], None]:
    def build(path: Path) -> None:
        path.mkdir()
        for name, data in files().items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)

    return build


def _broken(source: bytes) -> Callable[[Path], None]:
    return _folder(lambda: {"serveur.py": source, "client.py": RIGHT["client.py"]})


_AGAIN = RIGHT["serveur.py"]
ENTRIES.add(
    "parser-nesting",
    (49,),
    "50,000 brackets in each other",
    _broken(b"x = " + b"(" * 50_000),
    score=10,
)
ENTRIES.add(
    "parser-minus",
    (49,),
    "an operator 100,000 times",
    _broken(b"x = " + b"-" * 100_000 + b"1\n"),
    score=10,
)
ENTRIES.add("parser-nul", (49,), "a NUL in the middle", _broken(_AGAIN + b"\0\n"), score=None)
ENTRIES.add(
    "parser-long-line",
    (49,),
    "a right program with a line of 3 MB",
    _broken(_AGAIN + b"#" + b"x" * 3 * MIB),
    score=20,
)
ENTRIES.add(
    "parser-number",
    (49,),
    "a number of 5000 digits",
    _broken(b"x = " + b"9" * 5000 + b"\n"),
    score=10,
)
ENTRIES.add(
    "parser-encoding",
    (49, 29),
    "an encoding that hides what it is",
    _broken(b"# coding: rot13\nvzcbeg fbpxrg\n"),
    score=10,
)
ENTRIES.add(
    "parser-coding",
    (49,),
    "an encoding that is none",
    _broken(b"# coding: wiregrade\n" + _AGAIN),
    score=10,
)
ENTRIES.add(
    "parser-indent",
    (49,),
    "deep indents",
    _broken(b"".join(b" " * n + b"if 1:\n" for n in range(150))),
    score=10,
)
ENTRIES.add(
    "parser-form-feed",
    (49, 29),
    "line ends that only some count",
    _broken(b"\x0c\r\x0b\x1c\xc2\x85\n" + _AGAIN),
    score=10,
)
ENTRIES.add(
    "ambiguous", (46,), "programs of which any may be meant",
    _folder(
        lambda: {f"{place}serveur{n}.py": _AGAIN for place in ("", "a/", "b/") for n in range(30)}
        | {"client.py": RIGHT["client.py"], "client/serveur_client.py": b"x"}
    ),
)  # fmt: skip


# --- folders that are not what they seem -------------------------------------------------


def _link_program(path: Path) -> None:
    _folder(lambda: {"client.py": RIGHT["client.py"]})(path)
    (path / "serveur.py").symlink_to(path.parent.parent / "home" / "secret.txt")
    (path / "dossier").symlink_to(path.parent.parent / "home")


def _special_program(path: Path) -> None:
    _folder(lambda: {"client.py": RIGHT["client.py"]})(path)
    os.mkfifo(path / "serveur.py")
    os.mkfifo(path / "tube")
    # A socket's address is short: by way of the descriptor of its folder.
    with socket.socket(socket.AF_UNIX) as bound:
        folder = os.open(path, os.O_RDONLY)
        bound.bind(f"/proc/self/fd/{folder}/prise.py")
        os.close(folder)


def _sparse(path: Path) -> None:
    _folder(lambda: {"client.py": RIGHT["client.py"]})(path)
    with (path / "serveur.py").open("wb") as file:
        file.write(_AGAIN)
        file.truncate(2**40)


def _deep(path: Path) -> None:
    _folder(lambda: dict(RIGHT))(path)
    here = os.open(path, os.O_RDONLY)
    for _ in range(600):
        os.mkdir("d" * 30, dir_fd=here)
        inner = os.open("d" * 30, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


ENTRIES.add(
    "folder-link", (41, 13), "a program that is a link to a secret", _link_program, score=10
)
ENTRIES.add(
    "folder-specials", (15,), "a program that is a FIFO, and a socket", _special_program, score=10
)
ENTRIES.add("folder-sparse", (42,), "a program of a terabyte", _sparse, score=10)
ENTRIES.add("folder-deep", (17,), "600 folders in each other", _deep)
ENTRIES.add(
    "link-to-folder",
    (41,),
    "a submission that is a link to a neighbour's",
    lambda p: p.symlink_to("aaa-twin"),
    problem="link-refused",
)
ENTRIES.add(
    "link-outside.zip",
    (41,),
    "an archive that is a link",
    lambda p: p.symlink_to("../home/secret.txt"),
    problem="link-refused",
)
ENTRIES.add(
    "fifo.zip", (15,), "an archive that is a FIFO", partial(os.mkfifo), problem="not-a-file"
)
ENTRIES.add(
    "hides", (38, 47), "a file that marks the grader's own folders, full of aliases",
    _folder(lambda: {**RIGHT, ".wiregrade.json": b'{"schema_version": 1}', "results.json": b"{}"}),
)  # fmt: skip
ENTRIES.add(
    "hides-deep", (38, 47), "the same, its programs two folders down, with all that we write",
    _folder(
        lambda: {f"tp/rendu/{name}": data for name, data in RIGHT.items()}
        | {f"{place}.wiregrade.{kind}": b"1" for place in ("", "tp/") for kind in ("json", "lock")}
        | {"index.html": b"", "results.json": b"{}"}
    ),
)  # fmt: skip


# --- names -------------------------------------------------------------------------------

_NAMES: tuple[str, ...] = (
    "-rf", "--out", "a\nb", "a\rb\t::error::pwned", "\x1b[31mrouge\x07", "=cmd|' !A0",
    "<img src=x onerror=document.title='pwned'>", "\u202egnp.exe", "results.json", "index.html",
    "CON", "Grades.csv", "n" * 230, "\u00e9" * 100, "'; DROP TABLE x; --", "$(touch evaded)",
    "a\\b", "INDEX", "index", "AMBIGUOUS", "\u200b", "%2e%2e%2fx", "&lt;", "~root", "#",
)  # fmt: skip
for _name in _NAMES:
    ENTRIES.add(_name, (45,), "a name", _folder(lambda: {"serveur.py": _AGAIN}), score=10)
ENTRIES.add(
    "raw",
    (45, 29),
    "a name that is no text",
    _folder(lambda: {"serveur.py": _AGAIN}),
    score=10,
    raw=b"\xff\xfe\xed\xa0\x80",
)
