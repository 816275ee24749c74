"""Which programs may be started warm."""

from __future__ import annotations

import pytest

from grader.run.warmable import ahead
from grader.submission import SourceFile


def of(source: str, **beside: str) -> tuple[str, ...] | None:
    """What is imported ahead for `serveur.py`, with files beside it."""
    files = [SourceFile(path="serveur.py", data=source.encode())]
    files += [SourceFile(path=f"{x}.py", data=y.encode()) for x, y in beside.items()]
    return ahead("serveur.py", files)


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import socket\nprint(1)", ("socket",)),
        ('"""doc"""\nfrom socket import *\nimport sys, threading', ("socket", "sys", "threading")),
        # What draws numbers or keeps the time is imported by the run itself.
        ("import random\nimport socket, logging", ("socket",)),
        # Only what comes before all else: an import may depend on what was done before.
        ("import socket\nx = 1\nimport threading", ("socket",)),
        ("import aide\nimport socket\n", None),
        ("import socket\nimport aide\nimport threading", ("socket",)),
    ],
)
def test_it_is_what_the_program_begins_with(source: str, modules: tuple[str, ...] | None) -> None:
    assert of(source, aide="x = 1") == modules


@pytest.mark.parametrize(
    "source",
    [
        "print(1)",
        "import socket\nprint(",
        "import socket, gc",
        "import socket, pyfiglet",
        "import socket, os\nos.fork()",
        "import socket\nfor x in {'a', 'b'}: print(x)",
        "import socket\nx = set()",
        "import socket\nx = {'a': 1}\nprint(x.keys() & {'b': 1}.keys())",
        "import os, socket\nprint(os.ttyname(1))",
        "import socket, sys\nprint(sys.modules)",
        "import socket, sys\nprint(getattr(sys, 'modules'))",
        "import socket, sys\nfrom sys import modules",
        "import socket\nprint(open('/proc/self/status').read())",
        "import socket\nprint(open(b'/proc/self/status').read())",
        "import socket, time\nprint(time.process_time())",
        "import socket\nclass A:\n    def __del__(self): print(1)",
        "from . import socket",
        "import socket\n" + "x = 1\n" * 20_000,
        "import socket\nx = " + "-" * 40_000 + "1",
    ],
)
def test_what_could_see_it_starts_cold(source: str) -> None:
    assert of(source) is None


def test_a_file_that_hides_a_module_starts_cold() -> None:
    assert of("import socket", selectors="") is None
    assert of("import socket", aide="import gc") is None
    for name in ("aide.pyc", "aide.so", "__pycache__/aide.cpython-311.pyc"):
        unread = SourceFile(path=name, data=b"")
        program = SourceFile(path="serveur.py", data=b"import socket, aide")
        assert ahead("serveur.py", (program, unread)) is None
    package = SourceFile(path="enum/x.txt", data=b"")
    program = SourceFile(path="serveur.py", data=b"import socket")
    assert ahead("serveur.py", (program, package)) is None
    elsewhere = SourceFile(path="tp/serveur.py", data=b"import socket")
    assert ahead("tp/serveur.py", (elsewhere, package)) == ("socket",)


def test_a_warning_of_the_parser_is_not_ours() -> None:
    assert of("import socket\nprint('\\d')") == ("socket",)
