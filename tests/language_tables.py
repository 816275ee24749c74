"""The tables of docs/lab-language.md, from those in the code.

`python tests/language_tables.py` writes them anew; a test holds the page to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from grader.lab import fields, fields_lab, fields_scenario
from reference.patterns import SYNTAX
from reference.templates import FUNCTIONS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "lab-language.md"
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(name: str) -> str:
    """One table in Markdown, with an empty line behind it."""
    heads: tuple[str, ...] = ("", "means", "example")
    rows: Iterable[tuple[str, ...]]
    if name == "FUNCTIONS":
        heads = ("", "gives", "example", "")
        rows = ((_code(f.name), f.gives, _code(f.example), _code(f.result)) for f in FUNCTIONS)
    elif name == "SYNTAX":
        heads, rows = ("", "matches"), ((_code(form), said) for form, said in SYNTAX)
    else:
        rows = ((_code(e.name), _about(e), _code(e.example)) for e in _fields(name))
    lines = [_row(heads), _row(["---"] * len(heads)), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _fields(name: str) -> tuple[fields.FieldOf, ...]:
    """The table of that name, of whichever file."""
    modules = (fields, fields_lab, fields_scenario)
    found: tuple[fields.FieldOf, ...] = next(
        vars(module)[name] for module in modules if name in vars(module)
    )
    return found


def _about(entry: fields.FieldOf) -> str:
    options = ", ".join(f"`{option}`" for option in entry.options)
    about = f"{entry.about} ({options})" if options else entry.about
    return f"{about}; *needed*" if entry.needed else about


def _code(text: str) -> str:
    return f"`{text}`"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def filled(page: str) -> str:
    """The page with its tables as the code has them."""
    return _TABLE.sub(lambda found: f"{found[1]}{table(found[2])}{found[3]}", page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
