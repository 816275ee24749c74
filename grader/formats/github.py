"""GitHub Actions: the job summary in Markdown, and annotations at the student's lines."""

from __future__ import annotations

from collections.abc import Iterator

from grader.formats import told
from grader.formats.safe import markdown, no_commands, one_line
from grader.formats.told import Graded
from grader.judge.model import Status
from grader.results import CriterionDetail, DiagnosisDetail, FindingInfo, Number, Result, counted
from grader.view.class_words import class_words
from grader.view.words import SYMBOLS, decimal, labelled, words

SUMMARY_BYTES = 900 * 1024
"""GitHub takes 1 MiB and drops a summary just under it without a word."""

ANNOTATIONS = 10
"""GitHub shows ten errors of a step."""

MESSAGE_CHARACTERS = 4000
"""GitHub takes 64 KiB of a message and shows some lines; a character may become ten."""

TITLE_CHARACTERS = 250
SHOWN = 600


def summary(graded: Graded, language: str) -> str:
    """Markdown for the file named by GITHUB_STEP_SUMMARY: the table first, then the details.

    At most `SUMMARY_BYTES` of UTF-8; what is left out is said.
    """
    kept: list[str] = []
    size = 0
    for done, line in enumerate(_overview(graded, language)):
        size += len(line.encode()) + 1
        if size > SUMMARY_BYTES:
            return _with_rest(kept, _HEAD_LINES + len(graded) - done, language)
        kept.append(line)
    for done, result in enumerate(graded):
        block = _details(result, language, several=len(graded) > 1)
        size += len(block.encode()) + 1
        if size > SUMMARY_BYTES:
            return _with_rest(kept, len(graded) - done, language)
        kept.append(block)
    return "\n".join(kept).rstrip() + "\n"


def annotation_commands(graded: Graded, language: str, folder: str = "") -> str:
    """Workflow commands, one a line, at most `ANNOTATIONS`: the mistakes, the rest, remarks.

    `folder` is the submission's path inside the repository, for `file=`; with several
    submissions that of the folder with all of them.
    """
    found: dict[str, list[str]] = {"error": [], "notice": []}
    for result in graded:
        place = told.inside(folder, result.name) if len(graded) > 1 else folder
        for level, command in _commands(result, language, place):
            if len(found[level]) < ANNOTATIONS:
                found[level].append(command)
    commands = [*found["error"], *found["notice"]][:ANNOTATIONS]
    return "".join(f"{command}\n" for command in commands)


def outputs(result: Result) -> str:
    """`name=value` lines for the file named by GITHUB_OUTPUT, as action.yml declares them."""
    values = {
        "score": result.score,
        "max-score": result.max_score,
        "passed": sum(one.status == "pass" for one in result.criteria),
        "criteria": len(result.criteria),
        "complete": "true" if told.has_grade(result) else "false",
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def log(text: str) -> str:
    """A text for the step's log: nothing in it starts a workflow command."""
    return no_commands(text)


_HEAD_LINES = 4
"""Lines of a class's overview before its first row, the title's two among them."""


def _overview(graded: Graded, language: str) -> Iterator[str]:
    table = words(language)
    title = next((result.lab.title for result in graded), "")
    yield f"# {markdown(title)}"
    yield ""
    if len(graded) == 1:
        for result in graded:
            yield from _overview_of_one(result, language)
    else:
        yield f"| {table['student']} | {table['grade']} | {table['mend_first']} |"
        yield "|---|---|---|"
        for result in graded:
            yield _row(result, language)
    yield ""


def _overview_of_one(result: Result, language: str) -> Iterator[str]:
    table = words(language)
    note = "" if result.complete else f" ({table['provisional']})"
    score = _points(result.score, result.max_score, language)
    yield f"**{labelled(table['grade'], language)}{score}**{note}"
    yield ""
    for line in told.changed(result, language):
        yield from (markdown(line), "")
    yield f"| | {table['criterion']} | {table['points']} |"
    yield "|---|---|---|"
    for criterion in result.criteria:
        yield _criterion_row(criterion, language)


def _row(result: Result, language: str) -> str:
    worst = next((d.title for d in result.diagnoses if d.level == "error"), "")
    cause = result.problem.message if result.problem else worst
    score = _points(result.score, result.max_score, language)
    note = "" if result.complete else f" ({words(language)['provisional']})"
    note += _taken_off(result, language)
    return f"| {markdown(result.name)} | {score}{note} | {markdown(cause)} |"


def _taken_off(result: Result, language: str) -> str:
    """` (Late: −2)`; empty where being late cost nothing."""
    if not result.late or not result.late.penalty:
        return ""
    taken = decimal(told.exact(result.late.penalty), language)
    return f" ({labelled(class_words(language)['late'], language)}\u2212{taken})"


def _points(score: Number, most: Number, language: str) -> str:
    return f"{decimal(told.exact(score), language)} / {decimal(told.exact(most), language)}"


def _criterion_row(criterion: CriterionDetail, language: str) -> str:
    verdict = f"{SYMBOLS[Status(criterion.status)]} {words(language)[criterion.status]}"
    score = _points(counted(criterion), criterion.max_points, language)
    if criterion.adjusted:
        score += f" ({words(language)['adjustment'].lower()})"
    return f"| {verdict} | {markdown(criterion.title)} | {score} |"


def _details(result: Result, language: str, *, several: bool) -> str:
    """The mistakes; of a class (`several`) what changed the grade, too: its table has no room."""
    lines = []
    if result.problem:
        lines.append(markdown(result.problem.message))
    if several:
        lines += [markdown(line) for line in told.changed(result, language)]
    for diagnosis in result.diagnoses:
        lines += _diagnosis(diagnosis)
    for criterion in result.criteria:
        if criterion.status != "pass" and not criterion.diagnoses:
            lines += _criterion(criterion, language)
    return "\n\n".join([f"## {markdown(result.name)}", *lines]) + "\n" if lines else ""


def _diagnosis(diagnosis: DiagnosisDetail) -> Iterator[str]:
    where = ""
    if diagnosis.file:
        line = f":{diagnosis.line}" if diagnosis.line else ""
        where = f" · <code>{markdown(diagnosis.file + line)}</code>"
    yield f"**{markdown(diagnosis.title)}**{where}"
    yield markdown(diagnosis.explanation)


def _criterion(criterion: CriterionDetail, language: str) -> Iterator[str]:
    yield f"**{markdown(criterion.title)}**"
    yield markdown(criterion.requirement)
    for finding in criterion.findings:
        if finding.status != "pass":
            yield _finding(finding, language)


def _finding(finding: FindingInfo, language: str) -> str:
    lines = [f"- {markdown(finding.what)}"]
    for key, shown in (("expected", finding.expected), ("actual", finding.actual)):
        if shown is not None:
            label = labelled(words(language)[key], language)
            lines.append(f"  - {label}<code>{markdown(told.cut(shown, SHOWN))}</code>")
    return "\n".join(lines)


def _with_rest(kept: list[str], left: int, language: str) -> str:
    return "\n".join([*kept, "", words(language)["t_more"].format(n=left)]) + "\n"


def _commands(result: Result, language: str, folder: str) -> Iterator[tuple[str, str]]:
    # Before advice: of that there may be more than GitHub shows.
    for line in told.changed(result, language):
        yield "notice", _command("notice", {"title": words(language)["grade"]}, line)
    for diagnosis in result.diagnoses:
        level = "error" if diagnosis.level == "error" else "notice"
        properties = {"file": "", "line": "", "title": diagnosis.title}
        if diagnosis.file:
            properties["file"] = told.inside(folder, diagnosis.file)
            properties["line"] = str(diagnosis.line) if diagnosis.line else ""
        yield level, _command(level, properties, diagnosis.explanation)
    for criterion in result.criteria:
        if criterion.status in ("fail", "partial") and not criterion.diagnoses:
            said = [f.what for f in criterion.findings if f.status != "pass"]
            text = said[0] if said else criterion.requirement
            yield "error", _command("error", {"title": criterion.title}, text)


def _command(level: str, properties: dict[str, str], text: str) -> str:
    short = {key: told.cut(value, TITLE_CHARACTERS) for key, value in properties.items()}
    short["file"] = properties.get("file", "")
    given = ",".join(f"{key}={_property(short[key])}" for key in properties if short[key])
    return f"::{level} {given}::{_message(told.cut(text, MESSAGE_CHARACTERS))}"


def _message(text: str) -> str:
    """Percent first, or the escapes would be escaped again."""
    return one_line(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
