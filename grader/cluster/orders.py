"""What travels between who asks for runs and who plays them elsewhere: bytes, never objects.

A submission travels as content, for there is no shared file system; a lab as its files, which the
other side loads as it would any. What comes back is looked at before it is believed: it must
be the runs that were asked for.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from grader.lab.load import load_lab_bytes
from grader.lab.model import Lab, Tests
from grader.lab.sweep import is_sweep
from grader.run.jobs import Job, Partner, Played, PlayedRun, Run
from grader.run.messages import packed, transcript_of
from grader.run.spool import Spool
from grader.run.stored import StoredRun, at
from grader.runids import is_traced, run_id, scenario_of
from grader.submission import SourceFile

RUN_BYTES = 256 << 20
"""No run is larger, as from a worker of this machine."""
_LAB_BYTES = 64 << 20


class How(msgspec.Struct, frozen=True, kw_only=True):
    """How the other side is to play. What it cannot do, or does otherwise, it refuses."""

    tool: str
    isolation: str
    facts: str
    python: str
    """Version of the students' interpreter."""


class Ask(msgspec.Struct, frozen=True, kw_only=True, tag="ask"):
    """What can you do? `interpreter`: the students', by path or name; None: the usual one."""

    isolation: str
    interpreter: str | None


class JobOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A `Job`, its scenarios by id. `partner`: the client's program, of role `both`."""

    role: Tests
    scenarios: tuple[str, ...]
    program: str
    seed: str
    traced: bool
    partner: str | None
    known: dict[str, tuple[tuple[bytes, bytes], ...]]
    """Scenario -> (transcript, wire) of runs that hold from before."""


class Order(msgspec.Struct, frozen=True, kw_only=True, tag="order"):
    """Play these jobs of one submission."""

    how: How
    interpreter: str | None
    runs: int
    """At a time; 0: as many as suit one core."""
    cold: bool
    """No run of them is to be started warm."""
    metered: bool = False
    """What their phases take is to be counted."""
    lab: bytes
    """Its files (`packed_lab`)."""
    key: str
    files: tuple[tuple[str, bytes], ...]
    jobs: tuple[JobOrder, ...]


class Described(msgspec.Struct, frozen=True, kw_only=True, tag="described"):
    """What a worker can do, and what of isolation `full` is weaker there (`doctor`'s names)."""

    how: How
    weaker: tuple[str, ...]


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """It cannot play here: another worker may."""

    why: str


class Broken(msgspec.Struct, frozen=True, kw_only=True, tag="broken"):
    """It broke off over it, by our fault: a traceback."""

    said: str


class PlayedJob(msgspec.Struct, frozen=True, kw_only=True):
    """The runs of a job: (transcript, wire) each."""

    role: Tests
    runs: tuple[tuple[bytes, bytes], ...]
    traced: tuple[tuple[bytes, bytes], ...]
    faults: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer"):
    """The jobs of an order, each with its runs."""

    key: str
    jobs: tuple[PlayedJob, ...]
    took: int = 0
    """So many ns it was at them, where that was to be counted."""
    spent: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
    """Phase -> ns of wall and of CPU, likewise; `start` is what workers took to be ready."""


Question = Ask | Order
Reply = Described | Refused | Broken | Answer

_encoder = msgspec.msgpack.Encoder()
_questions: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question)
_replies: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)
_labs = msgspec.msgpack.Decoder(dict[str, bytes])


def encoded(message: Question | Reply) -> bytes:
    """The message as it travels."""
    return _encoder.encode(message)


def question(data: bytes) -> Question:
    """Read a question. Raises ValueError."""
    return _questions.decode(data)


def reply(data: bytes) -> Reply:
    """Read a reply. Raises ValueError."""
    return _replies.decode(data)


def difference(wanted: How, other: How) -> str:
    """In what `other` is another way to play, in words."""
    names = [n for n in How.__struct_fields__ if getattr(wanted, n) != getattr(other, n)]
    return "; ".join(
        f"{name} {getattr(other, name)}, not {getattr(wanted, name)}" for name in names
    )


def packed_lab(files: Mapping[str, bytes]) -> bytes:
    """A lab's files as they travel: each submission brings them along."""
    return zlib.compress(_encoder.encode(dict(files)))


@lru_cache(maxsize=4)
def lab_of(data: bytes) -> Lab:
    """The lab that came.

    Raises:
        ValueError: it is none.
        LabError: it has problems, which the other side would have been told of.
    """
    inflating = zlib.decompressobj()
    files = inflating.decompress(data, _LAB_BYTES)
    if inflating.unconsumed_tail:
        raise ValueError("a lab without end")
    return load_lab_bytes(_labs.decode(files))


def order_of(
    jobs: Sequence[Job],
    how: How,
    lab: bytes,
    *,
    interpreter: str | None,
    runs: int,
    cold: bool,
    metered: bool = False,
) -> Order:
    """The order to play these, all of one submission."""
    first = jobs[0]
    return Order(
        how=how, interpreter=interpreter, runs=runs, cold=cold, metered=metered, lab=lab,
        key=first.key,
        files=tuple((file.path, file.data) for file in first.files),
        jobs=tuple(
            JobOrder(
                role=job.role, scenarios=tuple(s.id for s in job.scenarios),
                program=job.program, seed=job.seed, traced=job.strace is not None,
                partner=job.partner.program if job.partner else None,
                known={
                    name: tuple((packed(run.read()), b"".join(run.wire())) for run in runs)
                    for name, runs in job.known.items()
                    if any(s.id == name for s in job.scenarios)
                },
            )
            for job in jobs
        ),
    )  # fmt: skip


def jobs_of(order: Order, strace: str | None) -> list[Job]:
    """The jobs that are to be played.

    Raises:
        ValueError, LabError: the lab is none.
        KeyError: it has not such a scenario.
    """
    lab = lab_of(order.lab)
    by_id = {scenario.id: scenario for scenario in lab.scenarios}
    files = tuple(SourceFile(path=path, data=data) for path, data in order.files)
    return [
        Job(
            key=order.key, lab=lab, role=told.role,
            scenarios=tuple(by_id[name] for name in told.scenarios),
            program=told.program, files=files, seed=told.seed,
            strace=strace if told.traced else None,
            partner=Partner(program=told.partner, files=files) if told.partner else None,
            known={
                name: tuple(
                    PlayedRun(transcript=transcript_of(body), pcapng=wire) for body, wire in runs
                )
                for name, runs in told.known.items()
            },
        )
        for told in order.jobs
    ]  # fmt: skip


def answer_of(key: str, played: Iterable[Played]) -> Answer:
    """What is said of jobs that were played."""
    return Answer(
        key=key,
        jobs=tuple(
            PlayedJob(
                role=one.role, faults=one.faults,
                runs=_sent(one.runs), traced=_sent(one.traced),
            )
            for one in played
        ),
    )  # fmt: skip


def _sent(runs: Iterable[Run]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((packed(run.read()), b"".join(run.wire())) for run in runs)


def played_of(answer: Answer, jobs: Sequence[Job], isolation: str, spool: Spool) -> list[Played]:
    """The jobs as if they had been played here; their runs lie in `spool`.

    Raises:
        ValueError: these are not the runs that were asked for.
        HostError: there is no room for them.
    """
    told = {one.role: one for one in answer.jobs}
    roles = sorted(one.role for one in answer.jobs)
    if answer.key != jobs[0].key or roles != sorted(job.role for job in jobs):
        raise ValueError("an answer to something else")
    return [_played(told[job.role], job, isolation, spool) for job in jobs]


def _played(told: PlayedJob, job: Job, isolation: str, spool: Spool) -> Played:
    runs = tuple(_received(one, job, isolation, spool) for one in told.runs)
    traced = tuple(_received(one, job, isolation, spool) for one in told.traced)
    names = [run.header.run for run in runs]
    swept = {s.id for s in job.scenarios if is_sweep(s)}
    plain = {run_id(s.id, n) for s in job.scenarios for n in job.numbers if s.id not in swept}
    others = {run.header.run for run in runs if run.header.scenario not in swept}
    if len(set(names)) != len(names) or others != plain:
        raise ValueError("other runs than were asked for")
    if not all(is_traced(run.header.run) for run in traced) or (traced and not job.strace):
        raise ValueError("traces that nobody asked for")
    return Played(key=job.key, role=job.role, runs=runs, traced=traced, faults=told.faults)


def _received(one: tuple[bytes, bytes], job: Job, isolation: str, spool: Spool) -> StoredRun:
    body, wire = one
    if len(body) + len(wire) > RUN_BYTES:
        raise ValueError("a run without end")
    spool.write(body)
    kept = spool.cut()
    spool.write(wire)
    run = at(kept, spool.cut())
    header = run.header
    asked = (job.role, job.program, job.seed, isolation)
    scenario = scenario_of(header.run)
    if (header.role, header.program, header.seed, header.isolation) != asked:
        raise ValueError("a run of something else")
    if header.scenario != scenario or all(one.id != scenario for one in job.scenarios):
        raise ValueError("a run of another scenario")
    return run
