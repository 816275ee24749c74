"""Every kind of page that we write, from recorded runs and runs told by hand: nothing is played.

The data are the same on every machine, so that what is shown of them can be compared with what
was shown before, and looked at in a browser.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from certified import SWEEP, UNCERTIFIED
from hostile import submission as hostile_submission
from late_grades import origin
from pair_tools import BEGUN, EXCHANGE, stuck, told
from recorded import all_recorded
from report_samples import HOSTILE
from samples import SUBMISSIONS
from test_batch_matrix import FakeEngine, played, submission
from test_view_call_section import EXCHANGE as TRACED
from test_view_call_section import HEADER as TRACED_HEADER
from transcripts import LAB, Play, right_client, right_server

from grader import transcript as tr
from grader.batch import pages
from grader.batch.late import with_origin
from grader.judge.grade import judge
from grader.judge.matrix import Matrix
from grader.judge.model import Grade, Problem, Programs, Remark
from grader.lab.load import load_lab
from grader.lab.model import Role, Text
from grader.submission import MissingRole, SourceFile
from grader.view.class_page import class_page
from grader.view.handout import handout
from grader.view.html import class_html, handout_html, matrix_html, student_html
from grader.view.links import Links, beside, carried
from grader.view.matrix_page import matrix_page
from grader.view.student_page import student_page

SEED = "0" * 32
_PSEUDONYMS = "pseudonym_key"
"""What asks for a class without names, where the page can be had so."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of page; both are asked for a language."""

    name: str
    html: Callable[[str], str]
    view: Callable[[str], object] | None = None
    """The data that the page is written from; None where there are none."""


@dataclass(frozen=True, kw_only=True)
class Student:
    """Somebody's grade, with all that a page may show of it."""

    grade: Grade
    transcripts: tuple[tr.Transcript, ...]
    sources: tuple[SourceFile, ...]
    linked: bool = True
    """As in a class's folder; else as the one file of `check --html`."""

    @property
    def links(self) -> Links | None:
        """What lies beside the page."""
        ids = [t.header.run for t in self.transcripts]
        if not self.linked:
            return Links(wires=carried((run, b"\n\r\r\n" * 64) for run in ids))
        return Links(class_page="../index.html", wires={run: beside(run) for run in ids})

    def html(self, language: str) -> str:
        """The page."""
        return student_html(LAB, self.grade, self._by_run, self.sources, language, self.links)

    def view(self, language: str) -> object:
        """What it is written from."""
        return student_page(LAB, self.grade, self._by_run, self.sources, language, self.links)

    @property
    def _by_run(self) -> dict[str, tr.Transcript]:
        return {t.header.run: t for t in self.transcripts}


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by name."""
    students = [
        Kind(name=f"student-{name}", html=one.html, view=one.view)
        for name, one in _students().items()
    ]
    classes = [_class(name, grades) for name, grades in _classes().items()]
    return {kind.name: kind for kind in (*students, *classes, *_anonymous(), _matrix(), *_others())}


@cache
def _students() -> dict[str, Student]:
    client = right_client()
    crash = ("send-str-not-bytes", "hit")
    return {
        "right": _student("martin_lea", [right_server(), right_client()]),
        "stuck": _student("dupont_marie", [*_recorded("never-closes"), client]),
        "crashed": _student("bernard_paul", [*_recorded(*crash), client]),
        "reset": _student("petit_ines", [*_recorded("closes-with-unread-data"), client]),
        "limit": _student("robert_noe", [*_recorded("endless-loop"), client]),
        "no-client": _without_client(),
        "broken-archive": _broken_archive(),
        "not-run": _not_run(),
        "certified": _certified(),
        "sweep": _sweep(),
        "own-pair": _own_pair(),
        "traced": _traced(),
        "many-mistakes": _many_mistakes(),
        "check": replace(_student("", [*_recorded("swapped-messages"), right_server()]),
                         linked=False),
        "hostile": _hostile(),
        "late": _late(),
    }  # fmt: skip


def _student(
    name: str, transcripts: Sequence[tr.Transcript], sources: Sequence[SourceFile] = (),
    **given: Any,
) -> Student:  # fmt: skip
    """Judged by the real judge; programs are those that were recorded, else right ones."""
    found = {s.path: s for s in (*_right_sources(), *_recorded_sources(transcripts), *sources)}
    programs = Programs(server="serveur.py", client="client.py")
    grade = judge(
        LAB, name or "programmes", name or "programmes", SEED, given.pop("programs", programs),
        [t for t in transcripts if not t.header.run.endswith("~trace")],
        sources={path: source.data for path, source in found.items()}, **given,
    )  # fmt: skip
    return Student(grade=grade, transcripts=tuple(transcripts), sources=tuple(found.values()))


def _recorded(identifier: str, stem: str = "hit") -> list[tr.Transcript]:
    (one,) = (r for r in all_recorded() if r.name == f"{identifier}/{stem}")
    return one.transcripts()


def _recorded_sources(transcripts: Iterable[tr.Transcript]) -> list[SourceFile]:
    """The programs of those transcripts that lie in `tests/transcripts`."""
    played = list(transcripts)
    found = []
    for one in all_recorded():
        if one.program.stem == "hit" and any(t in played for t in one.transcripts()):
            path = "client.py" if one.plays[0].startswith("client") else "serveur.py"
            found.append(SourceFile(path=path, data=one.source))
    return found


def _right_sources() -> list[SourceFile]:
    folder = SUBMISSIONS / "juste_enonce"
    return [SourceFile(path=p, data=(folder / p).read_bytes()) for p in ("serveur.py", "client.py")]


def _without_client() -> Student:
    said = Text({
        "fr": "Il n’y a pas de client\u00a0: `client.py` manque.",
        "en": "There is no client: `client.py` is missing.",
    })  # fmt: skip
    role: Role = "client"
    missing = MissingRole(
        role=role, problem=Problem(code="missing-file", blame="student", message=said)
    )
    made = _student(
        "moreau_tom", [right_server()], missing=(missing,),
        programs=Programs(server="serveur.py", client=None),
    )  # fmt: skip
    return replace(made, sources=made.sources[:1])


def _broken_archive() -> Student:
    said = Text({
        "fr": "L’archive `rendu.zip` est abîmée\u00a0: on ne peut pas la lire.",
        "en": "The archive `rendu.zip` is damaged: it can’t be read.",
    })  # fmt: skip
    problem = Problem(code="broken-archive", blame="student", message=said)
    nothing = Programs(server=None, client=None)
    return replace(_student("simon_luc", [], problem=problem, programs=nothing), sources=())


def _not_run() -> Student:
    play = Play("server-nominal").ends("not_run", problem="no memory is left on this machine")
    return _student("laurent_zoe", [play, right_client()])


def _certified() -> Student:
    repeats = [_renamed(right_server(), f"server-nominal~{n}") for n in (2, 3)]
    made = _student("michel_eva", [right_server(), *repeats, right_client()])
    return replace(made, grade=replace(made.grade, certification=UNCERTIFIED))


def _sweep() -> Student:
    coalesced = _renamed(right_server("server-coalesced"), "server-coalesced")
    made = _student("garcia_hugo", [right_server(), coalesced, right_client()])
    return replace(made, grade=replace(made.grade, sweeps=(SWEEP,)))


def _own_pair() -> Student:
    whole = told(*BEGUN, *EXCHANGE[4:7], *stuck("server", line=12), *stuck("client", line=9),
                 outcome="stuck")  # fmt: skip
    return _student("roux_jade", [right_server(), right_client(), whole])


def _traced() -> Student:
    return _student("blanc_ali", [right_server(), right_client(), tr.of(TRACED_HEADER, TRACED)])


def _many_mistakes() -> Student:
    remark = Remark(
        code="unclear-role",
        text=Text({"fr": "Deux fichiers pourraient être le serveur.",
                   "en": "Two files could be the server."}),
    )  # fmt: skip
    runs = [*_recorded("bytes-repr"), *_recorded("wrong-text")]
    return _student("fournier_anne_sophie_de_la_tour", runs, remarks=(remark,))


def _hostile() -> Student:
    made = hostile_submission(HOSTILE.encode())
    return Student(
        grade=made.grade, transcripts=tuple(made.transcripts.values()), sources=made.sources
    )


def _late() -> Student:
    made = _student("david_lou", [right_server(), *_recorded("wrong-text")])
    return replace(made, grade=with_origin(made.grade, origin("3/2", rule="1/day")))


def _renamed(transcript: tr.Transcript, run: str) -> tr.Transcript:
    header = msgspec.structs.replace(transcript.header, run=run)
    return tr.of(header, transcript.entries)


def _classes() -> dict[str, list[Grade]]:
    graded = [one.grade for one in _students().values()]
    more = [replace(grade, id=f"{grade.id}-2") for grade in graded[:9]]
    return {"class": [*graded, *more], "class-few": graded[:2], "class-none": []}


def _class(name: str, grades: Sequence[Grade], **given: Any) -> Kind:
    links = Links(files={"grades.csv": "grades.csv", "results.json": "results.json"})

    def html(language: str) -> str:
        return class_html(LAB, grades, language, isolation="full", links=links, **given)

    def view(language: str) -> object:
        return class_page(LAB, grades, language, isolation="full", links=links, **given)

    return Kind(name=name, html=html, view=view)


def _anonymous() -> list[Kind]:
    """The class without names, where the page can be had so."""
    if _PSEUDONYMS not in inspect.signature(class_html).parameters:
        return []
    return [_class("class-anonymous", _classes()["class"], **{_PSEUDONYMS: b"key"})]


def _matrix() -> Kind:
    names = [s.grade.name for s in _students().values()][:9]
    members = [replace(submission(name), name=name) for name in names]
    members.append(replace(submission("simon_luc", client=False), name="simon_luc"))
    matrix: Matrix = played(*members, engine=FakeEngine(*names[1:6:2]))

    def html(language: str) -> str:
        return matrix_html(LAB, matrix, language)

    def view(language: str) -> object:
        return matrix_page(LAB, matrix, language)

    return Kind(name="matrix", html=html, view=view)


def _handout(language: str) -> str:
    """A lab with rounds, values and bytes, under a statement with all that Markdown has."""
    lab = load_lab(Path(__file__).parent / "labs" / "parrot")
    return handout_html(handout(lab, language, STATEMENT), language)


STATEMENT = """\
# The parrot

It *answers* lines, see [the RFC](https://www.rfc-editor.org/rfc/rfc862).

## What travels

1. `HELLO`, then a name;
2. | a | table |
   |---|---|
   | of | two |

```console
$ python3 parrot.py with many words behind it, so many that they need more than one line's room
```
"""


def _others() -> list[Kind]:
    made = hostile_submission(HOSTILE.encode())

    def plain(language: str) -> str:
        settings = pages.PageSettings(isolation="full", language=language)
        return pages.plain(LAB, settings, _broken_archive().grade)["index.html"].decode()

    return [
        Kind(name="plain", html=plain),
        Kind(name="class-hostile", html=lambda language: made.pages(language)["class"]),
        Kind(name="matrix-hostile", html=lambda language: made.pages(language)["matrix"]),
        Kind(name="handout", html=_handout),
    ]
