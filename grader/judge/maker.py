"""Makes the findings of one expectation: what all of them have in common."""

from __future__ import annotations

from dataclasses import dataclass

from grader.judge.facts import Facts
from grader.judge.model import Finding, Status
from grader.judge.situation import situation, situation_entries
from grader.judge.wording import FINDINGS, say


@dataclass(frozen=True)
class Maker:
    """Makes the findings of one expectation."""

    facts: Facts
    expectation: str
    criterion: str | None

    def __call__(
        self, status: Status, key: str, evidence: tuple[int, ...], **fields: object
    ) -> Finding:
        """A finding in the words of `key`, with the program's situation where they speak of it."""
        if "{situation}" in FINDINGS[key][0]:
            fields["situation"] = situation(self.facts)
            evidence = (*evidence, *situation_entries(self.facts))
        return Finding(
            run=self.facts.header.run,
            expectation=self.expectation,
            criterion=self.criterion,
            status=status,
            what=say(key, **fields),
            evidence=evidence,
        )
