"""What a terminal shows after `check`.

No control character of a student reaches the terminal, and no line begins with a student's
text, so that a build server's log reader finds nothing to obey either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grader.formats.certification import certification_lines
from grader.formats.gathered import (
    error_line,
    first_run,
    in_runs,
    notes,
    place,
    told_alike,
    wanting,
)
from grader.formats.safe import no_commands, one_line
from grader.judge.model import Diagnosis, Finding, Grade, Judged, Remark, Status
from grader.lab.model import ROLES, Lab, Level, Text
from grader.view import strip
from grader.view.bytes_view import escaped_bytes, shortened, width
from grader.view.difference import caret
from grader.view.words import SYMBOLS, decimal, labelled, words

_STRIP_ROWS = 4
_BESIDE = ("closed-by-exit",)
_ASCII = {Status.PASS: "+", Status.PARTIAL: "~", Status.FAIL: "x", Status.NOT_RUN: "-"}
_COLOURS = {Status.PASS: "32", Status.PARTIAL: "33", Status.FAIL: "31", Status.NOT_RUN: "2"}
_BOLD, _DIM = "1", "2"


@dataclass(frozen=True, kw_only=True)
class Style:
    """What the terminal can do: the command line looks at NO_COLOR, the encoding and the width."""

    colour: bool = False
    encoding: str = "utf-8"
    """What it can't print becomes plain ASCII, or a `?`."""
    columns: int = 80

    @property
    def width(self) -> int:
        """Columns to write in: never so wide that lines get hard to read."""
        return max(40, min(self.columns, 100))

    @property
    def unicode(self) -> bool:
        """Whether the symbols can be printed."""
        return _printable("✓½✗–│", self.encoding)


def check_text(lab: Lab, grade: Grade, language: str, style: Style | None = None) -> str:
    """One submission: each criterion, what was expected, what came, and where; summary last."""
    out = _Writer(language, style or Style(), _titles(lab, grade, language))
    if grade.problem:
        out.say(out.label("problem"), grade.problem.message, indent="")
    elif grade.runs:
        out.say("", out.words["t_alone"], indent="")
        out.line()
    _diagnoses(out, grade)
    for role in ROLES:
        judged = [j for j in grade.criteria if j.criterion.role == role]
        if judged:
            _role(out, grade, role, judged)
    _advice(out, lab, grade)
    _sweeps(out, grade)
    for line in certification_lines([grade], language, folder=False):
        out.say("", line.strip(), indent="    " if line.startswith(" ") else "")
    out.line(_summary(out, grade))
    return out.text()


def _titles(lab: Lab, grade: Grade, language: str) -> Mapping[str, str]:
    """By run, the title of its scenario; a run of a scenario that the lab lost keeps its id."""
    titles = {s.id: s.title.in_language(language) for s in lab.scenarios}
    return {run.id: titles.get(run.scenario, run.id) for run in grade.runs}


class _Writer:
    """Lines that fit the terminal, in its colours and its characters."""

    def __init__(
        self, language: str, style: Style, titles: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.language = language
        self.style = style
        self.titles = titles
        """Of runs; people are not shown ids."""
        self.words = words(language)
        self.lines: list[str] = []

    def text(self) -> str:
        """Everything written, with a final line end."""
        return self._encodable(no_commands("\n".join(self.lines))) + "\n"

    def line(self, text: str = "") -> None:
        """One line, as it is."""
        self.lines.append(text)

    def label(self, key: str) -> str:
        """A word of the table and its colon."""
        return labelled(self.words[key], self.language)

    def say(self, lead: str, text: Text | str, indent: str = "    ", colour: str = "") -> None:
        """A sentence after `lead`, wrapped; the following lines are indented."""
        said = text if isinstance(text, str) else text.in_language(self.language)
        room = self.style.width - len(indent) - 2
        for i, line in enumerate(_wrapped(lead + one_line(said), room)):
            self.line(indent + ("" if i == 0 else "  ") + self.painted(line, colour))

    def run(self, run: str) -> str:
        """What a run is called."""
        return self.titles.get(run, run)

    def painted(self, text: str, colour: str) -> str:
        """The text in a colour, where there are colours."""
        return f"\x1b[{colour}m{text}\x1b[0m" if colour and self.style.colour else text

    def symbol(self, status: Status) -> str:
        """The verdict's symbol, in its colour."""
        table = SYMBOLS if self.style.unicode else _ASCII
        return self.painted(table[status], _COLOURS[status])

    def _encodable(self, text: str) -> str:
        if _printable(text, self.style.encoding):
            return text
        for ours, ascii_form in _REPLACED:
            text = text.replace(ours, ascii_form)
        return text.encode(self.style.encoding, "replace").decode(self.style.encoding)


_REPLACED = (
    ("…", "..."), ("’", "'"), ("–", "-"), ("→", "->"), ("│", "|"), ("½", "1/2"),
    ("« ", '"'), (" »", '"'), ("«\u00a0", '"'), ("\u00a0»", '"'), ("\u00a0", " "),
    ("\u202f", " "), ("œ", "oe"),
)  # fmt: skip


def _printable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _diagnoses(out: _Writer, grade: Grade) -> None:
    errors = [d for d in grade.diagnoses if d.level == "error"]
    if not errors:
        return
    out.line(out.painted(out.words["mend_first"], _BOLD))
    for alike in told_alike(errors, out.language):
        diagnosis = alike[0]
        out.say("", diagnosis.title, indent="  ", colour=_COLOURS[Status.FAIL])
        for where in filter(None, (_where(out, grade, d) for d in alike)):
            out.say(out.label("t_where"), where)
        out.say("", diagnosis.explanation)
        if line := error_line(grade, diagnosis):
            out.say(out.label("t_python"), shortened(escaped_bytes(line, 400), 200))
    out.line()


def _where(out: _Writer, grade: Grade, diagnosis: Diagnosis) -> str:
    run = out.run(first_run(grade, diagnosis))
    if not diagnosis.file:
        return run
    return out.words["t_during"].format(place=place(diagnosis), run=run)


def _role(out: _Writer, grade: Grade, role: str, judged: Sequence[Judged]) -> None:
    program = grade.programs.server if role == "server" else grade.programs.client
    name = out.words[role.capitalize()]
    shown = one_line(program) if program else out.words["no_program"]
    out.line(f"{out.painted(name, _BOLD)}  {shortened(shown, out.style.width - len(name) - 2)}")
    whole = {j.criterion.id for j in judged}
    usual = next((r.id for r in grade.runs if r.role == role and r.level is Level.GRADED), "")
    told: dict[str, int] = {}
    for one in judged:
        cause = _cause(grade, one)
        _score(out, one)
        if cause is not None and (_stopped_all(grade, cause) or whole == set(cause.criteria)):
            title = cause.title.in_language(out.language)
            told[title] = told.get(title, -1) + 1
            if told[title]:
                continue
        if one.status is not Status.PASS:
            _why(out, one, cause, usual)
        for text in _beside(one, out.language):
            out.say("", text)
    for title, more in told.items():
        if more:
            key = "t_same_one" if more == 1 else "t_same"
            out.say("", out.words[key].format(n=more, cause=title), indent="  ")
    out.line()


def _beside(judged: Judged, language: str) -> list[str]:
    """Remarks that belong to the criterion's verdict, and not to what lies further on."""
    found = (r for f in judged.findings for r in f.remarks if r.code in _BESIDE)
    return list(dict.fromkeys(r.text.in_language(language) for r in found))


def _cause(grade: Grade, judged: Judged) -> Diagnosis | None:
    # By criterion and not by id: server and client may have the same mistake, told otherwise.
    if judged.status is Status.PASS:
        return None
    return next((d for d in grade.diagnoses if judged.criterion.id in d.criteria), None)


def _stopped_all(grade: Grade, cause: Diagnosis) -> bool:
    """Whether the program was ended by the mistake, or never was: then it is told once."""
    return not cause.run or any(r.id == cause.run and r.outcome == "crashed" for r in grade.runs)


def _score(out: _Writer, judged: Judged) -> None:
    criterion = judged.criterion
    points = decimal(judged.points, out.language)
    score = f"{points}/{decimal(criterion.points, out.language)}"
    title = shortened(one_line(criterion.title.in_language(out.language)), out.style.width - 16)
    gap = " " * max(1, out.style.width - 10 - width(title) - width(score))
    out.line(f"  {out.symbol(judged.status)} {title}{gap}{score}")


def _why(out: _Writer, judged: Judged, cause: Diagnosis | None, usual: str) -> None:
    """What a criterion was lost for; `usual` is the run that goes without saying."""
    if cause:
        out.say(out.label("because"), cause.title)
    else:
        out.say(out.label("requirement"), judged.criterion.requirement)
    failed = [f for f in judged.findings if f.status is not Status.PASS]
    for group in _alike(failed, out.language):
        _finding(out, group, usual)
    if not failed:
        out.say("", out.words["no_finding"])


def _alike(findings: Sequence[Finding], language: str) -> list[list[Finding]]:
    """Findings of several runs that say the same, together: a cause is told once."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.what.in_language(language), []).append(finding)
    return list(groups.values())


def _finding(out: _Writer, alike: Sequence[Finding], usual: str) -> None:
    finding = alike[0]
    seen = () if any(f.run == usual for f in alike) else tuple(f.run for f in alike)
    out.say(
        "", f"{finding.what.in_language(out.language)}{in_runs(out.titles, seen, out.language)}"
    )
    if finding.expected is None or finding.expected == finding.actual:
        return
    names = [out.label("expected"), out.label("actual")]
    lead = max(width(name) for name in names)
    expected, actual = (name + " " * (lead - width(name)) for name in names)
    longest = max(width(escaped_bytes(d, 400)) for d in (finding.expected, finding.actual or b""))
    # Two columns further left, rather than a text that lacks its last letter.
    margin = " " * (2 if 0 < longest - (out.style.width - lead - 4) <= 2 else 4)
    room = out.style.width - lead - len(margin)
    if finding.actual is None:
        out.line(f"{margin}{expected}{shortened(escaped_bytes(finding.expected, 400), room)}")
        return
    both = caret(finding.expected, finding.actual, room)
    out.line(f"{margin}{expected}{both.expected}")
    out.line(f"{margin}{actual}{both.actual or out.words['nothing']}")
    if both.column is not None and both.actual:
        pointer = out.painted("^", _COLOURS[Status.FAIL])
        out.line(" " * (len(margin) + lead + both.column) + pointer)


def _advice(out: _Writer, lab: Lab, grade: Grade) -> None:
    bullets = [
        *notes(grade, out.titles, out.language),
        *dict.fromkeys(r.text.in_language(out.language) for r in _remarks(grade)),
        *wanting(lab, grade, out.titles, out.language),
    ]
    if not bullets:
        return
    out.say("", out.words["t_further"], indent="", colour=_BOLD)
    bullet = "· " if out.style.unicode else "* "
    for said in bullets:
        out.say(bullet, said, indent="  ")
    out.line()


def _sweeps(out: _Writer, grade: Grade) -> None:
    """The strip of each sweep: marks, the bytes below them, and where they are in words."""
    symbols = strip.SYMBOLS if out.style.unicode else strip.ASCII
    for sweep in grade.sweeps:
        out.line(out.painted(f"{strip.title(out.language)} ({sweep.scenario})", _BOLD))
        for marks, text in strip.rows(sweep, out.style.width - 4, symbols)[:_STRIP_ROWS]:
            out.line(f"    {marks}")
            out.line(f"    {text}")
        out.say("", sweep.what, indent="  ")
        out.line()


def _remarks(grade: Grade) -> Iterator[Remark]:
    yield from grade.remarks
    for judged in grade.criteria:
        for finding in judged.findings:
            yield from (r for r in finding.remarks if r.code not in _BESIDE)


def _summary(out: _Writer, grade: Grade) -> str:
    passed = sum(j.status is Status.PASS for j in grade.criteria)
    text = out.words["t_passed"].format(
        passed=passed,
        total=len(grade.criteria),
        score=decimal(grade.score, out.language),
        max=decimal(grade.max_score, out.language),
    )
    if not grade.complete:
        text = f"{text} ({out.words['t_incomplete']})"
    return out.painted(text, _BOLD)


def _wrapped(text: str, columns: int) -> Iterator[str]:
    """The text in lines of at most `columns`, broken at blanks where there are any."""
    while width(text) > columns:
        end = used = 0
        while end < len(text) and used + width(text[end]) <= columns:
            used += width(text[end])
            end += 1
        blank = text.rfind(" ", 0, end)
        cut = blank if blank > end // 3 else max(end, 1)
        yield text[:cut].rstrip()
        text = text[cut:].lstrip(" ")
    yield text
