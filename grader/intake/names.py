"""Ids of submissions: what an entry is called in files, folders and exports.

An id is the entry's name where that is plain, else a slug with a hash of the raw name. It
depends on the set of names, never on their order.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""A name that is its own id. The form is a contract: `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`."""
DIGITS = 8
"""Hexadecimal digits of the hash."""
LONGEST = 64
"""Characters of an id."""
_MOST_DIGITS = 32

_RESERVED = frozenset(
    (
        "index.html",
        "results.json",
        "grades.csv",
        "matrix.html",
        "matrix.json",
        ".wiregrade.json",
        "adjustments.json",
    )
)
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)


def is_reserved(name: str) -> bool:
    """Whether a folder of that name in OUT would meet a file of ours or a Windows device.

    Windows takes `con.txt` for the device `con`.
    """
    lower = name.lower()
    return lower in _RESERVED or lower.split(".", 1)[0] in _DEVICES


def identify(names: Sequence[tuple[str, bytes]]) -> tuple[str, ...]:
    """The ids of these entries, in the same order.

    Each entry is its name for people and its raw name: the bytes that the folder has, with
    the archive suffix, so that a folder and an archive of one name differ.
    """
    folded = Counter(name.lower() for name, _ in names)
    plain = [
        PLAIN.fullmatch(name) is not None and not is_reserved(name) and folded[name.lower()] == 1
        for name, _ in names
    ]
    digits = [0 if is_plain else DIGITS for is_plain in plain]
    while True:
        ids = tuple(
            name if not length else f"{slug(name, LONGEST - 1 - length)}-{_hash(raw)[:length]}"
            for (name, raw), length in zip(names, digits, strict=True)
        )
        taken = Counter(identifier.lower() for identifier in ids)
        clashing = [
            i
            for i, identifier in enumerate(ids)
            if 0 < digits[i] < _MOST_DIGITS and taken[identifier.lower()] > 1
        ]
        # Someone may have named a folder like another's slug and hash; more digits tell them
        # apart. Equal raw names can't be told apart at all, and a folder has none.
        if not clashing:
            return ids
        for i in clashing:
            digits[i] *= 2


def slug(name: str, length: int) -> str:
    """`name` reduced to `length` characters of an id, `submission` where nothing is left."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_only).lstrip("._-")
    if is_reserved(words):  # for Windows, con.txt-1a2b3c4d is still the device
        words = words.replace(".", "-")
    return words[:length].rstrip("._-") or "submission"


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
