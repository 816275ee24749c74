"""What counts as having lost some of the exchange."""

from __future__ import annotations

from dataclasses import replace

from report_samples import stuck_grade

from grader.judge.lost import exchange_lost
from grader.judge.model import Status


def test_advice_waits_only_for_a_program_that_lost_the_exchange() -> None:
    assert exchange_lost(stuck_grade(), "server")
    assert exchange_lost(stuck_grade(), "both")
    assert not exchange_lost(stuck_grade(), "client")


def test_an_address_alone_is_no_lost_exchange() -> None:
    made = stuck_grade()
    criteria = tuple(
        replace(
            judged,
            findings=tuple(
                replace(f, expectation="bound") if f.status is not Status.PASS else f
                for f in judged.findings
            ),
        )
        for judged in made.criteria
    )
    assert not exchange_lost(replace(made, criteria=criteria), "server")
