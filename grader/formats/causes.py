"""What to fix, one block for each mistake: its line, the notion, what it costs, what happened.

A criterion stands in the block of the first mistake that explains it; those that nothing
explains come last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from grader import transcript as tr
from grader.formats import exchange
from grader.formats.gathered import error_line, first_run, in_runs, place, told_alike
from grader.formats.safe import no_commands, one_line
from grader.formats.writer import BOLD, COLOURS, DIM, RED, Writer
from grader.judge.model import Diagnosis, Finding, Grade, Judged, Remark, Status
from grader.lab.languages import PYTHON, language_of
from grader.lab.model import ROLES, Lab, Level
from grader.view.bytes_view import escaped, escaped_bytes, shortened, width
from grader.view.difference import caret
from grader.view.source import LINE_COLUMNS, around, source_lines
from grader.view.words import decimal

_WHY = " " * 5
_BESIDE = ("closed-by-exit",)
"""Remarks that belong to a criterion's verdict, and not to what lies further on."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a verdict can be shown with: transcripts by run, programs by path."""

    transcripts: Mapping[str, tr.Transcript] = field(default_factory=lambda: MappingProxyType({}))
    sources: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))


@dataclass
class _Block:
    """Mistakes of which the same is said, and the criteria that they explain."""

    diagnoses: list[Diagnosis]
    judged: list[Judged]


def causes(out: Writer, lab: Lab, grade: Grade, evidence: Evidence) -> Mapping[str, int]:
    """Write the blocks; returns the number of its block for each criterion that has one."""
    errors = [d for d in grade.diagnoses if d.level == "error"]
    blocks = [_Block(alike, []) for alike in told_alike(errors, out.language)]
    numbers: dict[str, int] = {}
    for judged in grade.criteria:
        if judged.status is Status.PASS:
            continue
        for number, block in enumerate(blocks, 1):
            # By criterion and not by id: both programs may have a mistake, told otherwise.
            if any(judged.criterion.id in d.criteria for d in block.diagnoses):
                block.judged.append(judged)
                numbers[judged.criterion.id] = number
                break
    left = [j for j in grade.criteria if j.status is not Status.PASS]
    left = [j for j in left if j.criterion.id not in numbers]
    if blocks:
        out.line(out.painted(out.words["mend_first"], BOLD))
        out.line()
    _Causes(out, lab, grade, evidence).write(blocks)
    if left:
        _unexplained(out, grade, left)
    return numbers


class _Causes:
    """Writes one block after the other; an exchange is drawn once."""

    def __init__(self, out: Writer, lab: Lab, grade: Grade, evidence: Evidence) -> None:
        self.out = out
        self.lab = lab
        self.grade = grade
        self.evidence = evidence
        self.drawn: dict[str, int] = {}
        """The block that has the exchange of a run."""
        self.quoted: set[tuple[str, int]] = set()
        """Lines of programs that were shown with those around them."""

    def write(self, blocks: Sequence[_Block]) -> None:
        """All blocks, numbered."""
        for number, block in enumerate(blocks, 1):
            self._title(number, block)
            for diagnosis in block.diagnoses:
                self._where(diagnosis)
            self._explanation(block)
            self._criteria(block)
            for diagnosis in block.diagnoses:
                self._exchange(number, diagnosis)
            self.out.line()

    def _title(self, number: int, block: _Block) -> None:
        lost = sum((j.criterion.points - j.points for j in block.judged), Fraction(0))
        said = self.out.said(block.diagnoses[0].title)
        title = f"{number}. {said}"
        cost = ""
        if lost:
            key = "t_costs" if lost <= 1 else "t_costs_more"
            cost = self.out.words[key].format(points=decimal(lost, self.out.language))
        if cost and width(title) + width(cost) + 2 <= self.out.width:
            self.out.between("", title, cost, RED)
            return
        self.out.say(f"{number}. ", block.diagnoses[0].title, indent="", colour=RED)
        if cost:
            self.out.say("", cost, indent="   ")

    def _where(self, diagnosis: Diagnosis) -> None:
        out = self.out
        run = out.run(first_run(self.grade, diagnosis))
        where = run
        if diagnosis.file:
            where = out.words["t_during"].format(place=place(diagnosis), run=run)
        if where:
            out.say(out.label("t_where"), where, indent="   ")
        self._source(diagnosis)

    def _source(self, diagnosis: Diagnosis) -> None:
        """The line of the program, with those around it."""
        number = diagnosis.line or diagnosis.look
        data = self.evidence.sources.get(diagnosis.file or "")
        lines = source_lines(data) if data is not None else ()
        if not number or number > len(lines):
            return
        out = self.out
        texts = {
            n: no_commands(escaped(lines[n - 1][:LINE_COLUMNS].expandtabs(4)))
            for n in around({number, *diagnosis.also}, len(lines))
        }
        again = (diagnosis.file or "", number or 0) in self.quoted
        self.quoted.add((diagnosis.file or "", number or 0))
        digits = len(str(max(texts)))
        arrow, bar = ("→", "│") if out.style.unicode else (">", "|")
        for line, text in texts.items():
            here = line == number or line in diagnosis.also
            if not here and (again or not text.strip()):
                continue
            lead = f"   {arrow if here else ' '} {line:>{digits}} {bar} "
            shown = lead + out.cut(text, out.width - width(lead))
            out.line(out.painted(shown.rstrip(), BOLD if here else DIM))

    def _explanation(self, block: _Block) -> None:
        out, diagnosis = self.out, block.diagnoses[0]
        out.say("", diagnosis.explanation, indent="   ")
        if line := error_line(self.grade, diagnosis):
            said = shortened(escaped_bytes(line, 400), 200)
            out.say(out.label(_who_wrote(diagnosis.file)), said, indent="   ")
        if diagnosis.notion is None:
            return
        notion = diagnosis.notion.in_language(out.language)
        # « énoncé, partie 2 »: most explanations end with it.
        if notion.rpartition(", ")[2] not in diagnosis.explanation.in_language(out.language):
            out.say(out.label("t_read"), notion, indent="   ")

    def _criteria(self, block: _Block) -> None:
        """What it costs. A program that never got anywhere has one reason for all of it."""
        out, judged = self.out, block.judged
        of_role = [j for j in self.grade.criteria if j.criterion.role == block.diagnoses[0].role]
        whole = {j.criterion.id for j in of_role} <= {j.criterion.id for j in judged}
        once = len(judged) > 1 and (whole or any(_stopped(self.grade, d) for d in block.diagnoses))
        shown = judged[:1] if once else judged
        for one in shown:
            criterion_line(out, one, "   ")
            why(out, self.grade, one)
        if more := len(judged) - len(shown):
            key = "t_same_one" if more == 1 else "t_same"
            title = block.diagnoses[0].title.in_language(out.language)
            out.say("", out.words[key].format(n=more, cause=title), indent="   ")

    def _exchange(self, number: int, diagnosis: Diagnosis) -> None:
        """The run that shows it, if there is more to see in it than an error."""
        run = first_run(self.grade, diagnosis)
        transcript = self.evidence.transcripts.get(run)
        if transcript is None or transcript.header.role == "both":
            return
        if before := self.drawn.get(run):
            if before != number:
                said = self.out.words["t_seen_above"].format(number=before)
                self.out.say("", said, indent="   ")
            return
        self.drawn[run] = number
        self.out.say(self.out.label("t_seen"), self.out.run(run), indent="   ")
        exchange.draw(self.out, self.lab, transcript, "   ", self.evidence.sources)


def _stopped(grade: Grade, cause: Diagnosis) -> bool:
    """Whether the program was ended by the mistake, or never was: then it is told once."""
    return not cause.run or any(r.id == cause.run and r.outcome == "crashed" for r in grade.runs)


def _unexplained(out: Writer, grade: Grade, left: Sequence[Judged]) -> None:
    """Criteria that were lost and that no mistake explains: what the statement asks, what came."""
    out.line(out.painted(out.words["t_others"], BOLD))
    for one in left:
        criterion_line(out, one, "   ")
        out.say(out.label("requirement"), one.criterion.requirement, indent=_WHY)
        why(out, grade, one)
        hint = one.criterion.hint
        if grade.problem is None and one.status is not Status.NOT_RUN and hint.by_language:
            out.say(out.label("hint"), hint, indent=_WHY)
    out.line()


def criterion_line(out: Writer, judged: Judged, indent: str, note: str = "") -> None:
    """The verdict's symbol, the criterion, what is to be seen elsewhere, and the points."""
    criterion = judged.criterion
    points = decimal(judged.points, out.language)
    score = f"{points}/{decimal(criterion.points, out.language)}"
    symbol = out.symbol(judged.status)
    title = one_line(criterion.title.in_language(out.language))
    beside = f"  ({note})" if note else ""
    room = out.width - width(indent) - 2 - width(beside) - width(score) - 2
    shown = out.cut(title, room) + out.plain(beside)
    gap = " " * (out.width - width(indent) - 2 - width(shown) - width(score))
    out.line(f"{indent}{symbol} {shown}{gap}{score}")


def why(out: Writer, grade: Grade, judged: Judged) -> None:
    """What a criterion was lost for, run by run where they differ."""
    role = judged.criterion.role
    usual = next((r.id for r in grade.runs if r.role == role and r.level is Level.GRADED), "")
    failed = [f for f in judged.findings if f.status is not Status.PASS]
    for alike in _alike(failed, out.language):
        _finding(out, alike, usual)
    if not failed:
        out.say("", out.words["no_finding"], indent=_WHY)
    for said in beside(judged, out.language):
        out.say("", said, indent=_WHY)


def beside(judged: Judged, language: str) -> list[str]:
    """Remarks that belong to the criterion's verdict, and not to what lies further on."""
    found = (r for f in judged.findings for r in f.remarks if r.code in _BESIDE)
    return list(dict.fromkeys(r.text.in_language(language) for r in found))


def remarks(grade: Grade) -> Iterator[Remark]:
    """The others: of the submission, and of findings."""
    yield from grade.remarks
    for judged in grade.criteria:
        for finding in judged.findings:
            yield from (r for r in finding.remarks if r.code not in _BESIDE)


def _alike(findings: Sequence[Finding], language: str) -> list[list[Finding]]:
    """Findings of several runs that say the same, together: a cause is told once."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.what.in_language(language), []).append(finding)
    return list(groups.values())


def _finding(out: Writer, alike: Sequence[Finding], usual: str) -> None:
    """What came; where two texts differ both of them, and a caret."""
    finding = alike[0]
    seen = () if any(f.run == usual for f in alike) else tuple(f.run for f in alike)
    what = finding.what.in_language(out.language)
    out.say("", f"{what}{in_runs(out.titles, seen, out.language)}", indent=_WHY)
    if finding.expected is None and finding.expectation.startswith(("receive:", "stdout:")):
        _came(out, finding.actual)
    if finding.expected is None or finding.expected == finding.actual:
        return
    _compared(out, finding.expected, finding.actual)


def _came(out: Writer, came: bytes | None) -> None:
    """What came where words say what was expected."""
    if came:
        name = out.plain(out.label("actual"))
        room = out.width - len(_WHY) - width(name)
        out.line(f"{_WHY}{name}{out.cut(out.bytes(came, room), room)}")


def _compared(out: Writer, wanted: bytes, came: bytes | None) -> None:
    """Both texts, one above the other: beside their labels, or below them for want of room."""
    names = [out.plain(out.label(key)) for key in ("expected", "actual")]
    lead = max(width(name) for name in names)
    longest = max(width(escaped_bytes(data, 400)) for data in (wanted, came or b""))
    room = out.width - len(_WHY)
    below = room - lead < longest <= room - 2
    indent = _WHY + " " * (2 if below else lead)
    room = out.width - len(indent)
    both = caret(wanted, came, room) if came else None
    texts = [no_commands(both.expected) if both else out.bytes(wanted, room)]
    if came is not None:
        texts.append(no_commands(both.actual) if both else out.words["nothing"])
    for name, text in zip(names, texts, strict=False):
        if below:
            out.line(f"{_WHY}{name}".rstrip())
        beginning = indent if below else f"{_WHY}{name}".ljust(len(indent))
        out.line(f"{beginning}{out.cut(text, room)}")
    if both is not None and both.column is not None:
        out.line(" " * (len(indent) + both.column) + out.painted("^", COLOURS[Status.FAIL]))


def by_role(grade: Grade) -> Iterator[tuple[str, str | None, list[Judged]]]:
    """Each role that has criteria, its program, and its criteria."""
    for role in ROLES:
        if judged := [j for j in grade.criteria if j.criterion.role == role]:
            yield role, grade.programs.of(role), judged


def _who_wrote(file: str | None) -> str:
    """Python's own words, or those of a program in another language."""
    return "t_program" if language_of(file or "", ()) != PYTHON else "t_python"
