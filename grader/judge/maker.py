"""Makes the findings of one expectation: what all of them have in common."""

from __future__ import annotations

from dataclasses import dataclass

from grader.judge.facts import Facts
from grader.judge.model import Finding, Status
from grader.judge.situation import plainly_ended, situation, situation_entries
from grader.judge.wording import FINDINGS, program, say
from grader.lab.model import Text


@dataclass(frozen=True)
class Maker:
    """Makes the findings of one expectation."""

    facts: Facts
    expectation: str
    criterion: str | None
    situation: Text | None = None
    """What is said of the program's situation instead of where it stood last."""

    def __call__(
        self, status: Status, key: str, evidence: tuple[int, ...], **fields: object
    ) -> Finding:
        """A finding in the words of `key`, with the program's situation where they speak of it."""
        if f"{key}.over-{self.facts.scenario.protocol}" in FINDINGS:
            key = f"{key}.over-{self.facts.scenario.protocol}"
        if "{situation}" in FINDINGS[key][0]:
            evidence = (*evidence, *situation_entries(self.facts))
            if f"{key}.ended" in FINDINGS and plainly_ended(self.facts):
                key, fields["program"] = f"{key}.ended", program(self.facts.role)
            fields["situation"] = self.situation or situation(self.facts)
        return Finding(
            run=self.facts.header.run,
            expectation=self.expectation,
            criterion=self.criterion,
            status=status,
            what=say(key, **fields),
            evidence=evidence,
        )
