"""The figures as a table for a terminal, as Markdown and as JSON. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from grader.bench.bounds import BOUNDS
from grader.bench.model import Found, Row, Section

BEGIN, END = "<!-- wiregrade bench: begin -->", "<!-- wiregrade bench: end -->"
"""What is between them in a Markdown file is ours to write."""
_MARKS = {"held": "✓", "not held": "✗", "not measured": "·"}


def text(found: Found) -> str:
    """For a terminal."""
    lines = [f"{name}: {value}" for name, value in found.machine.items()]
    for section in found.sections:
        width = max((len(row.name) for row in section.rows), default=0)
        lines += ["", section.title]
        lines += [
            f"  {row.name:<{width}}  {figure(row.median):>8} {row.unit:<3}  {_spread(row)}".rstrip()
            for row in section.rows
        ]
        lines += [f"  {note}" for note in section.notes]
    lines += ["", "What is promised"]
    lines += [
        f"  {_MARKS[verdict]} {verdict:<12}  {told:>8}  {promise:<14}  {what}"
        for verdict, told, promise, what in _verdicts(found)
        if verdict != "not measured"
    ]
    left = sum(one[0] == "not measured" for one in _verdicts(found))
    if left:
        lines += [f"  ({left} others are about what was not measured here)"]
    return "\n".join(lines)


def markdown(found: Found) -> str:
    """The region of a page."""
    lines = [BEGIN, ""]
    if found.quick:
        lines += ["A quick run (`--quick`): few repeats, for development only.", ""]
    missed = [one for one in _verdicts(found) if one[0] == "not held"]
    unmeasured = [one for one in _verdicts(found) if one[0] == "not measured"]
    if missed:
        lines += ["**Not reached:**", ""]
        lines += [
            f"- {what}: {told}, where {promise} is promised." for _, told, promise, what in missed
        ]
    elif not unmeasured:
        lines += ["All bounds hold."]
    if unmeasured:
        lines += ["", "Not measured in this run: " + "; ".join(one[3] for one in unmeasured) + "."]
    lines += ["", "| | |", "|---|---|"]
    lines += [f"| {name} | {_cell(value)} |" for name, value in found.machine.items()]
    lines += ["", "## Bounds", "", "| | measured | promised | |", "|---|---|---|---|"]
    lines += [
        f"| {_MARKS[verdict]} {verdict} | {told} | {promise} | {_cell(what)} |"
        for verdict, told, promise, what in _verdicts(found)
    ]
    for section in found.sections:
        lines += ["", *_section(section)]
    return "\n".join([*lines, "", END])


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    yield ""
    if section.rows:
        yield "| | median | least to most |"
        yield "|---|---:|---|"
    for row in section.rows:
        yield f"| {_cell(row.name)} | {figure(row.median)} {row.unit} | {_spread(row)} |"
    for note in section.notes:
        yield ""
        yield note


def into(page: str, region: str) -> str:
    """The page with its region replaced; one without gets it at its end."""
    if BEGIN in page and END in page:
        pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
        return pattern.sub(lambda _: region, page, count=1)
    return (page.rstrip("\n") + "\n\n" if page else "") + region + "\n"


def document(found: Found) -> str:
    """As JSON."""
    told = {
        "schema_version": 1,
        "quick": found.quick,
        "machine": dict(found.machine),
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "notes": list(section.notes),
                "rows": [
                    {
                        "key": row.key,
                        "name": row.name,
                        "unit": row.unit,
                        "median": round(row.median, 4),
                        "values": [round(value, 4) for value in row.values],
                    }
                    for row in section.rows
                ],
            }
            for section in found.sections
        ],
        "bounds": [
            {"key": bound.key, "what": bound.what, "promise": bound.promise,
             "verdict": bound.verdict(found.medians())}
            for bound in BOUNDS
        ],
    }  # fmt: skip
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def is_document(beginning: str) -> bool:
    """Whether a file that begins so holds such figures as JSON."""
    return beginning.startswith('{\n "schema_version": 1,\n "quick": ')


def figure(value: float) -> str:
    """Three digits that count."""
    for limit, digits in ((0.0995, 3), (9.95, 2), (99.5, 1)):
        if abs(value) < limit:
            return f"{value:.{digits}f}"
    return f"{value:.0f}"


def _verdicts(found: Found) -> list[tuple[str, str, str, str]]:
    medians = found.medians()
    return [
        (
            bound.verdict(medians),
            f"{figure(medians[bound.key])} {bound.unit}" if bound.key in medians else "",
            bound.promise,
            bound.what,
        )
        for bound in BOUNDS
    ]


def _spread(row: Row) -> str:
    if len(row.values) < 2:
        return ""
    return f"{figure(min(row.values))} to {figure(max(row.values))}"


def _cell(value: str) -> str:
    return value.replace("|", "\\|")
