"""A submission that says one hostile text wherever a student can say anything.

Judged and shown by the real code: stdout, stderr, an exception's text, the wire, the names of
the submission and of its files, the programs' text, the arguments of traced calls.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec
from pair_tools import BEGUN, ends, prints, segment, stuck, told
from transcripts import GREETING, LAB, Play, client

from grader import transcript as tr
from grader.judge.grade import judge
from grader.judge.matrix import Cell, LeftOut, Matrix, Member
from grader.judge.model import Grade, Problem, Programs, Remark
from grader.judge.pair import judge_pair
from grader.lab.model import Text
from grader.submission import SourceFile
from grader.view.html import class_html, matrix_html, student_html

MS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """All that pages and formats are made of."""

    grade: Grade
    transcripts: dict[str, tr.Transcript]
    sources: tuple[SourceFile, ...]
    matrix: Matrix

    def pages(self, language: str = "fr") -> dict[str, str]:
        """The three pages by name."""
        return {
            "student": student_html(LAB, self.grade, self.transcripts, self.sources, language),
            "class": class_html(LAB, [self.grade, self.grade], language, isolation="full"),
            "matrix": matrix_html(LAB, self.matrix, language),
        }


def submission(nasty: bytes) -> Hostile:
    """Somebody whose every text is `nasty`."""
    text = nasty.decode("utf-8", "surrogateescape")
    server_path, client_path = f"{text}.py", f"{text}-client.py"
    transcripts = [
        _server(nasty, text, server_path),
        _client(nasty, client_path),
        _pair(nasty, server_path, client_path),
        _traced(nasty, text, server_path),
    ]
    data = b"x = 1 # " + nasty + b"\n"
    sources = (SourceFile(path=server_path, data=data * 3), SourceFile(path=client_path, data=data))
    said = Text({"fr": f"Ceci\u00a0: `{text}` {text}", "en": f"This: `{text}` {text}"})
    grade = judge(
        LAB, "x-0123abcd", text, "seed", Programs(server=server_path, client=client_path),
        transcripts[:3], (Remark(code="odd", text=said),),
        Problem(code="odd", blame="student", message=said), (), {s.path: s.data for s in sources},
    )  # fmt: skip
    return Hostile(
        grade=grade,
        transcripts={one.header.run: one for one in transcripts},
        sources=sources,
        matrix=_matrix(text, said, transcripts[2]),
    )


def _named(made: tr.Transcript, **fields: str) -> tr.Transcript:
    return tr.of(msgspec.structs.replace(made.header, **fields), made.entries)


def _server(nasty: bytes, text: str, path: str) -> tr.Transcript:
    play = Play("server-nominal").listens().connected()
    play.receives(nasty).receives(GREETING.encode() + nasty).sends("hello").prints(nasty)
    stderr = (
        f'Traceback (most recent call last):\n  File "/submission/{path}", line 2, in <module>\n'
        f"    {text}\nValueError: {text}\n"
    )
    play.entries.append(tr.Stderr(t=9 * MS, data=nasty + stderr.encode("utf-8", "surrogateescape")))
    return _named(play.fin().exits(1), program=path)


def _client(nasty: bytes, path: str) -> tr.Transcript:
    play = client().sends("greeting").prints(nasty).receives(nasty).receives(nasty)
    return _named(play.waits("recvfrom", "connection").stuck(1), program=path)


def _pair(nasty: bytes, server: str, other: str) -> tr.Transcript:
    said = replace_data(segment("server", "data"), nasty)
    printed = replace_data(prints("client", ""), nasty)
    errors = tr.Stderr(t=0, side="client", data=nasty)
    made = told(*BEGUN, said, printed, errors, *ends("client", 1, "crashed"), *stuck("server"))
    return _named(made, program=server, partner=other)


def replace_data(entry: tr.Segment | tr.Stdout, data: bytes) -> tr.AnyEntry:
    """The entry with these bytes."""
    return msgspec.structs.replace(entry, data=data)


def _traced(nasty: bytes, text: str, path: str) -> tr.Transcript:
    header = msgspec.structs.replace(
        Play("server-nominal").header, run="server-nominal~trace", program=path
    )
    call = tr.SystemCall(
        t=2 * MS, pid=7, name=text, fd=4, protocol=text, address=(text, 1), argument=text,
        size=4, result=-1, error=text, took=MS,
    )  # fmt: skip
    names = ("bind", "setsockopt", "recvfrom", "sendto", "select", "accept4", "socket", text)
    calls = [msgspec.structs.replace(call, t=(3 + i) * MS, name=n) for i, n in enumerate(names)]
    segment_ = tr.Segment(
        t=20 * MS, side="server", kind="data", connection=1, port=65432, data=nasty
    )
    printed = tr.Stdout(t=21 * MS, data=nasty)
    entries: list[tr.AnyEntry] = [
        tr.Started(t=0),
        *calls,
        segment_,
        printed,
        tr.Ended(t=30 * MS, outcome="completed"),
    ]
    return tr.of(header, entries)


def _matrix(text: str, said: Text, pair: tr.Transcript) -> Matrix:
    members = tuple(Member(id=f"x{i}", name=text, program=f"{text}.py") for i in range(2))
    found = replace(judge_pair(pair, LAB, LAB.scenario("own-pair")), text=said)
    cells = tuple(
        Cell(server=a.id, client=b.id, verdict=found, seconds=0.1) for a in members for b in members
    )
    return Matrix(
        servers=members, clients=members, cells=cells, of=2, sample=None, seed="",
        left_out=(LeftOut(name=text, reason=said),),
    )  # fmt: skip
