"""The text of made-up programs: one file, nothing but the standard library."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace

from engine_tools import tp09

from grader.prove.model_student import model_student
from grader.prove.plan import Exit, Print, Program, Read, Send
from grader.prove.source import source_of


def plan_of(program: Program) -> dict[str, object]:
    tree = ast.parse(source_of(program))
    (node,) = [n for n in tree.body if isinstance(n, ast.AnnAssign)]
    assert node.value is not None
    plan = ast.literal_eval(node.value)
    assert isinstance(plan, dict)
    return plan


def test_it_is_ascii_compiles_and_imports_the_standard_library_only() -> None:
    text = source_of(model_student(tp09(), "server"))
    assert text.isascii()
    tree = ast.parse(text)
    names = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
    }  # fmt: skip
    assert names <= sys.stdlib_module_names


def test_what_is_read_goes_into_slots_and_what_is_not_cannot_be_printed() -> None:
    both = Read(messages=("a", "b"), known="ab")
    path = (
        both,
        Print(messages=("a", "b")),
        Print(messages=("z",)),
        Read(messages=("c",)),
        Print(messages=("c",), half=True),
        Send(messages=("a",), text="A", echo=True),
        Send(messages=("z",), text="Z", echo=True),
        Exit(0),
    )
    plan = plan_of(Program(paths=(path, path[:1])))
    assert plan["paths"] == [
        [
            ["read", 0, 0, "ab"], ["print", 0, False, False, False], ["read", 1, 0, None],
            ["print", 1, False, True, False], ["echo", 0], ["send", "Z"], ["exit", 0],
        ],
        [["read", 0, 0, "ab"]],
    ]  # fmt: skip


def test_programs_that_do_the_same_have_the_same_text() -> None:
    program = model_student(tp09(), "client")
    renamed = program.each(
        lambda path: tuple(
            replace(act, messages=("x",)) if isinstance(act, Read | Print) else act for act in path
        )
    )
    assert renamed != program
    assert source_of(renamed) == source_of(program)
