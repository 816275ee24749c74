"""The options of every command. Nothing is imported here that takes time."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.batch.shards import Shard

DEFAULT_OUT = "wiregrade-out"
_LANGUAGES = ("fr", "en")
_LAYOUTS = (
    *("moodle", "canvas", "gradescope", "blackboard", "brightspace", "github", "classroom50"),
    *("google", "plain"),
)
"""Those of `grader.intake.layouts.detect.NAMES`, which takes time to import."""
_DIGITS = re.compile(r"[0-9A-Za-z_.:-]{1,128}")


def _lab(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lab", default="tp09", metavar="LAB", help="a built-in lab, or a lab's folder (tp09)"
    )


def _language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lang", choices=_LANGUAGES, help="language of reports and messages (the lab's)"
    )


def _anonymous(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--anonymous",
        action="store_true",
        help="a class page to show in class: pseudonyms in place of names, and no links",
    )


def _machine(parser: argparse.ArgumentParser, *, cold: str = "") -> None:
    """`cold`: what is to be said of `--cold` besides."""
    parser.add_argument(
        "--jobs", type=_positive, metavar="N", help="runs at a time (up to three for each core)"
    )
    parser.add_argument(
        "--isolation",
        choices=("auto", "full", "none"),
        default="auto",
        help="what keeps the programs apart from this machine; `none` runs them as yourself",
    )
    parser.add_argument(
        "--python",
        metavar="PYTHON",
        help="the interpreter for the students' programs (the one behind Wiregrade's own)",
    )
    parser.add_argument(
        "--cold",
        action="store_true",
        help="start every run anew; else, where nothing can tell, the runs of a Python program are "
        f"forked from an interpreter that waits (they cost less){cold}",
    )
    # For testing: also programs that might tell; and where the state of programs can't be read.
    parser.add_argument(
        "--starts", choices=("pays", "always", "forced"), default="pays", help=argparse.SUPPRESS
    )
    parser.add_argument("--facts", choices=("kernel", "paced"), help=argparse.SUPPRESS)


def _running(parser: argparse.ArgumentParser, *, cold: str = "") -> None:
    _machine(parser, cold=cold)
    parser.add_argument(
        "--languages",
        type=_languages,
        default=(),
        metavar="LIST",
        help="what the programs may be written in, such as c,java (what the lab says: Python)",
    )
    parser.add_argument(
        "--seed", type=_seed, metavar="SEED", help="draw the texts from this seed, for everybody"
    )
    parser.add_argument(
        "--certify",
        type=_positive,
        default=1,
        metavar="N",
        help="play every run N times, every second time under load: does any verdict differ?",
    )
    parser.add_argument(
        "--sweep",
        action="store_true",
        help="cut a message at each of its bytes too, a run for each: where does a cut do harm?",
    )
    parser.add_argument(
        "--trace",
        action="store_true",
        help="run each program once more with strace, and show its calls beside the segments",
    )


def _importing(parser: argparse.ArgumentParser) -> None:
    """How the class is to be read: `grader.cli.importing` makes something of these."""
    parser.add_argument(
        "--layout",
        choices=_LAYOUTS,
        help="where the submissions were downloaded from (found by their names)",
    )
    parser.add_argument(
        "--pattern",
        metavar="REGEX",
        help="what names mean: groups student, file, time, late, email, number, login",
    )
    parser.add_argument(
        "--roster", metavar="CSV", help="who is in the class: names, addresses, numbers, groups"
    )
    parser.add_argument(
        "--attempts", choices=("last", "best", "first"), default="last", help="which counts (last)"
    )


def _late(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--due", metavar="DATE", help="until when, as 2026-10-01T23:59 (the lab's)")
    parser.add_argument(
        "--late-penalty",
        metavar="RULE",
        help="what being late costs: 2/day, 10%%/day, 3; then ,max=10 and ,grace=15min (the lab's)",
    )


def _grade(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "submissions",
        metavar="SUBMISSIONS",
        help="a folder with one folder or archive per student, or what the platform gave (.zip)",
    )
    _lab(parser)
    _importing(parser)
    _late(parser)
    parser.add_argument(
        "--out", default=DEFAULT_OUT, metavar="DIR", help=f"where results go ({DEFAULT_OUT})"
    )
    _running(parser, cold="; results of before are taken over all the same without --fresh")
    _language(parser)
    _anonymous(parser)
    again = parser.add_mutually_exclusive_group()
    again.add_argument(
        "--resume",
        action="store_true",
        default=True,
        help="take over what is graded already and has not changed (the default)",
    )
    again.add_argument("--fresh", action="store_true", help="grade everything anew")
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="play and judge each submission for itself, also where bytes, lab and options are "
        "the same",
    )
    parser.add_argument(
        "--id",
        action="append",
        default=[],
        metavar="ID",
        help="grade this submission anew, leave the others as they are; may be repeated",
    )
    parser.add_argument(
        "--shard",
        type=_shard,
        metavar="I/N",
        help="grade the I-th of N parts of the class only; `merge` brings the parts together",
    )
    parser.add_argument(
        "--executor",
        type=_executor,
        default="local",
        metavar="WHERE",
        help="where programs run: local, or a Dask scheduler, dask://HOST:PORT or tls://HOST:PORT",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would be graded, taken over and left out; run and write nothing",
    )
    parser.add_argument(
        "--profile",
        nargs="?",
        const="",
        metavar="FILE",
        help="say where the time went, by phase, and which submissions took longest; with FILE "
        "it is written there, too (.json: as JSON), in place of an earlier profile",
    )
    parser.add_argument(
        "--fail-under",
        type=_points,
        metavar="POINTS",
        help="exit with 1 if a complete grade is below",
    )


def _matrix(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "submissions", metavar="SUBMISSIONS", help="a folder with one folder or archive per student"
    )
    _lab(parser)
    _importing(parser)
    parser.add_argument(
        "--out", default=DEFAULT_OUT, metavar="DIR", help=f"where the page goes ({DEFAULT_OUT})"
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--sample", type=_positive, metavar="N", help="draw N submissions (12 of a bigger class)"
    )
    size.add_argument("--all", action="store_true", help="the whole class, however big")
    parser.add_argument("--seed", type=_seed, metavar="SEED", help="draw others")
    parser.add_argument(
        "--jobs", type=_positive, metavar="N", help="pairs at a time (up to three for each core)"
    )
    parser.add_argument("--python", metavar="PYTHON", help="the students' interpreter")
    _language(parser)


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="your folder, or one program (.)"
    )
    parser.add_argument(
        "--lab",
        metavar="LAB",
        help="a built-in lab, or a lab's folder (the one in PATH or one folder down, else tp09)",
    )
    parser.add_argument("--role", choices=("server", "client"), help="check this program only")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="ID",
        help="this criterion or scenario only; may be repeated",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "junit", "github", "gradescope", "prairielearn"),
        default="text",
        help="(text)",
    )
    parser.add_argument("--html", metavar="FILE", help="write the report as a page, too")
    parser.add_argument("--open", action="store_true", help="open that page in the browser")
    parser.add_argument(
        "--watch",
        action="store_true",
        help="check again whenever a program is saved, and say what changed; Ctrl-C ends it",
    )
    _running(parser)
    _language(parser)


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "out", nargs="?", default=DEFAULT_OUT, metavar="OUT", help=f"({DEFAULT_OUT})"
    )
    _language(parser)
    _anonymous(parser)


def _adjust(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", metavar="OUT", help="a graded folder")
    parser.add_argument("id", metavar="ID", help="whose: the submission's id")
    parser.add_argument(
        "--criterion", required=True, metavar="ID", help="for what, as server.print2"
    )
    parser.add_argument(
        "--points", type=_points, metavar="POINTS", help="that count instead of those judged"
    )
    parser.add_argument("--why", metavar="TEXT", help="the reason; the student's page shows it")
    parser.add_argument(
        "--remove", action="store_true", help="take the adjustment back: what was judged counts"
    )
    _language(parser)


EXPORTS = (
    "csv", "junit", "gradescope", "canvas", "moodle", "moodle-feedback", "prairielearn",
    "github", "gitlab", "ctrf", "classroom50", "classroom",
)  # fmt: skip
"""What `export --to` takes; `grader.cli.export` makes each."""


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "out",
        nargs="?",
        default=DEFAULT_OUT,
        metavar="OUT",
        help=f"a graded folder, or one result.json ({DEFAULT_OUT})",
    )
    parser.add_argument("--to", required=True, choices=EXPORTS, metavar="FORMAT", help=_TO)
    parser.add_argument(
        "--id",
        action="append",
        default=[],
        metavar="ID",
        help="this submission only; may be repeated",
    )
    parser.add_argument(
        "--output",
        metavar="PATH",
        help="the file to write (stdout); a folder for formats with a file for each submission",
    )
    parser.add_argument("--force", action="store_true", help="write over what is there")
    parser.add_argument(
        "--worksheet",
        metavar="FILE",
        help="moodle, canvas: the file as you downloaded it; a filled copy is made",
    )
    parser.add_argument(
        "--assignment", metavar="TITLE", help="canvas: which assignment, by title or number"
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        type=_pair,
        metavar="KEY=HEADER",
        help="what the worksheet calls a column: identifier, name, group, grade, maximum, "
        "feedback (moodle); id, name, user, login, section (canvas)",
    )
    parser.add_argument(
        "--prefix",
        default="",
        metavar="PATH",
        help="github, gitlab: where the submission lies in the repository",
    )
    parser.add_argument(
        "--with-hidden",
        action="store_true",
        help="tell of hidden scenarios too: only teachers will read it",
    )
    _language(parser)


def _diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", metavar="BEFORE", help="a graded folder")
    parser.add_argument("after", metavar="AFTER", help="another of the same submissions")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="(text)")
    _language(parser)


_TO = f"one of {', '.join(EXPORTS)}"


def _audience(parser: argparse.ArgumentParser) -> None:
    _report(parser)
    parser.add_argument(
        "--audience",
        choices=("teacher", "student", "research"),
        default="teacher",
        help="`student`: make copies to hand out, a folder for each student, in which nothing of "
        "hidden scenarios and of other students is; `research`: make a copy of the class with "
        "pseudonyms in place of names; OUT stays as it is (teacher)",
    )
    parser.add_argument(
        "--out",
        dest="copy",
        metavar="COPY",
        help="where the copies go (OUT-students, OUT-research)",
    )
    parser.add_argument(
        "--due-passed",
        action="store_true",
        help="with --audience student: show what is hidden until the due date, whatever date the "
        "class or its lab has",
    )
    parser.add_argument(
        "--zip",
        action="store_true",
        help="with --audience student: an archive for each student instead of a folder",
    )
    parser.add_argument(
        "--captures",
        action="store_true",
        help="with --audience research: copy the captures, too; they keep the time of each run",
    )


def _merge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "parts", nargs="+", metavar="PART", help="output folders of `grade --shard`, or of groups"
    )
    parser.add_argument(
        "--out", default=DEFAULT_OUT, metavar="DIR", help=f"where the whole goes ({DEFAULT_OUT})"
    )
    parser.add_argument(
        "--partial", action="store_true", help="bring together what is there, parts missing or not"
    )
    _language(parser)
    _anonymous(parser)
    parser.set_defaults(anonymous=None)


def _verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "out", nargs="?", default=DEFAULT_OUT, metavar="OUT", help=f"({DEFAULT_OUT})"
    )
    _language(parser)
    parser.add_argument(
        "--submissions",
        metavar="SUBMISSIONS",
        help="the folder that was graded: what was handed in since?",
    )
    _importing(parser)


def _validate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lab", metavar="LAB", help="a lab's folder, or a built-in lab")
    parser.add_argument(
        "--prove",
        action="store_true",
        help="play right and wrong programs made from the lab: does it grade them right?",
    )
    parser.add_argument(
        "--samples",
        action="store_true",
        help="grade the lab's samples (LAB/samples), and compare with the expected.yaml of each",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="prove this scenario alone, or grade this sample alone; may be repeated",
    )
    parser.add_argument("--role", choices=("server", "client"), help="prove this role alone")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="(text)")
    _machine(parser)
    _language(parser)


def _new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="DIR", help="the lab's folder, which names it; no file is written over"
    )
    parser.add_argument("--name", metavar="NAME", help="its title (the folder's name)")
    parser.add_argument(
        "--role",
        choices=("server", "client", "both"),
        help="what students write (server)",
    )
    parser.add_argument("--port", type=_port, metavar="PORT", help="(7000)")
    parser.add_argument(
        "--kind",
        choices=("questions", "greeting", "echo"),
        help="what is exchanged: question/answer lines, a greeting, an echo (questions)",
    )
    parser.add_argument("--yes", action="store_true", help="ask nothing, take what is usual")
    parser.add_argument(
        "--both-languages",
        action="store_true",
        help="write its texts in French and in English; --lang is the one it is in where both do",
    )
    _language(parser)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1024 <= int(text[:6]) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1024 to 65535")
    return int(text)


def _show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lab", metavar="LAB", help="a lab's folder, or a built-in lab")
    parser.add_argument("scenario", nargs="?", metavar="SCENARIO", help="this one only, by its id")
    parser.add_argument(
        "--format",
        choices=("text", "markdown", "html"),
        default="text",
        help="diagrams of every scenario (text), or a handout: nothing hidden is in it",
    )
    _language(parser)


def _try(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lab", metavar="LAB", help="a lab's folder, or a built-in lab")
    parser.add_argument("scenario", nargs="?", metavar="SCENARIO", help="this one only, by its id")
    _machine(parser)
    _language(parser)


def _reference(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "plays", choices=("client", "server"), help="what the reference is; you are the other side"
    )
    parser.add_argument(
        "scenario", nargs="?", metavar="LAB/SCENARIO", help="(tp09, the statement's exchange)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="where your server is (127.0.0.1)"
    )
    parser.add_argument(
        "--patience",
        type=_seconds,
        default=5.0,
        metavar="SECONDS",
        help="silence after which a step is given up (5)",
    )
    parser.add_argument("--seed", type=_seed, metavar="SEED", help="for texts drawn anew")
    _language(parser)


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--python", metavar="PYTHON", help="the students' interpreter")


BENCHES = {
    "run": "one run against the bare program",
    "class": "a class of 300 by the number of runs at a time",
    "rivals": "the same work by other harnesses",
    "start": "start-up of each command",
    "memory": "memory and disk by number of submissions",
    "render": "judging and pages",
    "resume": "nothing to do, and known content",
    "cluster": "Dask beside this machine",
}
"""What `bench` measures."""


def _bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        type=_benchmark,
        help=f"what to measure: {', '.join(BENCHES)} (all)",
    )
    parser.add_argument(
        "--quick", action="store_true", help="smaller and fewer: less exact, sooner"
    )
    parser.add_argument(
        "--rounds", type=_positive, metavar="N", help="rounds of each (what each finds right)"
    )
    parser.add_argument(
        "--json",
        metavar="FILE",
        help="write the figures as JSON, in place of earlier ones",
    )
    parser.add_argument(
        "--markdown",
        metavar="FILE",
        help="write them as Markdown: into the marked region of a page, or a new page",
    )
    parser.add_argument(
        "--install",
        action="store_true",
        help="install pytest and check50 by pip into a private folder, to compare with",
    )
    parser.add_argument("--python", metavar="PYTHON", help="the students' interpreter")


def _explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "diagnosis", nargs="?", metavar="DIAGNOSIS", help="its id in results.json; none: list all"
    )
    parser.add_argument(
        "--notions",
        action="store_true",
        help="list the notions that mistakes are about: a lab says where to read of each",
    )
    parser.add_argument(
        "--lab", metavar="LAB", help="a built-in lab, or a lab's folder, which may say it otherwise"
    )
    _language(parser)


def _completion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def _init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "platform",
        choices=("github", "gitlab", "gradescope", "prairielearn"),
        help="what students hand in to",
    )
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="where to write (.)")
    parser.add_argument("--lab", default="tp09", metavar="LAB", help="a built-in lab (tp09)")
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    _language(parser)


def _schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name",
        nargs="?",
        choices=("results", "result", "lab", "scenario", "expected"),
        default="results",
        help="results.json, one result.json; or a lab's lab.yaml, a scenario's file, a sample's "
        "expected.yaml (results)",
    )


ADD: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "grade": _grade,
    "check": _check,
    "matrix": _matrix,
    "report": _audience,
    "adjust": _adjust,
    "merge": _merge,
    "export": _export,
    "diff": _diff,
    "verify": _verify,
    "validate": _validate,
    "new": _new,
    "show": _show,
    "try": _try,
    "reference": _reference,
    "explain": _explain,
    "init": _init,
    "completion": _completion,
    "bench": _bench,
    "doctor": _doctor,
    "schema": _schema,
}
"""Adds a command's options to its parser."""


def _benchmark(text: str) -> str:
    if text not in BENCHES:
        raise argparse.ArgumentTypeError(f"{text!r}: there are {', '.join(BENCHES)}")
    return text


def _executor(text: str) -> str:
    from grader.cluster.address import scheduler_address

    try:
        if text != "local":
            scheduler_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _shard(text: str) -> Shard:
    from grader.batch.shards import Shard

    try:
        return Shard.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= 1024:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1024")
    return int(text)


def _languages(text: str) -> tuple[str, ...]:
    from grader.lab.languages import KNOWN, named

    found = [named(word.strip()) for word in text.split(",")]
    if None in found:
        raise argparse.ArgumentTypeError(f"{text!r}: there are {', '.join(KNOWN)}")
    return tuple(dict.fromkeys(language.id for language in found if language is not None))


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 < seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 3600")
    return seconds


def _pair(text: str) -> tuple[str, str]:
    key, sign, header = text.partition("=")
    if not sign or not key.isidentifier() or not header.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=HEADER, as grade=Note")
    return key, header


def _points(text: str) -> str:
    if not re.fullmatch(r"\d{1,6}([.,]\d{1,4})?", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of points, as 10 or 12.5")
    return text.replace(",", ".")


def _seed(text: str) -> str:
    if not _DIGITS.fullmatch(text):
        raise argparse.ArgumentTypeError("a seed has letters, digits and ._:- only, at most 128")
    return text
