"""One submission as the output folder keeps it: all that judging needs, nothing that runs.

`OUT/<id>/submission.json` says what was handed in and what was played; beside it lie the
transcripts (`runs/`) and bounded copies of the programs (`source/`), whose sums it has.
Students' file names never become names of ours: a copy is called by its number and a reduced
form of its name.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import msgspec

from grader import transcript as tr
from grader.batch.output import OutputFolder
from grader.form import Form, word
from grader.judge.model import Problem, Programs, Remark
from grader.run.causes import Causes, causes
from grader.run.jobs import Run
from grader.submission import MissingRole, Origin, SourceFile, Submission

FILE_BYTES = 256 * 1024
"""Of each program this much is kept and shown."""
TOTAL_BYTES = 1024 * 1024
"""Of all files of a submission this much is kept."""
FILES = 50
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
_NAME_LENGTH = 60


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """`submission.json`. `sources` is path in the submission -> name under `source/`."""

    fingerprint: str
    id: str
    name: str
    digest: str
    seed: str
    programs: Programs
    remarks: tuple[Remark, ...]
    problem: Problem | None
    missing: tuple[MissingRole, ...]
    sources: dict[str, str]
    runs: tuple[str, ...]
    traced: tuple[str, ...] = ()
    """Runs with their calls traced: kept beside the others, never judged."""
    artifacts: dict[str, str] = {}
    """Name of each other file that was saved -> hex SHA-256 of it: `runs/x.jsonl`."""
    origin: Origin | None = None
    keys: dict[str, str] = {}
    """Scenario -> fingerprint of what its runs were played with (`grader.batch.keys`)."""
    schema_version: int = 1


def fingerprint(*parts: str) -> str:
    """One hex digest of everything that a result depends on."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        whole.update(b"%d:%b" % (len(data), data))
    return whole.hexdigest()


def mark_of(
    tool: str, lab_digest: str, options: Mapping[str, str], submission: Submission | Saved
) -> str:
    """The fingerprint of a result: Wiregrade's version, the lab, the options, the submission.

    What intake said is part of it: two broken archives have the same files, none.
    """
    said = (submission.programs, submission.remarks, submission.problem, submission.missing)
    chosen = [part for item in sorted(options.items()) for part in item]
    told = msgspec.json.encode(said).decode()
    whence = msgspec.json.encode(submission.origin).decode()
    return fingerprint(tool, lab_digest, submission.digest, submission.name, told, whence, *chosen)


def bounded(submission: Submission, suffixes: Iterable[str]) -> Submission:
    """The submission with only what is kept of it, its programs first.

    Judging sees this and not the whole, so that `report` comes to the same words as `grade`.
    """
    programs = {submission.programs.server, submission.programs.client}
    endings = tuple(suffixes)
    wanted = [file for file in submission.files if file.path in programs]
    wanted += [
        file
        for file in submission.files
        if file.path not in programs and file.path.lower().endswith(endings)
    ]
    kept: list[SourceFile] = []
    room = TOTAL_BYTES
    for file in wanted[:FILES]:
        data = file.data[: min(room, FILE_BYTES)]
        room -= len(data)
        kept.append(SourceFile(path=file.path, data=data))
    return replace(submission, files=tuple(kept))


def safe_names(paths: Sequence[str]) -> dict[str, str]:
    """For each path a file name that is one anywhere: `01-serveur.py`."""
    names = {}
    for number, path in enumerate(paths, start=1):
        plain = _NOT_PLAIN.sub("_", PurePosixPath(path).name)[-_NAME_LENGTH:].rstrip(".")
        names[path] = f"{number:02}-{plain}"
    return names


def save(folder: OutputFolder, submission: Submission, runs: Sequence[Run], saved: Saved) -> Saved:
    """Write transcripts (of `runs`, traced ones too), wires, copies and, last, `submission.json`.

    Returns what `submission.json` says: `saved` with the sums of the others.

    Raises:
        CannotWriteError: no space, no permission.
    """
    artifacts: dict[str, str] = {}

    def write(name: str, parts: Iterable[bytes]) -> None:
        artifacts[name] = folder.write_parts(f"{submission.id}/{name}", parts)

    for played in runs:
        name = played.header.run
        write(f"runs/{name}.jsonl", (tr.dump(played.read()),))
        if played.has_wire:
            write(f"runs/{name}.pcapng", played.wire())
    for file in submission.files:
        write(f"source/{saved.sources[file.path]}", (file.data,))
    whole = msgspec.structs.replace(saved, artifacts=artifacts)
    folder.write(f"{submission.id}/submission.json", encoded(whole))
    return whole


def encoded(saved: Saved) -> bytes:
    """The bytes of `submission.json`."""
    return msgspec.json.format(msgspec.json.encode(saved)) + b"\n"


class AnySaved:
    """A `submission.json` for whoever handed in the same: cut where it says whose it is."""

    def __init__(self, saved: Saved) -> None:
        nobody, mark = (word() for _ in range(2))
        nowhere = Origin(layout=word())
        self._form = Form(
            encoded(
                msgspec.structs.replace(
                    saved, id=nobody, name=nobody[::-1], fingerprint=mark, origin=nowhere
                )
            ),
            {
                "id": nobody.encode(),
                "name": nobody[::-1].encode(),
                "mark": mark.encode(),
                "origin": _lines(nowhere),
            },
        )

    def of(self, identifier: str, name: str, origin: Origin | None, mark: str) -> list[bytes]:
        """The file's bytes for somebody, in pieces; `mark` is the fingerprint it has for them."""
        return self._form.filled(
            {
                "id": identifier.encode(),
                "name": msgspec.json.encode(name)[1:-1],
                "mark": mark.encode(),
                "origin": _lines(origin),
            }
        )


def _lines(origin: Origin | None) -> bytes:
    """An origin as it stands in `submission.json`."""
    return msgspec.json.format(msgspec.json.encode(origin)).replace(b"\n", b"\n  ")


def altered(folder: OutputFolder, saved: Saved) -> tuple[list[str], list[str]]:
    """Names of saved files that are gone, and of those that are not as they were written."""
    gone, changed = [], []
    for name, digest in saved.artifacts.items():
        there = folder.digest(f"{saved.id}/{below(name)}")
        if there is None:
            gone.append(name)
        elif there != digest:
            changed.append(name)
    return gone, changed


def is_whole(folder: OutputFolder, saved: Saved) -> bool:
    """Whether everything is there as it was written, and nothing is unaccounted for."""
    known = {f"source/{name}" for name in saved.sources.values()}
    known |= {f"runs/{name}.jsonl" for name in (*saved.runs, *saved.traced)}
    return known <= saved.artifacts.keys() and altered(folder, saved) == ([], [])


def describe(
    submission: Submission,
    seed: str,
    mark: str,
    runs: Sequence[Run],
    traced: Sequence[Run] = (),
    keys: Mapping[str, str] | None = None,
) -> Saved:
    """What `submission.json` will say; `submission` is bounded, `mark` its fingerprint."""
    return Saved(
        fingerprint=mark,
        id=submission.id,
        name=submission.name,
        digest=submission.digest,
        seed=seed,
        programs=submission.programs,
        remarks=submission.remarks,
        problem=submission.problem,
        missing=submission.missing,
        sources=safe_names([file.path for file in submission.files]),
        runs=tuple(played.header.run for played in runs),
        traced=tuple(played.header.run for played in traced),
        origin=submission.origin,
        keys=dict(keys or {}),
    )


def load(folder: OutputFolder, identifier: str) -> Saved | None:
    """What is saved of a submission; None where there is nothing, or nothing whole."""
    data = folder.read(f"{identifier}/submission.json")
    if data is None:
        return None
    try:
        saved = msgspec.json.decode(data, type=Saved)
    except msgspec.MsgspecError:
        return None
    return saved if saved.id == identifier else None


def submission_of(folder: OutputFolder, saved: Saved) -> Submission:
    """The (bounded) submission that was saved."""
    files = tuple(
        SourceFile(path=path, data=folder.read(f"{saved.id}/source/{_inside(name)}") or b"")
        for path, name in saved.sources.items()
    )
    return Submission(
        id=saved.id,
        name=saved.name,
        files=files,
        programs=saved.programs,
        digest=saved.digest,
        remarks=saved.remarks,
        problem=saved.problem,
        missing=saved.missing,
        origin=saved.origin,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class SavedRun:
    """A run that lies in the output folder, as `base`.jsonl and `base`.pcapng."""

    folder: OutputFolder
    base: str
    header: tr.Header
    end: tr.Ended
    causes: Causes
    has_wire: bool

    @property
    def transcript(self) -> tr.Transcript:
        """What `read` gives."""
        return self.read()

    @property
    def pcapng(self) -> bytes:
        """The wire; empty where there is none."""
        return self.folder.read(f"{self.base}.pcapng") or b""

    def read(self) -> tr.Transcript:
        """The transcript.

        Raises:
            ValueError: it is gone, or is not whole.
        """
        return _read(self.folder, self.base)

    def wire(self) -> Iterator[bytes]:
        """The wire, whole."""
        yield self.pcapng


def runs_of(folder: OutputFolder, saved: Saved) -> tuple[Run, ...]:
    """The runs that were saved, each looked at once.

    Raises:
        ValueError: a transcript is gone, or is not whole.
    """
    return tuple(run_of(folder, saved, name) for name in saved.runs)


def traced_of(folder: OutputFolder, saved: Saved) -> tuple[Run, ...]:
    """The traced runs that were saved; one that is not whole any more is no loss."""
    traced = []
    for name in saved.traced:
        with contextlib.suppress(ValueError):
            traced.append(run_of(folder, saved, name))
    return tuple(traced)


def run_of(folder: OutputFolder, saved: Saved, name: str) -> SavedRun:
    """The run of that id, looked at once.

    Raises:
        ValueError: its transcript is gone, or is not whole.
    """
    base = f"{saved.id}/runs/{_inside(name)}"
    whole = _read(folder, base)
    return SavedRun(
        folder=folder, base=base, header=whole.header, end=whole.end, causes=causes(whole),
        has_wire=folder.size(f"{base}.pcapng") > 0,
    )  # fmt: skip


def _read(folder: OutputFolder, base: str) -> tr.Transcript:
    data = folder.read(f"{base}.jsonl")
    if data is None:
        raise ValueError(f"{base}.jsonl is gone")
    return tr.load(data)


def below(name: str) -> str:
    """The name, as a path below the submission's folder.

    Raises:
        ValueError: `save` did not write it; somebody may have edited the file since.
    """
    place, _, rest = name.partition("/")
    if place not in ("runs", "source"):
        raise ValueError(f"{name!r} is not a name of ours")
    return f"{place}/{_inside(rest)}"


def _inside(name: str) -> str:
    """A name that `save` wrote; somebody may have edited the file since."""
    if "/" in name or name in ("", ".", ".."):
        raise ValueError(f"{name!r} is not a name of ours")
    return name
