"""Command lines of programs in other languages."""

from __future__ import annotations

import json

from grader.lab.languages import KNOWN
from grader.run.recipes import commands_of
from grader.submission import SourceFile


def files(**named: str) -> list[SourceFile]:
    return [
        SourceFile(path=path.replace("__", "/").replace("_", "."), data=text.encode())
        for path, text in named.items()
    ]


def test_c_takes_the_files_that_are_no_programs() -> None:
    there = files(
        tp__client_c="int main(void) {}", tp__serveur_c="int main ( ) {}",
        tp__lib__outil_c="int f(void) { return 0; } // main()", other_c="int g;", tp__x_h="int h;",
    )  # fmt: skip
    commands = commands_of(KNOWN["c"], "tp/client.c", there)
    assert commands.build[0] == "gcc"
    at = commands.build.index("{built}/program")
    assert commands.build[at + 1 : at + 3] == ("./client.c", "./lib/outil.c")
    assert commands.run == ("{built}/program",)


def test_as_many_files_are_named_as_one_argument_of_a_program_can_hold() -> None:
    main = SourceFile(path="a.c", data=b"int main(void) {}")
    short = [SourceFile(path=f"{n:03}.c", data=b"int x;") for n in range(150)]
    named = commands_of(KNOWN["c"], "a.c", [main, *short]).build
    assert [word for word in named if word.endswith(".c")] == [
        "./a.c", *(f"./{n:03}.c" for n in range(100)),
    ]  # fmt: skip
    folder = "/".join(['"é"' * 40] * 5)
    long = [SourceFile(path=f"{folder}/{n}.c", data=b"int x;") for n in range(150)]
    named = commands_of(KNOWN["c"], "a.c", [main, *long]).build
    assert 20 < len(named) < 100
    assert len(json.dumps(named, ensure_ascii=False).encode()) < 1 << 17


def test_no_file_is_taken_for_an_option() -> None:
    there = [SourceFile(path="-o.c", data=b"int main(void) {}")]
    assert "./-o.c" in commands_of(KNOWN["c"], "-o.c", there).build


def test_java_is_told_its_class_and_where_packages_begin() -> None:
    text = "package tp.reseau; public class Client { public static void main(String[] a) {} }"
    there = files(src__tp__reseau__Client_java=text)
    commands = commands_of(KNOWN["java"], "src/tp/reseau/Client.java", there)
    assert commands.build[commands.build.index("-sourcepath") + 1] == "../.."
    assert "-proc:none" in commands.build
    assert commands.run[-2:] == ("{built}", "tp.reseau.Client")


def test_what_is_not_built_is_only_run() -> None:
    commands = commands_of(KNOWN["javascript"], "a/client.js", files(a__client_js=""))
    assert commands.build == ()
    assert commands.run == ("node", "./client.js")
