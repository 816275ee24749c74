"""GitHub Actions: the job summary in Markdown, and annotations at the student's lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.formats.safe import markdown, no_commands, one_line
from grader.judge.model import Diagnosis, Finding, Grade, Judged, Status
from grader.lab.model import Lab
from grader.view.bytes_view import escaped_bytes
from grader.view.words import SYMBOLS, decimal, labelled, words

SUMMARY_BYTES = 900 * 1024
"""GitHub takes 1 MiB and drops a summary just under it without a word."""

ANNOTATIONS = 10
"""GitHub shows ten errors of a step."""

BYTES_SHOWN = 600


def summary(lab: Lab, grades: Sequence[Grade], language: str | None = None) -> str:
    """Markdown for the file named by GITHUB_STEP_SUMMARY: the table first, then the details.

    At most `SUMMARY_BYTES` of UTF-8; what is left out is said.
    """
    tongue = language or lab.language
    head = [f"# {markdown(lab.title.in_language(tongue))}", ""]
    parts = [*head, *_overview(grades, tongue), ""]
    return _capped(parts, grades, tongue)


def annotation_commands(
    lab: Lab, grades: Sequence[Grade], language: str | None = None, folder: str = ""
) -> str:
    """Workflow commands, one a line, at most `ANNOTATIONS`: first the diagnoses, then the rest.

    `folder` is the submission's path inside the repository, for `file=`.
    """
    tongue = language or lab.language
    commands = [c for grade in grades for c in _commands(grade, tongue, folder)]
    return "".join(f"{command}\n" for command in commands[:ANNOTATIONS])


def log(text: str) -> str:
    """A text for the step's log: nothing in it starts a workflow command."""
    return no_commands(text)


def _overview(grades: Sequence[Grade], language: str) -> Iterator[str]:
    table = words(language)
    if len(grades) == 1:
        grade = grades[0]
        score = f"{decimal(grade.score, language)} / {decimal(grade.max_score, language)}"
        note = "" if grade.complete else f" ({table['provisional']})"
        yield f"**{labelled(table['grade'], language)}{score}**{note}"
        yield ""
        yield f"| | {table['criterion']} | {table['points']} |"
        yield "|---|---|---|"
        for judged in grade.criteria:
            yield _criterion_row(judged, language)
        return
    yield f"| {table['student']} | {table['grade']} | {table['mend_first']} |"
    yield "|---|---|---|"
    for grade in grades:
        score = f"{decimal(grade.score, language)} / {decimal(grade.max_score, language)}"
        worst = next((d for d in grade.diagnoses if d.level == "error"), None)
        cause = grade.problem.message if grade.problem else worst.title if worst else None
        said = markdown(cause.in_language(language)) if cause else ""
        yield f"| {markdown(grade.name)} | {score} | {said} |"


def _criterion_row(judged: Judged, language: str) -> str:
    criterion = judged.criterion
    verdict = f"{SYMBOLS[judged.status]} {words(language)[judged.status]}"
    points = f"{decimal(judged.points, language)} / {decimal(criterion.points, language)}"
    return f"| {verdict} | {markdown(criterion.title.in_language(language))} | {points} |"


def _details(grade: Grade, language: str) -> str:
    lines = []
    if grade.problem:
        lines.append(markdown(grade.problem.message.in_language(language)))
    for diagnosis in grade.diagnoses:
        lines += _diagnosis(diagnosis, language)
    for judged in grade.criteria:
        if judged.status is not Status.PASS and not judged.diagnoses:
            lines += _criterion(judged, language)
    return "\n\n".join([f"## {markdown(grade.name)}", *lines]) + "\n" if lines else ""


def _diagnosis(diagnosis: Diagnosis, language: str) -> Iterator[str]:
    where = ""
    if diagnosis.file:
        line = f":{diagnosis.line}" if diagnosis.line else ""
        where = f" · <code>{markdown(diagnosis.file + line)}</code>"
    yield f"**{markdown(diagnosis.title.in_language(language))}**{where}"
    yield markdown(diagnosis.explanation.in_language(language))


def _criterion(judged: Judged, language: str) -> Iterator[str]:
    yield f"**{markdown(judged.criterion.title.in_language(language))}**"
    yield markdown(judged.criterion.requirement.in_language(language))
    for finding in judged.findings:
        if finding.status is not Status.PASS:
            yield _finding(finding, language)


def _finding(finding: Finding, language: str) -> str:
    table = words(language)
    lines = [f"- {markdown(finding.what.in_language(language))}"]
    texts = ((table["expected"], finding.expected), (table["actual"], finding.actual))
    for label, data in texts:
        if data is not None:
            shown = markdown(escaped_bytes(data, BYTES_SHOWN))
            lines.append(f"  - {labelled(label, language)}<code>{shown}</code>")
    return "\n".join(lines)


def _capped(table: Sequence[str], grades: Sequence[Grade], language: str) -> str:
    """The table, then the details of as many submissions as there is room for."""
    kept: list[str] = []
    size = 0
    for line in table:
        size += len(line.encode()) + 1
        if size > SUMMARY_BYTES:
            return _with_rest(kept, len(table) - len(kept), language)
        kept.append(line)
    for done, grade in enumerate(grades):
        block = _details(grade, language)
        size += len(block.encode()) + 1
        if size > SUMMARY_BYTES:
            return _with_rest(kept, len(grades) - done, language)
        kept.append(block)
    return "\n".join(kept).rstrip() + "\n"


def _with_rest(kept: Sequence[str], left: int, language: str) -> str:
    return "\n".join([*kept, "", words(language)["t_more"].format(n=left)]) + "\n"


def _commands(grade: Grade, language: str, folder: str) -> Iterator[str]:
    for diagnosis in grade.diagnoses:
        level = "error" if diagnosis.level == "error" else "notice"
        properties = {"file": "", "line": "", "title": diagnosis.title.in_language(language)}
        if diagnosis.file:
            properties["file"] = f"{folder.rstrip('/')}/{diagnosis.file}".lstrip("/")
            properties["line"] = str(diagnosis.line) if diagnosis.line else ""
        yield _command(level, properties, diagnosis.explanation.in_language(language))
    for judged in grade.criteria:
        if judged.status in (Status.FAIL, Status.PARTIAL) and not judged.diagnoses:
            title = judged.criterion.title.in_language(language)
            said = [f.what for f in judged.findings if f.status is not Status.PASS]
            text = said[0] if said else judged.criterion.requirement
            yield _command("error", {"title": title}, text.in_language(language))


def _command(level: str, properties: dict[str, str], message: str) -> str:
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{level} {given}::{_message(message)}"


def _message(text: str) -> str:
    """Percent first, or the escapes would be escaped again."""
    return one_line(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
