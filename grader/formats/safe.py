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
# `##[command]` anywhere in it; Azure's takes `##vso[`, TeamCity `##teamcity[`. To some readers
# a carriage return ends a line, too. Our own log lines start with a mark.
_COMMAND = re.compile(r"##(?=\w*\[)")
_LINE_START = re.compile("(^|[\r\v\f\x1c-\x1e\x85\u2028\u2029])(\\s*)(?=::)", re.MULTILINE)


def no_commands(log: str) -> str:
    """The text without anything that a build server's log reader would obey."""
    return _LINE_START.sub(r"\1\2| ", _COMMAND.sub(r"#\\x23", log))


def json_for_logs(document: str) -> str:
    """The same JSON without anything that a log's reader or a terminal would obey."""
    # Both stand in strings only, where an escape says the same.
    return _NO_INK.sub(_json_escape, document).replace("##", "#\\u0023")


_NO_INK = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)


def _json_escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def xml_for_logs(document: bytes) -> bytes:
    """The same XML, which has no comments, without anything that a log's reader would obey."""
    return _XML_COMMAND.sub(rb"\1&#58;", document.replace(b"##", b"#&#35;"))


_XML_COMMAND = re.compile(rb"^(\s*):(?=:)", re.MULTILINE)


# XML 1.0 can hold nothing else; ElementTree writes the others and then nothing can read it.
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    r"""The text with everything that XML can't hold as escapes; a CR too, which XML would lose."""
    return _NOT_XML.sub(lambda found: escaped(found[0]), plain(text))


# A formula begins with one of these, full-width ones too; quotes and blanks before it may be
# taken off. A spreadsheet set to French splits at `;`, whatever the quotes say, and one that
# is told so splits at `,` inside them (OWASP: CSV injection).
_FORMULA = re.compile("(^|[;,])(?=[\\s\"']*[=+@\uff1d\uff0b\uff20\uff0d-])")


def spreadsheet_cell(text: str) -> str:
    """The text so that no spreadsheet takes it, or a piece of it, for a formula."""
    return _FORMULA.sub(r"\1'", one_line(text))


_NOT_HTML = re.compile(r"[^\w\n \u00a0\u202f./,:()«»’…½–]|_")


def html_cell(text: str) -> str:
    """The text as HTML in a spreadsheet's cell: every sign that could mean anything an entity.

    No piece of it, cut at `;` or `,`, begins as a formula does: `=`, `+`, `-`, `@` are entities.
    """
    shown = _NOT_HTML.sub(lambda found: f"&#{ord(found[0])};", plain(text))
    return "<br>".join(shown.split("\n"))


_MARKDOWN = re.compile(
    r"(?P<refers>@(?=\w)|#(?=\d)|:(?=//)|(?<=[wW]{3})\.)"  # @name, #12, https://, www.
    r"|[^\w\s,;/«»’…–—àâäçéèêëîïôöùûüÀÂÇÉÈÊËÎÏÔÙÛÜœŒ½✓✗→\u00a0\u202f]|_"
)


def markdown(text: str) -> str:
    """The text as Markdown that stands for itself: whatever could mean something is an entity.

    An entity never opens a link, a tag, an emphasis or a table cell (CommonMark, 2.5). But
    people, issues and addresses are looked for in the text that comes out: a zero-width space
    parts what would be one.
    """
    return _MARKDOWN.sub(_entity, one_line(text))


def _entity(found: re.Match[str]) -> str:
    apart = "&#8203;" if found["refers"] else ""
    return f"&#{ord(found[0])};{apart}"
