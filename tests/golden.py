"""What pages are written from, as text that people can compare: `tests/golden/*.json`.

A change in any report is a change in one of these files, which is looked at in review. What
differs between two recordings of one run is left out: times, ports, seeds, versions.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path

import msgspec

from grader.view.bytes_view import Run

FOLDER = Path(__file__).resolve().parent / "golden"
LINE = 120
"""Columns: what fits into one line is written in one."""
_SCRUBBED = (
    (re.compile("\\d[\\d\u202f\u00a0,.]*(?=\u00a0(?:ms|s|µs)(?![a-z]))"), "#"),
    (re.compile(r"(?<=127\.0\.0\.1:)(?!65432)\d+"), "#"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "#"),
    (re.compile(r"\bPython \d+(\.\d+)+"), "Python #"),
    (re.compile(r"/tmp/[\w./-]+"), "#"),
)

Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"]


def text_of(view: object) -> str:
    """A page's data as JSON, one line for each thing that fits into one."""
    return "\n".join(_lines(_plain(view), "")) + "\n"


def difference(name: str, view: object) -> str:
    """How the data differ from the file `name`, as a unified diff; empty where they do not."""
    path = FOLDER / name
    before = path.read_text("utf-8") if path.exists() else ""
    return "\n".join(
        difflib.unified_diff(
            before.splitlines(),
            text_of(view).splitlines(),
            f"tests/golden/{name}",
            "now",
            lineterm="",
            n=2,
        )
    )


def _plain(value: object) -> Plain:
    """The value without what is empty, which says nothing."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, bytes):
        return scrubbed(value.decode("utf-8", "backslashreplace"))
    if dataclasses.is_dataclass(value):
        return _filled([f.name for f in dataclasses.fields(value)], value)
    if isinstance(value, msgspec.Raw):
        return _plain(msgspec.json.decode(value))
    if isinstance(value, msgspec.Struct):
        return _filled(value.__struct_fields__, value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence | frozenset | set):
        if value and all(isinstance(one, Run) for one in value):
            return scrubbed("".join(_run(one) for one in value if isinstance(one, Run)))
        ordered = value if isinstance(value, Sequence) else sorted(value, key=str)
        return [_plain(one) for one in ordered]
    return scrubbed(str(value))


def _filled(names: Sequence[str], value: object) -> Plain:
    fields = {name: getattr(value, name) for name in names}
    return {name: _plain(one) for name, one in fields.items() if not _is_empty(one)}


def _is_empty(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, tuple | dict) and not value)


def _run(one: Run) -> str:
    """Escapes and words of a program are marked: a page shows them so."""
    if one.escape:
        return f"⟨{one.text}⟩"
    return f"`{one.text}`" if one.code else one.text


def scrubbed(text: str) -> str:
    """The text without what another recording of the same would say otherwise."""
    for pattern, instead in _SCRUBBED:
        text = pattern.sub(instead, text)
    return text


def _lines(value: Plain, indent: str, before: str = "", after: str = "") -> Iterator[str]:
    whole = f"{indent}{before}{_compact(value)}{after}"
    if len(whole) <= LINE or not isinstance(value, list | dict) or not value:
        yield whole
        return
    first, last = "[]" if isinstance(value, list) else "{}"
    inner: list[tuple[str, Plain]]
    if isinstance(value, list):
        inner = [("", one) for one in value]
    else:
        inner = [(f"{_compact(key)}: ", one) for key, one in value.items()]
    yield f"{indent}{before}{first}"
    for i, (name, one) in enumerate(inner, 1):
        yield from _lines(one, f"{indent}  ", name, "," if i < len(inner) else "")
    yield f"{indent}{last}{after}"


def _compact(value: Plain) -> str:
    return json.dumps(value, ensure_ascii=False)
