"""The verdict on two programs, from what was told of them."""

from __future__ import annotations

import msgspec
import pytest
from engine_tools import SEED, tp09
from pair_tools import (
    BEGUN,
    EXCHANGE,
    GOODBYE,
    GREETING,
    HELLO,
    ends,
    listens,
    prints,
    scenario,
    segment,
    started,
    stuck,
    told,
)

from grader import transcript as tr
from grader.judge.grade import judge
from grader.judge.model import Finding, Programs, Status
from grader.judge.pair import PairVerdict, check_pair, judge_pair, summary_of
from grader.judge.pair_words import SENTENCES, SHORT
from grader.judge.sides import sides_of
from grader.lab.model import ROLES

LAB = tp09()


def verdict(*entries: tr.AnyEntry, outcome: str = "completed") -> PairVerdict:
    return judge_pair(told(*entries, outcome=outcome), LAB, scenario())


def findings(*entries: tr.AnyEntry, outcome: str = "completed") -> dict[str, Finding]:
    found = check_pair(told(*entries, outcome=outcome), LAB, scenario())
    return {finding.expectation: finding for finding in found}


def without(entries: tuple[tr.AnyEntry, ...], *left: tr.AnyEntry) -> tuple[tr.AnyEntry, ...]:
    return tuple(entry for entry in entries if entry not in left)


def test_a_whole_exchange_works() -> None:
    transcript = told(*EXCHANGE)
    assert verdict(*EXCHANGE).works
    found = check_pair(transcript, LAB, scenario())
    assert [f.expectation for f in found] == [
        "pair", "server.stdout:hello", "server.stdout:goodbye", "server.exit",
        "client.stdout:greeting", "client.exit",
    ]  # fmt: skip
    assert {f.status for f in found} == {Status.PASS}
    for finding in found:
        sides = {transcript.entries[i].side for i in finding.evidence}
        if finding.expectation != "pair":
            assert sides == {finding.expectation.split(".")[0]}


def test_what_was_really_sent_is_to_be_printed() -> None:
    """Another greeting than the statement's is no matter here, if the client prints it."""
    other = "Salut, moi c'est le serveur !"
    entries = tuple(
        msgspec.structs.replace(e, data=e.data.replace(GREETING.encode(), other.encode()))
        if isinstance(e, tr.Segment | tr.Stdout)
        else e
        for e in EXCHANGE
    )
    assert verdict(*entries).works
    constant = tuple(
        prints("client", GREETING) if isinstance(e, tr.Stdout) and e.side == "client" else e
        for e in entries
    )
    found = verdict(*constant)
    assert (found.code, found.blame) == ("unprinted", "client")
    # What the capture lost is not held against anybody: then it is the statement's words.
    assert verdict(tr.WireLoss(t=0, frames=1), *constant).works


def test_messages_in_another_order_are_printed_in_that_order() -> None:
    entries = (
        *BEGUN, segment("server", "data", GREETING), prints("client", GREETING),
        segment("client", "data", GOODBYE), segment("client", "data", HELLO), *ends("client"),
        prints("server", f"{GOODBYE}\n{HELLO}\n"), *ends("server"),
    )  # fmt: skip
    assert verdict(*entries).works


def test_each_waits_for_the_other() -> None:
    entries = (*BEGUN, *stuck("server", line=7), *stuck("client", line=9))
    found = verdict(*entries, outcome="stuck")
    assert (found.code, found.blame, found.deadlock) == ("both-wait", None, True)
    assert "recv(), line 7" in found.text.in_language("en")
    assert "recv(), ligne\u00a09" in found.text.in_language("fr")
    # The cause is told once, not what follows from it.
    assert list(findings(*entries, outcome="stuck")) == ["pair"]
    sources = {"serveur.py": b"\n" * 6 + b"f.readline()\n"}
    (own,) = check_pair(told(*entries, outcome="stuck"), LAB, scenario(), sources)
    assert "readline(), line 7, the client in recv(), line 9" in own.what.in_language("en")


def test_messages_that_came_as_one_are_named_as_the_cause() -> None:
    entries = (
        *BEGUN, segment("server", "data", GREETING), prints("client", GREETING),
        segment("client", "data", HELLO), segment("client", "data", GOODBYE),
        prints("server", HELLO + GOODBYE), *stuck("server"), *stuck("client"),
    )  # fmt: skip
    assert verdict(*entries, outcome="stuck").code == "both-wait-merged"


@pytest.mark.parametrize(
    ("entries", "outcome", "code", "blame"),
    [
        ((*BEGUN, *ends("client"), *stuck("server", "accept4")), "stuck", "server-waits", "server"),
        ((*BEGUN, *ends("server"), *stuck("client")), "stuck", "client-waits", "client"),
        ((started("server"), *ends("server")), "completed", "no-listener", "server"),
        (
            (started("server"), *ends("server", 1, "crashed")),
            "crashed", "no-listener-crashed", "server",
        ),
        (
            (*BEGUN[:3], segment("server", "refused", port=5000), *ends("client", 1, "crashed"),
             *stuck("server", "accept4")),
            "crashed", "wrong-port", "client",
        ),
        (
            (started("server"), listens(5000), started("client"),
             segment("server", "refused"), *ends("client", 1, "crashed"), *stuck("server")),
            "crashed", "wrong-port", "server",
        ),
        (
            (*BEGUN[:3], segment("server", "refused"), *ends("client", 1, "crashed"),
             *stuck("server", "accept4")),
            "crashed", "refused", None,
        ),
        ((*BEGUN[:3], *ends("client"), *ends("server")), "completed", "no-connection", "client"),
        ((*BEGUN, *ends("server"), *ends("client")), "completed", "unsent", "client"),
        (
            (*BEGUN, *ends("server", 1, "crashed"), *ends("client", 1, "crashed")),
            "crashed", "server-crashed", "server",
        ),
        ((*BEGUN, *ends("client")), "timeout", "too-long", "server"),
        (BEGUN, "timeout", "too-long", None),
        (
            (*BEGUN, tr.LimitReached(t=0, side="client", limit="output", value="1 MB")),
            "limit", "limit", "client",
        ),
        ((), "skipped", "skipped", None),
    ],
)  # fmt: skip
def test_who_keeps_the_pair(
    entries: tuple[tr.AnyEntry, ...], outcome: str, code: str, blame: str | None
) -> None:
    found = verdict(*entries, outcome=outcome)
    assert (found.code, found.blame) == (code, blame)
    assert not found.works


def test_a_message_that_is_not_printed_is_named() -> None:
    entries = without(EXCHANGE, prints("server", f"{HELLO}\n{GOODBYE}\n"))
    found = findings(*entries)
    assert found["pair"].status is Status.FAIL
    assert "(hello)" in found["pair"].what.in_language("en")
    assert found["server.stdout:hello"].status is Status.FAIL


def test_a_run_cut_before_the_promised_time_says_nothing() -> None:
    assert findings(*BEGUN, outcome="timeout") == {}
    assert findings(outcome="skipped") == {}


def test_each_side_is_as_if_the_other_were_the_reference() -> None:
    sides = sides_of(told(*EXCHANGE), LAB, scenario())
    assert [sides[role].facts.header.program for role in ROLES] == ["serveur.py", "client.py"]
    received = b"".join(e.data for _, e in sides["client"].facts.all(tr.Received))
    assert received == (HELLO + GOODBYE).encode()
    assert sides["server"].facts.end.outcome == "completed"
    assert [e.local[1] for _, e in sides["client"].facts.connected] == [65432]


def test_it_is_advice_and_never_points() -> None:
    programs = Programs(server="serveur.py", client="client.py")
    entries = (*BEGUN, *stuck("server"), *stuck("client"))
    before = judge(LAB, "a", "a", SEED, programs, [])
    after = judge(LAB, "a", "a", SEED, programs, [told(*entries, outcome="stuck")])
    assert (before.score, before.criteria) == (after.score, after.criteria)
    assert [f.expectation for f in after.advice] == ["pair"]
    assert [(r.role, r.outcome, r.exit) for r in after.runs] == [("both", "stuck", None)]


def test_every_code_has_a_sentence_and_a_short_word_in_both_languages() -> None:
    assert set(SENTENCES) == set(SHORT)
    for french, english in (*SENTENCES.values(), *SHORT.values()):
        assert french
        assert english
        assert not any(f" {sign}" in french for sign in ":;!?")
        assert "'" not in french


def test_the_summary_of_a_run_names_both() -> None:
    assert summary_of(told(*EXCHANGE), scenario()).role == "both"
