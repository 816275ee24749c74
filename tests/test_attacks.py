"""The attack suite: a class of hostile programs, archives and names among honest students.

All of it is graded by the command line through the real sandbox, once as root and once as an
ordinary user. `attacks/README.md` says how to read and extend it.
"""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from attack_archives import ENTRIES, lay_out_made
from attack_class import LIMITS, ORDINARY, Graded, grade_class, written
from attack_host import Host
from attack_made import EVADED, RIGHT, Made
from attack_tars import long_links, member, tarred
from attack_tools import ATTACKS, ESCAPED, TRIED, Attack, attacks, honest, lay_out
from engine_tools import tp09
from samples import SUBMISSIONS, load_sample

from grader import results
from grader.intake.discover import discover
from grader.transcript import Started

HONEST = {
    "aaa-twin": "juste_enonce", "zzz-twin": "juste_enonce",
    "honest-threads": "juste_fil_par_client", "honest-asyncio": "juste_asyncio",
    "wrong-one-read": "faute_un_seul_recv", "wrong-no-greeting": "faute_sans_accueil",
}  # fmt: skip
NEIGHBOUR = "mmm-neighbour"
"""A right submission with a secret in it, which is its own: it may stand in its own report."""
ROWS = {*range(1, 31), *range(38, 60)}
"""Rows of the table of threats that running programs, submissions and archives are about."""
OVERTIME_S = 10
"""What a hostile run may cost beyond its own limits."""
COLD, WARM = "--cold", "--starts forced"
"""How programs are started: all of them warm, also those that are usually started cold."""
ATTACKED = [("root", COLD), ("ordinary", WARM)]
if os.environ.get("WIREGRADE_ALL_ATTACKS"):
    ATTACKED += [("root", WARM), ("ordinary", COLD)]
MEMORY_KB = 200 * 1024


# --- the suite itself --------------------------------------------------------------------


def test_every_row_is_tried() -> None:
    tried = {row for attack in attacks().values() for row in attack.rows}
    tried |= {row for made in ENTRIES for row in made.rows}
    # 58 is the pair of twins that stands around every class.
    assert ROWS - {58} <= tried


def test_there_are_enough_and_most_behave_as_well() -> None:
    assert len(attacks()) + len(ENTRIES) >= 70
    behaving = [a for a in attacks().values() if a.behaves in ("first", "last")]
    assert len(behaving) > len(attacks()) / 2
    assert {a.behaves for a in attacks().values()} == {"first", "last", "never"}


@pytest.mark.parametrize("attack", attacks().values(), ids=attacks())
def test_no_source_looks_like_an_escape(attack: Attack) -> None:
    for path in [*attack.folder.rglob("*"), ATTACKS / "attaque.py"]:
        if path.is_file():
            assert ESCAPED not in path.read_bytes()
            assert TRIED not in path.read_bytes()


def test_expectations_speak_of_the_lab() -> None:
    criteria = {c.id: c.role for c in tp09().criteria}
    for attack in attacks().values():
        assert all(criteria[name] == attack.role for name in attack.lost | attack.open)
        assert attack.outcome <= {"completed", "stuck", "crashed", "limit"}
        assert bool(attack.limit) == ("limit" in attack.outcome)
        exact = len(attack.outcome) == 1 and len(attack.limit) < 2 and not attack.open
        assert exact == (not attack.why), f"{attack.name}: what is not exact has a reason"


# --- the class ---------------------------------------------------------------------------


def _prepare(host: Host, folder: Path) -> None:
    known = host.known(LIMITS)
    honest(folder, **HONEST)
    honest(folder, **{NEIGHBOUR: "juste_fil_par_client"})
    program = folder / NEIGHBOUR / "serveur.py"
    program.write_text(program.read_text("utf-8") + f"\n# {host.canaries['neighbour']}\n", "utf-8")
    for attack in attacks().values():
        lay_out(attack, folder, known)
    lay_out_made(folder)


@contextmanager
def _graded(uid: int | None, starts: Sequence[str]) -> Iterator[tuple[Host, Graded]]:
    host = Host()
    try:
        yield host, grade_class(host, uid=uid, prepare=partial(_prepare, host), options=starts)
    finally:
        host.close()


@pytest.mark.sandbox
@pytest.mark.parametrize(("half", "starts"), ATTACKED)
def test_a_hostile_class(half: str, starts: str) -> None:
    if half == "root" and os.geteuid() != 0:
        pytest.skip("NOT RUN: the attacks on a grader that root has started need root")
    uid = ORDINARY if half == "ordinary" and os.geteuid() == 0 else None
    with _graded(uid, starts.split()) as (host, graded):
        complaints = [
            *_the_grader_is_well(graded), *_nothing_is_left(host, graded), *_leaks(graded),
            *_rows_of_made(host, graded), *_honest_ones(graded), *_costs(graded),
            *_started_otherwise(graded, warm=starts == WARM),
        ]  # fmt: skip
        for attack in attacks().values():
            complaints += _attack_failed(attack, graded)
    assert not complaints, "\n".join(complaints)


def _started_otherwise(graded: Graded, *, warm: bool) -> Iterator[str]:
    for run in graded.transcripts("aaa-twin"):
        if any(isinstance(entry, Started) and entry.warm is not warm for entry in run.entries):
            yield f"{run.header.run} was not started as it was asked for"


def _the_grader_is_well(graded: Graded) -> Iterator[str]:
    seen = graded.seen
    if seen.status != 0:
        yield f"status {seen.status}: {seen.stderr[-2000:]}"
    for stream in (seen.stdout, seen.stderr):
        if "Traceback" in stream:
            yield f"a fault: {stream[-2000:]}"
        if "\x1b" in stream or "\x9b" in stream:
            yield "an escape sequence reached the terminal"
        lines = stream.replace("\r", "\n").splitlines()
        yield from (f"a command for CI: {x!r}" for x in lines if x.startswith(("::", "##")))
    yield from (
        f"process {name} took {peak} kB" for name, peak in seen.peaks.items() if peak > MEMORY_KB
    )
    for one in graded.document.submissions:
        if not one.complete or any(run.outcome == "not_run" for run in one.runs):
            yield f"{one.id}: not all of it could be judged"


def _nothing_is_left(host: Host, graded: Graded) -> Iterator[str]:
    yield from (f"survivor: {who}" for who in graded.seen.survivors)
    yield from (f"mount: {where}" for where in graded.seen.mounts)
    yield from (f"reached: {door}" for door in graded.reached)
    yield from (f"touched: {path}" for path in graded.touched)
    yield from (f"written outside: {path}" for path in _evaded(host, graded.out))


def _evaded(host: Host, out: Path) -> Iterator[str]:
    """Files that an archive was to write, but for those that a student may have called so."""
    places = [Path("/tmp"), Path("/"), *Path("/").glob("mnt/*")]
    yield from (str(place / EVADED) for place in places if (place / EVADED).exists())
    for folder, folders, files in os.walk(host.base):
        if Path(folder) == host.base:
            folders[:] = [name for name in folders if name not in (host.submissions.name, out.name)]
        if EVADED in files:
            yield f"{folder}/{EVADED}"
    # Beside the submissions and the results, not below one of them.
    for place in (host.submissions, host.submissions / "aaa-twin", out):
        if (place / EVADED).exists():
            yield str(place / EVADED)


def _leaks(graded: Graded) -> Iterator[str]:
    """No secret stands in anything that was written, in whatever form it is kept."""
    secrets = {kind: secret.encode() for kind, secret in graded.canaries.items()}
    for path in graded.out.rglob("*"):
        if path.is_symlink():
            yield f"a link in the results: {path}"
        if not path.is_file():
            continue
        data = path.read_bytes()
        whose = path.relative_to(graded.out).parts[0]
        for kind, secret in secrets.items():
            own = (kind == "neighbour" and whose == NEIGHBOUR) or (
                kind == "lab" and whose == ".wiregrade.json"
            )
            if secret in data and not own:
                yield f"the {kind} secret is in {path}"
    for one in graded.document.submissions:
        told = graded.told(one.id)
        for kind, secret in secrets.items():
            if secret in told:
                yield f"{one.id} has the {kind} secret"
        for line in told.splitlines():
            if ESCAPED in line:
                yield f"{one.id}: {line!r}"


def _attack_failed(attack: Attack, graded: Graded) -> Iterator[str]:
    """The attack got nothing, kept what it had earned, and has a result with a reason."""
    result = results.read_result((graded.out / attack.name / "result.json").read_bytes())
    own = [c for c in result.criteria if c.id.startswith(attack.role)]
    missed = {c.id for c in own if c.status != "pass"} - attack.open
    if missed != attack.lost:
        yield f"{attack.name}: lost {sorted(missed)}, not {sorted(attack.lost)}"
    if any(c.status != "pass" and not c.findings for c in own):
        yield f"{attack.name}: no reason is given"
    played = [run for run in result.runs if run.outcome != "skipped"]
    outcomes = {"limit" if run.outcome == "timeout" else run.outcome for run in played}
    if not played or not outcomes <= attack.outcome:
        yield f"{attack.name}: ended as {sorted(outcomes)}, not {sorted(attack.outcome)}"
    limits = {run.limit for run in played if run.limit is not None}
    if not limits <= attack.limit:
        yield f"{attack.name}: ended by {sorted(limits)}, not {sorted(attack.limit)}"
    for run in graded.transcripts(attack.name):
        if attack.says and TRIED not in written(run):
            yield f"{attack.name}: did not come so far in {run.header.run}"


def _rows_of_made(host: Host, graded: Graded) -> Iterator[str]:
    """Each made entry has a row, its points, and the reason where it is refused."""
    ids = {p.name: e.id for e in discover(host.submissions, tp09().roles).entries for p in e.paths}
    for made in ENTRIES:
        row = graded.by_id.get(ids.get(_raw(made), ""))
        if row is None:
            yield f"{made.name!r} has no row"
            continue
        problem = row.problem.code if row.problem else None
        if made.score is not None and row.score != made.score:
            yield f"{made.name!r} earned {row.score}, not {made.score}"
        if problem != made.problem:
            yield f"{made.name!r}: the problem is {problem}, not {made.problem}"


def _raw(made: Made) -> str:
    return made.name if made.raw is None else os.fsdecode(made.raw)


def _honest_ones(graded: Graded) -> Iterator[str]:
    """As if they had been alone; and twins are equal wherever they stand."""
    for name, sample in HONEST.items():
        row = graded.by_id[name]
        if (expected := load_sample(SUBMISSIONS / sample).criteria) != _statuses(row):
            yield f"{name}: {_statuses(row)}, not {expected}"
        if _timeless(row) != (alone := _undisturbed()[name]):
            yield f"{name}: {_timeless(row)}\nalone: {alone}"
    first, last = (_timeless(graded.by_id[name]) for name in ("aaa-twin", "zzz-twin"))
    own = {"id": "", "name": "", "origin": None}
    if {**first, **own} != {**last, **own}:
        yield f"twins differ: {first} {last}"


def _statuses(row: results.SubmissionResult) -> dict[str, str]:
    return {c.id: c.status for c in row.criteria}


def _timeless(row: results.SubmissionResult) -> dict[str, object]:
    """The row without what no two runs have in common, and without its own paths."""
    fields: dict[str, object] = msgspec.to_builtins(row)
    runs = msgspec.to_builtins(row.runs)
    for run in runs:
        run.pop("seconds", None)
    # Each class has its own copy of the lab, with a secret of its own in it.
    digests = {**msgspec.to_builtins(row.digests), "lab": ""} if row.digests else None
    return {**fields, "runs": runs, "result": "", "report": "", "digests": digests}


@cache
def _undisturbed() -> dict[str, dict[str, object]]:
    """The honest submissions in a class of their own."""
    host = Host()
    try:
        graded = grade_class(host, uid=None, prepare=lambda folder: honest(folder, **HONEST))
        return {name: _timeless(graded.by_id[name]) for name in HONEST}
    finally:
        host.close()


def _costs(graded: Graded) -> Iterator[str]:
    """From the start of a program's run to the start of its next, which the same worker plays."""
    for one in graded.document.submissions:
        for role in ("server", "client"):
            runs = [t for t in graded.transcripts(one.id) if t.header.role == role]
            starts = sorted(datetime.fromisoformat(t.header.started) for t in runs)
            for start, following in pairwise(starts):
                cost = (following - start).total_seconds()
                if cost > LIMITS["wall"] + OVERTIME_S:
                    yield f"{one.id}: a run cost {cost:.1f} s"


# --- the archives bite -------------------------------------------------------------------


@pytest.mark.parametrize("climbs", [f"../{EVADED}", f"a/../../{EVADED}"])
def test_a_careless_unzip_is_left(climbs: str, tmp_path: Path) -> None:
    """What our archives would do to a program that joins paths."""
    inner = tmp_path / "inner"
    inner.mkdir()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(climbs, b"x")
    with zipfile.ZipFile(made) as archive:
        for info in archive.infolist():
            target = inner / info.filename
            (inner / "a").mkdir(exist_ok=True)
            target.write_bytes(archive.read(info))
    assert (tmp_path / EVADED).exists()


@pytest.mark.parametrize("kind", ["up", "link"])
def test_a_careless_untar_is_left(kind: str, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    evil = {
        "up": (member(f"../{EVADED}", b"x"),),
        "link": (member("ici", kind=tarfile.SYMTYPE, link=".."), member(f"ici/{EVADED}", b"x")),
    }[kind]
    with tarfile.open(fileobj=io.BytesIO(tarred(*evil))) as archive:
        # Pythons that know filters warn where none is named; older ones have no such argument.
        trusting = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}
        archive.extractall(inner, **trusting)  # type: ignore[arg-type]
    assert (tmp_path / EVADED).exists()
    assert (inner / "serveur.py").read_bytes() == RIGHT["serveur.py"]


def test_long_links_are_what_they_say() -> None:
    with tarfile.open(fileobj=io.BytesIO(tarred(*long_links()))) as archive:
        names = archive.getnames()
    assert max(map(len, names)) > 3000
    assert names.index("escape") < names.index(f"escape/{EVADED}")
