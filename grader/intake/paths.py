"""Paths and names as they come out of folders and archives, made harmless or refused."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable

from grader.intake.bounds import BOUNDS, Bounds

_LITTER_FOLDERS = frozenset(
    (
        *("__macosx", ".trashes", ".spotlight-v100", ".fseventsd", ".git", ".svn", ".hg"),
        *("__pycache__", ".venv", "venv", "node_modules", "site-packages"),
        *(".idea", ".vscode", ".vs", ".ipynb_checkpoints"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", "wiregrade-out"),
    )
)
_LITTER_FILES = frozenset(
    (".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "expected.yaml")
)
_LITTER = re.compile(r"\._.*|~\$.*|\.#.*|#.*#|.*~|.*\.(pyc|pyo|swp|swo)", re.DOTALL | re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")

ARCHIVE_SUFFIXES = (
    ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tbz2", ".txz", ".tar", ".zip", ".7z",
)  # fmt: skip
FOREIGN_ARCHIVE_SUFFIXES = (".tar.zst", ".tzst", ".rar", ".gz", ".bz2", ".xz", ".zst")
"""Archives that aren't read: handed in as such, they are a submission with a problem."""
HIDDEN_SUFFIXES = (".pyw", ".py.txt")
"""What Windows makes of `.py` when it hides suffixes."""


def is_litter(path: str) -> bool:
    """Whether the path was left by an editor, a system or a tool, at any level of it.

    `expected.yaml` is among them: it is the expected result beside a sample submission.
    """
    return any(
        part.casefold() in _LITTER_FOLDERS
        or part.casefold() in _LITTER_FILES
        or _LITTER.fullmatch(part)
        for part in path.split("/")
    )


def archive_suffix(name: str) -> str:
    """The suffix of `name` that makes it an archive, as it is written there, or nothing."""
    lower = name.lower()
    for suffix in (*ARCHIVE_SUFFIXES, *FOREIGN_ARCHIVE_SUFFIXES):
        if lower.endswith(suffix) and len(name) > len(suffix):
            return name[-len(suffix) :]
    return ""


def has_suffix(name: str, suffixes: Iterable[str]) -> bool:
    """Whether `name` ends in one of the suffixes, in any letter case."""
    return name.casefold().endswith(tuple(suffix.casefold() for suffix in suffixes))


def decoded(name: str) -> str:
    """`name` without the surrogates that stand for bytes that are not UTF-8.

    Such bytes come from old Windows and Linux systems: they are read as CP1252, or else
    Latin-1, which knows every byte.
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = raw_bytes(name)
    else:
        return name
    for encoding in ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def raw_bytes(name: str) -> bytes:
    """The bytes of a name as the file system has it."""
    try:
        return os.fsencode(name)
    except UnicodeEncodeError:  # a surrogate that no byte stands behind
        return name.encode("utf-8", "surrogatepass")


def clean(raw: str, bounds: Bounds = BOUNDS) -> str | None:
    """The path inside the submission: POSIX, NFC, relative; None where it can't be one.

    Backslashes are separators (Windows made the archive). Refused: absolute paths, drives,
    `..`, control characters, and what is too long or too deep to be written anywhere.
    """
    path = unicodedata.normalize("NFC", decoded(raw)).replace("\\", "/")
    if path.startswith("/"):
        return None
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in path):
        return None
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or _DRIVE.match(parts[0]):  # `./C:` is a drive, too
        return None
    if ".." in parts or len(parts) > bounds.depth + 1:
        return None
    sizes = [len(part.encode()) for part in parts]
    if max(sizes) > bounds.name_bytes or sum(sizes) + len(sizes) > bounds.path_bytes:
        return None
    return "/".join(parts)
