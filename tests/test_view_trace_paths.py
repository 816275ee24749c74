"""Tracebacks as a page shows them: of Python's own files, no folder of the machine."""

from __future__ import annotations

import pytest

from grader.view.trace_paths import short_paths

OWN = b'  File "/tmp/run/serveur.py", line 3, in <module>\n    x()\n'


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            '  File "/opt/py/3.11/lib/python3.11/asyncio/runners.py", line 190, in run\n',
            '  File "…/lib/python3.11/asyncio/runners.py", line 190, in run\n',
        ),
        (
            '  File "/usr/lib/python3/dist-packages/a.py", line 1\n',
            '  File "…/lib/python3/dist-packages/a.py", line 1\n',
        ),
        ("see /usr/lib/python3.11/socket.py", "see /usr/lib/python3.11/socket.py"),
        ('File "/usr/lib/python3.11/socket.py", line 1', None),
    ],
)
def test_frames_of_the_library_lose_their_folder(written: str, shown: str | None) -> None:
    expected = written if shown is None else shown
    assert short_paths(OWN + written.encode()) == OWN + expected.encode()


def test_what_is_no_text_stays() -> None:
    assert short_paths(b"\xff\x00/lib/python3") == b"\xff\x00/lib/python3"
