"""All points, and not a word of what is not shown."""

from __future__ import annotations

from dataclasses import replace

from transcripts import LAB, Play, grade, right_client, right_server, served, server

from grader.judge.model import Status
from grader.judge.withheld import NOT_SHOWN, withheld


def hard_coded() -> Play:
    """A server that prints the statement's words whatever came."""
    play = server("server-drawn")
    play.receives(play.texts["greeting"]).sends("hello").consumed()
    play.prints(LAB.messages["hello"].text).sends("goodbye")
    return play.prints(LAB.messages["goodbye"].text)


def test_points_lost_in_a_hidden_run_stay_lost_without_a_reason() -> None:
    hidden = hard_coded().fin().we_close().exits()
    whole = grade(right_server(), hidden, right_client())
    shown = grade(right_server(), right_client())
    assert whole.score < shown.score
    made = withheld(whole, shown)
    assert (made.score, made.max_score) == (whole.score, whole.max_score)
    by_id = {j.criterion.id: j for j in made.criteria}
    lost = by_id["server.print1"]
    assert lost.status is Status.FAIL
    assert lost.points == 0
    assert not lost.diagnoses
    assert [f.what for f in lost.findings if f.status is Status.FAIL] == [NOT_SHOWN]
    assert [f.run for f in lost.findings] == ["server-nominal", ""]
    assert "server-drawn" not in repr(made)
    assert "hard-coded" in repr(whole)
    assert "hard-coded" not in repr(made)


def test_a_criterion_that_only_hidden_runs_prove_keeps_its_name_and_points() -> None:
    whole = grade(right_server(), right_client())
    made = withheld(whole, grade(right_client()))
    for judged in made.criteria[:7]:
        assert judged.status is Status.PASS
        assert judged.points == judged.criterion.points
        assert [f.what for f in judged.findings] == [NOT_SHOWN]
    assert made.score == whole.score


def test_what_is_seen_stays_as_it_is() -> None:
    stuck = served(server()).we_close().stuck()
    whole = grade(stuck, right_client())
    assert withheld(whole, whole) == whole
    missing = replace(whole, criteria=grade().criteria)
    assert withheld(missing, missing) == missing
