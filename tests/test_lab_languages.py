"""Recipes of languages, and `languages:` of lab.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.lab.languagefile import read_languages
from grader.lab.languages import (
    KNOWN,
    PYTHON,
    Language,
    filled,
    java_class,
    java_root,
    language_of,
    named,
    runs_the_file,
    suffixes_of,
)
from grader.lab.load import load_lab, load_lab_bytes
from grader.lab.problems import LabError, Problems
from grader.lab.yamlfile import parse
from grader.resources import scenarios_root

TP09 = scenarios_root() / "tp09"


def read(text: str) -> tuple[Language, ...]:
    problems = Problems()
    found = read_languages(parse("lab.yaml", text.encode(), problems), problems)
    problems.raise_any()
    return found


def refusals(text: str) -> str:
    problems = Problems()
    read_languages(parse("lab.yaml", text.encode(), problems), problems)
    with pytest.raises(LabError) as caught:
        problems.raise_any()
    return str(caught.value)


def test_a_lab_takes_python_alone_unless_it_says_otherwise() -> None:
    lab = load_lab(TP09)
    assert lab.languages == (PYTHON,)
    assert {files.suffixes for files in lab.roles.values()} == {(".py",)}


def test_languages_give_the_suffixes_of_both_roles() -> None:
    files = {path.name: path.read_bytes() for path in TP09.glob("*.yaml")}
    files["lab.yaml"] += b"\nlanguages: [python, C, cpp]\n"
    lab = load_lab_bytes(files, where=Path("tp09"))
    assert [one.id for one in lab.languages] == ["python", "c", "c++"]
    assert {files.suffixes for files in lab.roles.values()} == {
        (".py", ".c", ".cpp", ".cc", ".cxx")
    }


def test_a_recipe_of_the_labs_own() -> None:
    (language,) = read(
        "- {name: zig, title: Zig, suffixes: [.zig], package: zig,\n"
        "   build: [zig, build-exe, '-femit-bin={built}/program', '{program}', -O, 2],\n"
        "   run: ['{built}/program']}\n"
    )
    assert (language.id, language.title, language.suffixes) == ("zig", "Zig", (".zig",))
    assert language.tools == ("zig",)
    assert language.build[-2:] == ("-O", "2")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[pyton]", "lab.yaml:1:2: unknown language 'pyton'; did you mean 'python'?"),
        ("[c, cpp, c]", "'c' stands twice"),
        ("python", "languages must be a list"),
        ("[]", "languages is empty"),
        ("- {name: x, suffixes: [.x]}", "'run' is missing"),
        ("- {name: x, suffixes: [x], run: [x]}", "an ending such as .c"),
        ("- {name: x, suffixes: [.x], run: x}", "run must be a list"),
        ("- {name: x, suffixes: [.x], run: ['{programme}']}", "did you mean 'program'?"),
        ("- {name: X Y, suffixes: [.x], run: [x]}", "a name of a-z"),
        ("- {name: x, suffixes: [.x], run: [x], shell: true}", "unknown key 'shell'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    assert told in refusals(text)


@pytest.mark.parametrize(
    ("path", "identifier"),
    [
        ("a/Client.JAVA", "java"), ("client.cc", "c++"), ("serveur.c", "c"),
        ("s.mjs", "javascript"),
        ("serveur.py.txt", "python"), ("serveur", "python"), ("x.rs", "rust"), ("x.sh", "shell"),
    ],
)  # fmt: skip
def test_the_suffix_tells_the_language(path: str, identifier: str) -> None:
    assert language_of(path, (PYTHON,)).id == identifier


def test_the_labs_own_recipe_goes_first() -> None:
    own = Language(id="tcc", title="C", suffixes=(".c",), run=("tcc", "-run", "{program}"))
    assert language_of("a.c", (own,)) is own
    assert suffixes_of((PYTHON, own, own)) == (".py", ".c")


def test_names_in_any_case() -> None:
    assert named("CPP") is KNOWN["c++"]
    assert named("Js") is KNOWN["javascript"]
    assert named("cobol") is None


def test_arguments_are_filled_in() -> None:
    command = ("cc", "-o", "{built}/program", "{sources}", "{other}", "%s")
    assert filled(command, {"built": "/b"}, ["./a.c", "./b.c"]) == [
        "cc", "-o", "/b/program", "./a.c", "./b.c", "{other}", "%s",
    ]  # fmt: skip


def test_who_needs_what() -> None:
    assert KNOWN["c"].tools == ("gcc",)
    assert KNOWN["java"].tools == ("javac", "java")
    assert PYTHON.tools == ()
    direct = Language(id="exe", title="exe", suffixes=(".bin",), run=("{program}",))
    assert runs_the_file(direct)
    assert not runs_the_file(KNOWN["c"])


@pytest.mark.parametrize(
    ("code", "stem", "name"),
    [
        ("class A { public static void main(String[] a) {} }", "A", "A"),
        ("package fr.iut; public class A { static public void main(String[] a) {} }", "A",
         "fr.iut.A"),
        ("class Aide {} class Client { public static void main(String... a) {} }", "client",
         "Client"),
        ("class A {} class B { public static void main(String[] a) {} class C {} }", "x", "B"),
        ("", "A", "A"),
    ],
)  # fmt: skip
def test_the_class_that_main_stands_in(code: str, stem: str, name: str) -> None:
    assert java_class(code, stem) == name


@pytest.mark.parametrize(
    ("code", "folder", "root"),
    [
        ("package a.b; class X {}", "src/a/b", "../.."),
        ("package a.b; class X {}", "src", "."),
        ("class X {}", "src", "."),
        ("package a; class X {}", "", "."),
    ],
)
def test_where_packages_begin(code: str, folder: str, root: str) -> None:
    assert java_root(code, folder) == root
