"""Paths of Python's own files in a traceback, without the folders of the machine that it ran on."""

from __future__ import annotations

import re

_LIBRARY = re.compile(rb'(?m)^( {2,12}File ")[^"\r\n]{1,400}?/(lib/python3[^"\r\n]{1,400}", line )')
"""As Python writes the frame of a file of its library."""


def short_paths(stderr: bytes) -> bytes:
    """The same text; of a file of Python's library only the path below its `lib` is left."""
    if b"/lib/python3" not in stderr:
        return stderr
    return _LIBRARY.sub("\\1…/\\2".encode(), stderr)
