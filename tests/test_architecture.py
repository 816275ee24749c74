"""The directions of imports, and one test file for each source file.

What is pure can be tested without a machine and judged again years later: it must not reach
for a socket, a process or a clock, nor for what does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"

PURE = (
    "grader/lab", "grader/judge", "grader/view", "grader/formats", "grader/wire",
    "grader/matching.py", "grader/letters.py", "grader/near.py", "grader/decodings.py",
    "grader/escapes.py", "grader/sharing.py", "grader/transcript.py", "grader/submission.py",
    "grader/results.py", "grader/bench/model.py", "grader/bench/bounds.py", "grader/bench/table.py",
    *(f"grader/prove/{name}.py" for name in (
        "case", "changes", "document", "forms", "model_several", "model_student", "mutants",
        "mutants_connection", "mutants_exchange", "mutants_made", "mutants_several", "places",
        "plan", "proof", "source", "table", "variants",
    )),
    "grader/runids.py", "grader/pytest_plugin/told.py",
    "reference/script.py", "reference/events.py", "reference/commands.py",
    "reference/machine.py", "reference/templates.py", "reference/framing.py",
    "reference/patterns.py", "reference/link.py",
)  # fmt: skip
SHELL = ("grader.run.", "grader.intake.", "grader.cli.", "grader.batch.", "grader.prove.run.")
REACHES_OUT = {
    "socket", "subprocess", "time", "asyncio", "selectors", "select", "signal", "threading",
    "multiprocessing", "ctypes", "socketserver", "psutil", "random", "secrets",
}  # fmt: skip
ONE_IMPORTER = {
    "yaml": "grader/lab/yamlfile.py", "jinja2": "grader/view/html.py",
    "pygments": "grader/view/highlight.py",
}  # fmt: skip

DATA_ONLY = {
    "grader/intake/bounds.py", "grader/intake/errors.py", "grader/judge/model.py",
    "grader/intake/layouts/model.py",
    "grader/lab/model.py", "grader/run/denied.py", "grader/run/errors.py",
    "grader/run/jobs.py", "grader/run/usage.py",
    "grader/submission.py",
    "reference/commands.py", "reference/events.py", "reference/script.py",
    "grader/view/student_model.py", "grader/cli/errors.py", "grader/judge/hit.py",
    "grader/prove/case.py", "grader/batch/entry.py",
}  # fmt: skip
"""Definitions without behaviour of their own."""

TESTED_TOGETHER: dict[str, tuple[str, ...]] = {
    # One format each, one set of hostile grades for all of them.
    "test_formats.py": tuple(
        f"grader/formats/{name}.py" for name in ("csv", "github", "junit", "safe", "terminal")
    ),
    "test_formats_exports.py": tuple(
        f"grader/formats/{name}.py"
        for name in ("classroom", "ctrf", "gitlab", "gradescope", "prairielearn", "told")
    ),
    # What the command does, but for options and words.
    "test_cli_merge.py": ("grader/batch/merging.py",),
    "test_prove_model_student.py": tuple(
        f"grader/prove/{name}.py" for name in ("asked", "model_shown", "turns")
    ),
    "test_formats_moodle.py": ("grader/formats/filling.py",),
    "test_formats_terminal.py": tuple(
        f"grader/formats/{name}.py" for name in ("causes", "gathered", "writer")
    ),
    # The parts of reading an archive or a folder only make sense through it.
    "test_intake_archives.py": (
        "grader/intake/gathering.py", "grader/intake/streams.py", "grader/intake/tars.py",
        "grader/intake/zips.py",
    ),
    "test_intake_reading.py": ("grader/intake/texts.py", "grader/intake/tree.py"),
    # Names of a platform, then whole classes of them: folders, zips, rosters.
    "test_intake_layouts.py": tuple(
        f"grader/intake/layouts/{name}.py"
        for name in (
            "blackboard", "brightspace", "canvas", "clones", "dates", "detect", "gradescope",
            "moodle", "pattern",
        )
    ),
    "test_intake_importing.py": tuple(
        f"grader/intake/{name}.py" for name in ("entrants", "import_words", "people", "sources")
    ),
    "test_intake_commits.py": ("grader/intake/gitobjects.py",),
    "test_lab_late.py": ("grader/intake/lateness.py",),
    "test_lab_load.py": (
        "grader/lab/context.py", "grader/lab/labfile.py", "grader/lab/scenariofile.py",
        "grader/lab/steps.py",
    ),
    "test_lab_words.py": ("grader/lab/draws.py", "grader/lab/rounds.py"),
    "test_lab_schema.py": tuple(
        f"grader/lab/{name}.py" for name in ("fields", "fields_lab", "fields_scenario")
    ),
    # A lab with every kind of message, through the real sandbox.
    "test_parrot.py": tuple(
        f"grader/judge/{name}.py" for name in ("differing", "hearing", "screen")
    ),
    # Real programs, real sandbox: what they do is not worth a fake.
    "test_engine.py": tuple(
        f"grader/run/{name}.py"
        for name in (
            "blocked", "crash", "ending", "interpreter", "look", "messages", "netns",
            "paced", "place", "player", "privileges", "recorder", "runner", "sandbox", "started",
            "terminal", "unplayed", "worker",
        )
    ),
    "test_lab_languages.py": ("grader/lab/languagefile.py",),
    # Real compilers and runtimes, real sandbox.
    "test_languages.py": tuple(
        f"grader/run/{name}.py"
        for name in ("inside", "runtimes")
    ),
    "test_judge_traceback.py": ("grader/judge/foreign.py",),
    # What an earlier run left: taken over by its sums.
    "test_batch_earlier.py": ("grader/batch/kept.py",),
    "test_batch_copies.py": ("grader/view/named.py",),
    "test_run_inbox.py": ("grader/run/stored.py",),
    "test_cluster_station.py": ("grader/cluster/task.py",),
    "test_cluster.py": ("grader/cli/executor.py",),
    "test_cluster_executor.py": ("grader/run/unplayed.py",),
    # What it does is seen in the sandbox only.
    "test_run_warm.py": ("grader/run/zygote.py",),
    "test_run_building.py": ("grader/run/toolchain.py", "grader/run/workshop.py"),
    # The sample folder is graded through all of it, criterion by criterion.
    "test_samples.py": (
        *(
            f"grader/judge/{name}.py"
            for name in (
                "crashes", "criteria", "facts", "grade", "listeners", "maker", "outputs",
                "prints", "sessions", "situation", "traceback", "wording", "checks", "diagnosis",
            )
        ),
        "grader/transcript.py",
    ),
    # Each condition, on recorded runs that meet it and on some that nearly do.
    "test_transcripts.py": tuple(
        f"grader/judge/{name}.py"
        for name in (
            "addresses", "concurrency", "conditions", "endings", "exchange", "framing", "memory",
            "seen",
        )
    ),
    # Mutants are what their changes come to; the program that plays them is run for real.
    "test_prove_mutants.py": tuple(
        f"grader/prove/{name}.py" for name in ("changes", "mutants_connection", "mutants_exchange")
    ),
    "test_prove_made.py": ("grader/prove/forms.py", "grader/prove/mutants_made.py"),
    "test_prove_run.py": ("grader/prove/student.py",),
    "test_prove_several.py": tuple(
        f"grader/prove/{name}.py" for name in ("attention", "model_several", "mutants_several")
    ),
    "test_prove_table.py": ("grader/prove/document.py",),
    "test_view_sequence.py": ("grader/view/moment.py", "grader/view/telling.py"),
    "test_view_words.py": tuple(
        f"grader/view/{name}_words.py" for name in ("exchange", "matrix", "terminal")
    ),
    "test_view_html.py": ("grader/view/timeline_markup.py",),
    # A lab in words: the same labs as diagram, Markdown and page.
    "test_view_handout.py": (
        "grader/formats/handout_markdown.py", "grader/formats/scripted.py",
        *(f"grader/view/{name}.py" for name in (
            "message_words", "script_words", "scripted", "statement",
        )),
    ),
    "test_view_pages.py": tuple(
        f"grader/view/{name}.py"
        for name in (
            "advice_section", "calls", "criteria_section", "drawing", "run_section", "source",
            "student_page",
        )
    ),
    "test_view_class_page.py": tuple(
        f"grader/view/{name}.py" for name in ("class_table", "class_words", "distribution")
    ),
    "test_cli_app.py": (
        "grader/__main__.py", "grader/cli/blame.py", "grader/cli/labs.py",
        "grader/cli/options.py", "grader/cli/schema.py",
    ),
    "test_cli_check.py": ("grader/cli/checked.py", "grader/cli/running.py"),
    "test_batch_research.py": ("grader/cli/research.py",),
    "test_run_host.py": ("grader/run/trying.py",),
    # What runs where less can be had, and the whole of it with that taken away.
    "test_portable.py": tuple(
        f"grader/run/{name}.py"
        for name in (
            "alone", "bridge", "console", "engines", "family", "portable_place", "sharedport",
            "signals",
        )
    ),
    "test_cli_export.py": tuple(
        f"grader/cli/export_{name}.py" for name in ("each", "files", "words")
    ),
    "test_cli_watch.py": ("grader/formats/delta.py",),
    # Several connections: real programs of every kind, right and wrong.
    "test_several.py": (
        "grader/judge/among.py", "grader/run/delivery.py", "grader/run/exchange.py",
    ),
    "test_machine.py": ("reference/link.py",),
    "test_endpoint.py": ("reference/connection.py",),
    "test_socketfile.py": ("reference/local.py",),
    "test_run_unixdiag.py": ("grader/run/localnames.py",),
    "test_local.py": ("grader/wire/drawn.py",),
    "test_lab_connections.py": ("grader/lab/program.py",),
    # Two programs with each other: real ones, then what was told of them.
    "test_run_pair.py": ("grader/run/pair_facts.py", "grader/run/pair_run.py"),
    "test_run_followers.py": ("grader/run/causes.py",),
    "test_run_nursery.py": ("grader/run/forking.py",),
    "test_judge_pair.py": ("grader/judge/pair_words.py", "grader/judge/sides.py"),
    # What it makes of figures, and the peer; the rest is run by hand.
    "test_bench.py": (
        *(f"grader/bench/{name}.py" for name in (
            "bounds", "classes", "cluster", "ground", "klass", "machine", "memory", "model",
            "one_run", "others", "peer", "rendering", "resume", "startup", "table",
        )),
        "grader/cli/bench.py", "grader/cli/benching.py",
    ),
    "test_batch_grading.py": ("grader/batch/judging.py",),
    # From a worker's clocks to the table: one run through all of it.
    "test_batch_profile.py": (
        "grader/cli/profiling.py", "grader/run/meter.py", "grader/run/metering.py",
    ),
    "test_batch_matrix.py": ("grader/formats/matrix_json.py", "grader/judge/matrix.py"),
    "test_cli_summary.py": ("grader/cli/progress.py",),
    "test_pytest_plugin.py": tuple(
        f"grader/pytest_plugin/{name}.py" for name in ("collecting", "fixtures", "playing", "told")
    ),
    "test_cli_grade.py": ("grader/cli/report.py",),
}  # fmt: skip
"""Test file -> source files that it tests with others, where the name alone does not tell."""


def sources() -> list[Path]:
    found = sorted([*(ROOT / "grader").rglob("*.py"), *(ROOT / "reference").rglob("*.py")])
    return [path.relative_to(ROOT) for path in found if "data" not in path.parts]


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Everything that the file imports, anywhere in it, but for types only."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    for node in _without_types(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            assert node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _without_types(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from _without_types(child)


def is_pure(path: Path) -> bool:
    return any(path.is_relative_to(pure) for pure in PURE)


def test_what_is_pure_reaches_for_nothing() -> None:
    found = [
        f"{path} imports {name}"
        for path in sources() if is_pure(path)
        for name in imports(path)
        if name.split(".")[0] in REACHES_OUT or f"{name}.".startswith(SHELL)
    ]  # fmt: skip
    assert found == []


def test_the_reference_knows_nothing_of_the_grader() -> None:
    found = [
        f"{path} imports {name}"
        for path in sources() if path.parts[0] == "reference"
        for name in imports(path) if name.split(".")[0] == "grader"
    ]  # fmt: skip
    assert found == []


def test_some_packages_have_one_importer_each() -> None:
    found = [
        f"{path} imports {name}"
        for path in sources()
        for name in imports(path)
        if path != Path(ONE_IMPORTER.get(name.split(".")[0], path))
    ]  # fmt: skip
    assert found == []


def test_only_the_command_line_knows_the_command_line() -> None:
    found = [
        f"{path} imports {name}"
        for path in sources()
        if path.parts[:2] != ("grader", "cli") and path != Path("grader/__main__.py")
        for name in imports(path) if name.startswith("grader.cli")
    ]  # fmt: skip
    assert found == []


def test_every_source_file_has_a_test_file() -> None:
    assert [path.as_posix() for path in sources() if not is_tested(path)] == []


def is_tested(path: Path) -> bool:
    if path.name == "__init__.py" or path.as_posix() in DATA_ONLY:
        return True
    parts = [*path.parts[1:-1], path.stem]
    names = {f"test_{'_'.join(parts)}.py", f"test_{parts[-1]}.py"}
    names |= {test for test, tested in TESTED_TOGETHER.items() if path.as_posix() in tested}
    return any((TESTS / name).is_file() for name in names)


def test_exceptions_are_about_files_that_are_there() -> None:
    listed = {*DATA_ONLY, *(one for tested in TESTED_TOGETHER.values() for one in tested)}
    assert listed <= {path.as_posix() for path in sources()}
    assert all((TESTS / test).is_file() for test in TESTED_TOGETHER)
