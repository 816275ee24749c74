"""Names of Unix-domain sockets that a client's text speaks of, beside the one asked for; pure.

No wire shows which name a client has dialled in vain. To see the rest of its exchange, the
reference listens where the text says it may have looked.
"""

from __future__ import annotations

import re

_READ = 65536
_MOST = 2
_NAME = re.compile(rb"""["'](\\(?:0|x00)|)([A-Za-z0-9_./-]{1,80})["']""")
_LOOKS_LIKE_ONE = re.compile(r"sock|\.s$|^/tmp/.|^@", re.IGNORECASE)


def other_names(text: bytes, asked: str, *, private: bool) -> list[str]:
    """The first of them, as `reference.socketfile` has names.

    `private`: the program has a file system of its own; elsewhere nothing is made outside of its
    folder.
    """
    found: list[str] = []
    for mark, raw in _NAME.findall(text[:_READ]):
        name = ("@" if mark else "") + raw.decode().removeprefix("./")
        if not _LOOKS_LIKE_ONE.search(name) or name in (asked, *found):
            continue
        if "/" in name and not (private and _is_near(name)):
            continue
        if private or not mark:
            found.append(name)
    return found[:_MOST]


def _is_near(name: str) -> bool:
    """In its own folder for temporary files, or in that of the submission, by whatever name."""
    return name.startswith("/tmp/") and name.count("/") == 2  # noqa: S108 -- the sandbox's own
