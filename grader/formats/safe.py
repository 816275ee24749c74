"""Texts that may quote a student, made harmless for each kind of reader."""

from __future__ import annotations

import re

from grader.view.bytes_view import TYPOGRAPHY, escaped

_BLANKS = TYPOGRAPHY.replace("\n", "")


def one_line(text: str) -> str:
    r"""The text on one line, nothing invisible in it but our own no-break spaces.

    Line ends of our own sentences become blanks; every other control is an escape.
    """
    return escaped(" ".join(text.split("\n")), keep=_BLANKS)


def plain(text: str) -> str:
    r"""As `one_line`, but line ends stay."""
    return escaped(text, keep=TYPOGRAPHY)


# The runner of GitHub Actions takes `::command::` at the start of a line (after blanks) and
# `##[command]` anywhere in it; Azure's takes `##vso[`. Our own log lines start with a mark.
_COMMAND = re.compile(r"##(?=vso\[|\[)", re.IGNORECASE)
_LINE_START = re.compile(r"^(\s*)(?=::)", re.MULTILINE)


def no_commands(log: str) -> str:
    """The text without anything that a build server's log reader would obey."""
    return _LINE_START.sub(r"\1| ", _COMMAND.sub(r"#\\x23", log))


# XML 1.0 can hold nothing else; ElementTree writes the others and then nothing can read it.
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    r"""The text with everything that XML can't hold as escapes; a CR too, which XML would lose."""
    return _NOT_XML.sub(lambda found: escaped(found[0]), plain(text))


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet_cell(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula (OWASP: CSV injection)."""
    shown = one_line(text)
    return f"'{shown}" if shown.lstrip(" ").startswith(_FORMULA) else shown


_MARKDOWN = re.compile(r"[^\w\s,;/«»’…–—àâäçéèêëîïôöùûüÀÂÇÉÈÊËÎÏÔÙÛÜœŒ½✓✗→\u00a0\u202f]|_")


def markdown(text: str) -> str:
    """The text as Markdown that stands for itself: whatever could mean something is an entity.

    An entity never opens a link, a tag, an emphasis or a table cell (CommonMark, 2.5).
    """
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", one_line(text))
