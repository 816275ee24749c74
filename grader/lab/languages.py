"""Languages of programs: how one is recognised, built and run. A recipe is data.

A recipe's commands are lists of arguments, never a line for a shell. In them stand
`{program}` (the file, as `./client.c`), `{sources}` (it and the files that belong to it),
`{built}` (the folder that the build fills and the run reads), `{root}` (where Java's packages
begin), `{class}` (Java's main class) and `{python}` (the students' interpreter).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PLACEHOLDERS = ("program", "sources", "built", "root", "class", "python")
"""What a recipe's arguments may name in braces; `{sources}` stands alone."""


@dataclass(frozen=True, kw_only=True)
class Language:
    """How programs of one language are recognised, built and run."""

    id: str
    title: str
    suffixes: tuple[str, ...]
    run: tuple[str, ...]
    build: tuple[str, ...] = ()
    """Empty: there is nothing to build."""
    package: str = ""
    """The Debian package that brings what it needs; for people."""
    environment: Mapping[str, str] | None = None
    """Set for the build."""
    folders: tuple[str, ...] = ()
    """Patterns of further folders of the system that its programs read."""
    build_folders: tuple[str, ...] = ()
    """The same, for the build alone."""
    crashpoint: bool = False
    """Its build takes `grader/run/crashpoint.c` from standard input: by it a program says where
    a signal has ended it."""
    build_cpu: float = 20.0
    """CPU that a build may take, s; it may last twice as long."""
    control: str = ""
    """A right program, to be called `Control`: a machine that can't build that has broken tools."""
    home: tuple[str, ...] = ()
    """Asks a tool for the folder that it lives in, where its own place does not tell."""

    @property
    def tools(self) -> tuple[str, ...]:
        """Programs of the machine that it needs, those of the build first."""
        named = (command[0] for command in (self.build, self.run) if command)
        return tuple(dict.fromkeys(name for name in named if not name.startswith("{")))


_JVM = (
    # One run of many on a shared machine, not a server: little memory and few threads.
    "-Xmx256m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
    "-XX:ReservedCodeCacheSize=24m", "-XX:CompressedClassSpaceSize=32m",
    # One compiler thread that stays: a second of its name is taken for the program's own.
    "-XX:CICompilerCount=1", "-XX:-UseDynamicNumberOfCompilerThreads",
)  # fmt: skip
_JAVAC = ("-J-Xmx256m", "-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1", "-J-XX:-UsePerfData")
_C_FLAGS = ("-g", "-O0", "-Wall", "-fdiagnostics-color=never", "-fmax-errors=20")
_CRASHPOINT = ("-x", "c", "-", "-x", "none")

PYTHON = Language(
    id="python",
    title="Python",
    suffixes=(".py",),
    run=("{python}", "-X", "faulthandler", "{program}"),
)
C = Language(
    id="c",
    title="C",
    suffixes=(".c",),
    build=("gcc", *_C_FLAGS, "-o", "{built}/program", "{sources}", *_CRASHPOINT, "-pthread", "-lm"),
    run=("{built}/program",),
    crashpoint=True,
    package="gcc libc6-dev",
    build_folders=("/usr/include",),
    control="#include <stdio.h>\n#include <sys/socket.h>\nint main(void) { return 0; }\n",
)
CPP = Language(
    id="c++",
    title="C++",
    suffixes=(".cpp", ".cc", ".cxx"),
    build=("g++", *_C_FLAGS, "-o", "{built}/program", "{sources}", *_CRASHPOINT, "-pthread"),
    run=("{built}/program",),
    crashpoint=True,
    package="g++",
    build_folders=("/usr/include",),
    control="#include <iostream>\n#include <sys/socket.h>\nint main() { return 0; }\n",
)
JAVA = Language(
    id="java",
    title="Java",
    suffixes=(".java",),
    build=(
        "javac", *_JAVAC, "-proc:none", "-g", "-encoding", "UTF-8", "-Xmaxerrs", "20",
        "-sourcepath", "{root}", "-d", "{built}", "{program}",
    ),
    run=("java", *_JVM, "-XX:-UsePerfData", "-cp", "{built}", "{class}"),
    package="default-jdk-headless",
    folders=("/etc/java-*",),
    control="class Control { public static void main(String[] words) { } }\n",
)  # fmt: skip
JAVASCRIPT = Language(
    id="javascript",
    title="JavaScript",
    suffixes=(".js", ".mjs", ".cjs"),
    run=("node", "{program}"),
    package="nodejs",
)
GO = Language(
    id="go",
    title="Go",
    suffixes=(".go",),
    build=("go", "build", "-o", "{built}/program", "{sources}"),
    run=("{built}/program",),
    package="golang-go",
    environment={
        "CGO_ENABLED": "0", "GO111MODULE": "off", "GOTELEMETRY": "off", "GOTOOLCHAIN": "local",
        # Or as many compilers at once as there are cores, with that many threads each.
        "GOMAXPROCS": "2",
    },
    # 25 s where nobody else is: it compiles its library for each program.
    build_cpu=120.0,
    # Debian's keeps its library there, behind links.
    build_folders=("/usr/share/go-*",),
    home=("go", "env", "GOROOT"),
    control='package main\nimport "net"\nfunc main() { net.Listen("tcp", ":0") }\n',
)  # fmt: skip
RUST = Language(
    id="rust",
    title="Rust",
    suffixes=(".rs",),
    build=("rustc", "-g", "--edition", "2021", "-o", "{built}/program", "{program}"),
    run=("{built}/program",),
    package="rustc",
    home=("rustc", "--print", "sysroot"),
    control='fn main() { let _ = std::net::TcpListener::bind("127.0.0.1:0"); }\n',
)
SHELL = Language(
    id="shell", title="shell", suffixes=(".sh",), run=("bash", "{program}"), package="bash"
)
KNOWN: Mapping[str, Language] = {
    language.id: language for language in (PYTHON, C, CPP, JAVA, JAVASCRIPT, GO, RUST, SHELL)
}
"""The recipes that a lab can name; `javascript` in short `js`, `c++` in short `cpp`."""
SHORT: Mapping[str, str] = {"cpp": "c++", "js": "javascript", "sh": "shell"}
_DIRECT = "{program}"
_CLASS = re.compile(r"\b(?:class|record|enum|interface)\s+([A-Za-z_$][\w$]{0,200})")
_MAIN = re.compile(r"\bstatic\b[^;{}()]{0,80}\bvoid\s+main\s*\(|\bvoid\s+main\s*\(\s*String\b")
_PACKAGE = re.compile(r"^\s*package\s+([\w.]{1,200})\s*;", re.MULTILINE)


def named(word: str) -> Language | None:
    """The recipe of that name, in any letter case."""
    word = word.casefold()
    return KNOWN.get(SHORT.get(word, word))


def language_of(path: str, languages: Sequence[Language]) -> Language:
    """The language of a program: of the lab's first, else of all that are known, else Python.

    A program of no known suffix is Python: `serveur.py.txt`, or `serveur` alone.
    """
    name = path.casefold()
    for language in (*languages, *KNOWN.values()):
        if name.endswith(language.suffixes):
            return language
    return PYTHON


def suffixes_of(languages: Sequence[Language]) -> tuple[str, ...]:
    """The suffixes of all of them, each once."""
    return tuple(dict.fromkeys(suffix for one in languages for suffix in one.suffixes))


def runs_the_file(language: Language) -> bool:
    """The program itself is executed, so that it needs the right to be."""
    return language.run[0] == _DIRECT


def filled(
    command: Sequence[str], values: Mapping[str, str], sources: Sequence[str] = ()
) -> list[str]:
    """The command with its names in braces replaced; unknown ones stay as they are."""
    out: list[str] = []
    for argument in command:
        if argument == "{sources}":
            out += sources
            continue
        for name, value in values.items():
            argument = argument.replace(f"{{{name}}}", value)
        out.append(argument)
    return out


def java_class(code: str, stem: str) -> str:
    """The class to run: its package, and of the classes the one that main() stands in.

    `code` is the text without comments and strings, `stem` the file's name without its suffix.
    """
    package = _PACKAGE.search(code)
    main = _MAIN.search(code)
    before = [m[1] for m in _CLASS.finditer(code, 0, main.start() if main else len(code))]
    name = stem if stem in before or not before else before[-1]
    return f"{package[1]}.{name}" if package else name


def java_root(code: str, folder: str) -> str:
    """Where packages begin, from the program's folder: `..` for each that is named alike.

    `folder` is the program's folder in the submission (POSIX; empty: at the top).
    """
    package = _PACKAGE.search(code)
    parts = package[1].split(".") if package else []
    above = folder.split("/") if folder else []
    if parts and above[-len(parts) :] == parts:
        return "/".join([".."] * len(parts))
    return "."
