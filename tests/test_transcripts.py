"""Diagnoses on recorded runs: each mistake is named, and its near miss is not.

`recorded.py` says how the programs and their transcripts are kept, and
`record_transcripts.py` records them anew. Sequences that the engine does not play, or that
no program shows each time, are made by hand below.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from recorded import FOLDER, Recorded, all_recorded
from transcripts import GREETING, HELLO, LAB, Play, errors, grade, remarks, served, server

from grader import transcript as tr
from grader.judge.conditions import all_ids
from grader.lab.model import Action, Lab, ReferenceStep, Rewording, Text

RECORDED = {case.name: case for case in all_recorded()}
HITS = {name: case for name, case in RECORDED.items() if case.is_hit}
NEAR = {name: case for name, case in RECORDED.items() if not case.is_hit}
BY_HAND = {"missing-file", "empty-program", "sequential-server"}
"""Ids without a recorded program: nothing runs, or two clients at once are needed."""


def test_every_mistake_has_a_program_and_a_near_miss() -> None:
    hits, near = {c.id for c in HITS.values()}, {c.id for c in NEAR.values()}
    assert hits == near == all_ids() - BY_HAND
    assert len(hits) >= 35


def test_nothing_lies_about() -> None:
    """Every file of the folder is a program or the transcript of one."""
    known = {case.program for case in RECORDED.values()}
    known |= {case.saved(name) for case in RECORDED.values() for name in case.plays}
    assert {path for path in FOLDER.rglob("*") if path.is_file()} == known


@pytest.mark.parametrize("case", HITS.values(), ids=HITS)
def test_the_mistake_is_named_first(case: Recorded) -> None:
    made = case.diagnoses(case.transcripts())
    (found,) = [d for d in made if d.id == case.id]
    assert found.level == "remark" or made[0] is found
    assert found.evidence
    assert found.level == "remark" or found.criteria
    if case.line is not None:
        program = case.transcripts()[0].header.program
        assert (found.file, found.line) == (program, case.line)


@pytest.mark.parametrize("case", NEAR.values(), ids=NEAR)
def test_the_near_miss_is_not_taken_for_it(case: Recorded) -> None:
    assert case.id not in [d.id for d in case.diagnoses(case.transcripts())]


@pytest.mark.parametrize("case", RECORDED.values(), ids=RECORDED)
def test_all_errors_are_those_that_the_program_says(case: Recorded) -> None:
    if case.finds is not None:
        made = case.diagnoses(case.transcripts())
        assert [d.id for d in made if d.level == "error"] == list(case.finds)


@pytest.mark.parametrize("case", HITS.values(), ids=HITS)
def test_every_field_is_filled_in(case: Recorded) -> None:
    for found in case.diagnoses(case.transcripts()):
        for text in (found.title, found.explanation):
            for said in text.by_language.values():
                assert said
                assert "{" not in said
                assert "None" not in said


# --- what a lab changes ------------------------------------------------------------------


def lab_saying(**diagnoses: Rewording) -> Lab:
    return replace(LAB, diagnoses={key.replace("_", "-"): d for key, d in diagnoses.items()})


def test_a_switched_off_mistake_gives_way_to_what_follows() -> None:
    runs = RECORDED["never-closes/hit"].transcripts()
    assert errors(*runs) == ["never-closes", "endless-loop"]
    made = grade(*runs, lab=lab_saying(never_closes=Rewording(enabled=False)))
    assert [d.id for d in made.diagnoses] == ["endless-loop"]
    assert made.score == grade(*runs).score


def test_a_lab_says_it_in_its_own_words() -> None:
    title, words = (
        Text({"fr": "Fermez", "en": "Close"}),
        Text({"fr": "Ici{line}", "en": "At{line}"}),
    )
    own = lab_saying(endless_loop=Rewording(title=title, explanation=words))
    found = grade(*RECORDED["endless-loop/hit_accept"].transcripts(), lab=own).diagnoses[0]
    assert (found.id, found.title) == ("endless-loop", title)
    assert found.explanation.by_language == {"fr": "Ici, ligne\u00a09", "en": "At, line 9"}


def test_the_notion_is_where_the_statement_speaks_of_it() -> None:
    runs = RECORDED["one-recv-is-one-message/hit"].transcripts()
    (here,) = grade(*runs).diagnoses
    assert here.notion is not None
    assert here.notion.in_language("fr") == "énoncé, partie\u00a01.3"
    assert "(énoncé, partie\u00a01.3)" in here.explanation.in_language("fr")
    (elsewhere,) = grade(*runs, lab=replace(LAB, notions={})).diagnoses
    assert "(documentation of the socket module, recv())" in elsewhere.explanation.in_language("en")


def test_how_sure_it_is() -> None:
    def sure(name: str) -> str:
        return RECORDED[name].diagnoses(RECORDED[name].transcripts())[0].confidence

    assert sure("send-str-not-bytes/hit") == "certain"
    assert sure("missing-terminator/hit") == "likely"
    assert sure("output-not-flushed/hit") == "possible"


# --- made by hand ------------------------------------------------------------------------


def two_clients() -> Lab:
    """TP 09 with a second client that comes while the first is there."""
    scenario = LAB.scenario("server-nominal")
    again = (
        ReferenceStep(action=Action.CONNECT),
        ReferenceStep(action=Action.RECEIVE, messages=("greeting",), proves="server.greeting"),
    )
    return replace(LAB, scenarios=(replace(scenario, steps=(*scenario.steps, *again)),))


def second_client_waits(*calls: tuple[str, str, int], pending: int = 1) -> list[str]:
    """The first errors of a server whose threads stand in these (call, target, tid)."""
    play = server().receives(GREETING).connected().waits("recvfrom", "connection", pending=pending)
    state = play.entries.pop()
    assert isinstance(state, tr.State)
    seen = tuple(tr.Call(pid=2, tid=t, name=n, fd=4, target=on) for n, on, t in calls)
    play.entries.append(tr.State(t=state.t, why="waiting", calls=seen, sockets=state.sockets))
    made = grade(play.we_close().stuck(), lab=two_clients())
    return [d.id for d in made.diagnoses if d.level == "error"]


def test_a_sequential_server() -> None:
    assert second_client_waits(("recvfrom", "connection", 2))[0] == "sequential-server"
    assert "sequential-server" not in second_client_waits(("recvfrom", "connection", 2), pending=0)


def test_a_thread_that_is_waited_for() -> None:
    found = second_client_waits(("futex", "", 2), ("recvfrom", "connection", 3))
    assert found[0] == "thread-called-not-started"


def test_a_server_that_accepts_meanwhile_is_neither() -> None:
    found = second_client_waits(("accept4", "listener", 2), ("recvfrom", "connection", 3))
    assert not {"sequential-server", "thread-called-not-started"} & set(found)


def test_endless_output() -> None:
    run = server().receives(GREETING).limit("output")
    assert errors(run) == ["endless-loop"]
    assert grade(run).diagnoses[0].title.in_language("fr") == "Un affichage sans fin"


def test_another_program_has_the_port() -> None:
    play = Play("server-nominal")
    taken = "OSError: [Errno 98] Address already in use"
    run = play.raises(taken, 4, "s.bind(('', 65432))").exits(1)
    assert errors(run) == ["port-taken-by-another"]
    assert "n’est pas une faute" in grade(run).diagnoses[0].explanation.in_language("fr")


class TestAdviceCutBelowThePromise:
    """A slow right program: what did not come in an advice run might have come later."""

    def run(self, at: float) -> tr.Transcript:
        play = server("server-split").receives(GREETING).sends("hello").consumed().prints(HELLO)
        late = int(at * 1e9)
        play.entries.append(tr.LimitReached(t=late, limit="wall", value=str(at)))
        play.entries.append(tr.Killed(t=late, why="limit"))
        play.entries.append(tr.Ended(t=late, outcome="timeout", limit="wall"))
        return tr.of(play.header, play.entries)

    def test_nothing_is_concluded(self) -> None:
        made = grade(self.run(6))
        assert made.advice == ()
        assert made.diagnoses == ()
        assert [(r.id, r.outcome) for r in made.runs] == [("server-split", "timeout")]

    def test_after_the_promise_it_is_told(self) -> None:
        assert grade(self.run(12)).advice
        assert remarks(self.run(12))

    def test_a_step_given_up_before_the_promise(self) -> None:
        play = server("server-split").receives(GREETING).sends("hello").consumed().prints(HELLO)
        play.entries.append(tr.Step(t=5 * 10**9, index=3, status="missed", reason="overdue"))
        assert grade(play.we_close().fin().exits()).advice == ()

    def test_a_graded_run_counts_all_the_same(self) -> None:
        assert errors(served(server()).limit("wall"))
