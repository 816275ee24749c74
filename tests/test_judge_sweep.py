"""The split sweep: which cuts did harm, and what is special about them."""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec
import transcripts as made

from grader import transcript as tr
from grader.judge.model import Grade, Status, Sweep
from grader.lab.sweep import is_inside, offsets_of
from grader.runids import run_id
from grader.view.words import LANGUAGES

SCENARIO = "client-split-every"
DATA = made.GREETING.encode()
EVERYWHERE = offsets_of(DATA)
INSIDE = tuple(o for o in EVERYWHERE if is_inside(DATA, o))


def cut(offset: int, *, printed: bool) -> tr.Transcript:
    """A client that prints the greeting in spite of the cut, or does not."""
    play = made.client(SCENARIO)
    play.sends("greeting").consumed()
    if printed:
        play.prints(play.texts["greeting"])
    play.receives(play.texts["hello"]).receives(play.texts["goodbye"])
    ended = play.fin().we_close().exits()
    header = msgspec.structs.replace(ended.header, run=run_id(SCENARIO, offset=offset))
    return tr.of(header, ended.entries)


def swept(fails: Callable[[int], bool], offsets: Collection[int] = EVERYWHERE) -> Grade:
    runs = [cut(offset, printed=not fails(offset)) for offset in offsets]
    return made.grade(made.right_client(), *runs)


def only(graded: Grade) -> Sweep:
    (sweep,) = graded.sweeps
    return sweep


def test_no_cut_does_harm() -> None:
    graded = swept(lambda offset: False)
    sweep = only(graded)
    assert (sweep.scenario, sweep.role, sweep.message) == (SCENARIO, "client", "greeting")
    assert (sweep.data, sweep.offsets, sweep.failed) == (DATA, EVERYWHERE, ())
    assert sweep.what.in_language("en").startswith(f"Cut in two at {len(EVERYWHERE)} places")
    assert {f.status for f in graded.advice} == {Status.PASS}


def test_every_cut_does_harm() -> None:
    sweep = only(swept(lambda offset: True))
    assert sweep.failed == EVERYWHERE
    assert sweep.run == f"{SCENARIO}@1"
    assert "Wherever the cut falls" in sweep.what.in_language("en")
    assert "énoncé, partie\u00a01.3" in sweep.what.in_language("fr")


def test_only_inside_a_character() -> None:
    graded = swept(lambda offset: offset in INSIDE)
    sweep = only(graded)
    assert sweep.failed == INSIDE
    assert len(INSIDE) == 1
    assert sweep.run == f"{SCENARIO}@{INSIDE[0]}"
    said = sweep.what.in_language("en")
    assert "inside a character (é)" in said
    assert f"after {INSIDE[0]} bytes" in said
    # The run to look at is what the advice and the list of runs speak of.
    assert {f.run for f in graded.advice} == {sweep.run}
    assert [run.id for run in graded.runs if run.scenario == SCENARIO] == [sweep.run]


def test_other_places_are_named_in_ranges() -> None:
    said = only(swept(lambda offset: offset in (3, 4, 5, 20))).what
    assert "after 3 to 5, 20 bytes" in said.in_language("en")
    assert "après 3 à 5, 20 octets" in said.in_language("fr")


def test_many_places_are_cut_short() -> None:
    said = only(swept(lambda offset: offset % 2 == 0)).what.in_language("en")
    assert "after 2, 4, 6, 8, 10, 12… bytes" in said


def test_what_was_wrong_without_a_cut_is_not_the_cuts_doing() -> None:
    play = made.client().sends("greeting").receives(made.HELLO).receives(made.GOODBYE)
    mute = play.fin().we_close().exits()
    graded = made.grade(mute, *(cut(offset, printed=False) for offset in EVERYWHERE))
    assert only(graded).failed == ()


def test_a_sweep_that_was_skipped_is_none() -> None:
    skipped = made.Play(SCENARIO).ends("skipped", problem="same cause")
    graded = made.grade(made.right_client(), skipped)
    assert graded.sweeps == ()
    assert [run.outcome for run in graded.runs] == ["completed", "skipped"]


def test_a_sweep_that_ended_early_says_so() -> None:
    skipped = made.Play(SCENARIO).ends("skipped", problem="too much")
    runs = [cut(offset, printed=True) for offset in (1, 2, 3)]
    sweep = only(made.grade(made.right_client(), *runs, skipped))
    assert sweep.offsets == (1, 2, 3)
    assert sweep.problem == "too much"
    assert "ended early" in sweep.what.in_language("en")


def test_a_sample_is_said_to_be_one() -> None:
    sweep = only(swept(lambda offset: False, EVERYWHERE[::2]))
    assert f"of {len(EVERYWHERE)} were tried" in sweep.what.in_language("en")


def test_a_run_without_a_verdict_is_not_counted() -> None:
    lost = made.Play(SCENARIO).ends("not_run", problem="no room")
    header = msgspec.structs.replace(lost.header, run=run_id(SCENARIO, offset=2))
    runs = [cut(1, printed=True), tr.of(header, lost.entries), cut(3, printed=True)]
    assert only(made.grade(made.right_client(), *runs)).offsets == (1, 3)


def test_the_words_are_in_both_languages() -> None:
    for fails in (lambda o: False, lambda o: True, lambda o: o in INSIDE, lambda o: o < 9):
        what = only(swept(fails)).what
        assert set(what.by_language) == set(LANGUAGES)
        assert not [text for text in what.by_language.values() if "{" in text or "  " in text]


def test_a_sweep_is_a_line_among_the_runs_with_all_its_seconds() -> None:
    graded = swept(lambda offset: False)
    (line,) = [run for run in graded.runs if run.scenario == SCENARIO]
    each = cut(1, printed=True).end.t / 1e9
    assert abs(line.seconds - each * len(EVERYWHERE)) < 1e-6
