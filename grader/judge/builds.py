"""Conditions of a program that had to be compiled: it could not be, or not without warnings."""

from __future__ import annotations

from grader.judge.compilers import first, plain
from grader.judge.facts import Facts
from grader.judge.hit import EVERYTHING, Hit
from grader.judge.wording import LIMITS, fill


def compile_error(facts: Facts) -> Hit | None:
    """The compiler would not have it: nothing was run."""
    if facts.unbuilt is None:
        return None
    index, compiled = facts.unbuilt
    if compiled.limit:
        named = LIMITS.get(compiled.limit)
        fields = {"limit": fill(named) if named is not None else compiled.limit}
        return Hit(
            id="compile-error", evidence=(index,), reach=EVERYTHING, variant="limit",
            fields={**fields, "value": compiled.value},
        )  # fmt: skip
    told = first(compiled.output, "error")
    if told is None:
        last = compiled.output.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return Hit(
            id="compile-error", evidence=(index,), reach=EVERYTHING, variant="elsewhere",
            fields={"error": plain(last)},
        )  # fmt: skip
    return Hit(
        id="compile-error", evidence=(index,), reach=EVERYTHING, line=told.line, file=told.file,
        fields={"error": told.message},
    )  # fmt: skip


def compile_warning(facts: Facts) -> Hit | None:
    """It was compiled, and the compiler has doubts."""
    if facts.compiled is None or facts.compiled[1].status or facts.compiled[1].limit:
        return None
    index, compiled = facts.compiled
    told = first(compiled.output, "warning")
    if told is None:
        return None
    return Hit(
        id="compile-warning", evidence=(index,), reach=(), line=told.line, file=told.file,
        fields={"error": told.message},
    )  # fmt: skip
