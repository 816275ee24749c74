"""What the parts of a scenario need to know of the lab while they are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.lab import values
from grader.lab.labfile import LabFile
from grader.lab.model import Level, Role
from grader.lab.problems import Problems, meant, shown
from grader.lab.yamlfile import Node


@dataclass
class Context:
    """What a scenario's parts need to know of the lab and of the scenario itself."""

    lab: LabFile
    problems: Problems
    role: Role = "server"
    level: Level = Level.GRADED
    proved: set[str] = field(default_factory=set)
    """Criteria that this scenario gives evidence for."""

    def message(self, node: Node, what: str) -> str:
        """Read the name of a message of lab.yaml."""
        name = values.text(node, self.problems, what)
        if name and name not in self.lab.messages:
            hint = meant(name, self.lab.messages)
            self.problems.add(node.place, f"{what}: no message {shown(name)} in lab.yaml{hint}")
        return name

    def proves(self, node: Node | None) -> str | None:
        """Read the id of a criterion of the role that is tested, in a graded scenario."""
        if node is None:
            return None
        identifier = values.text(node, self.problems, "proves")
        if not identifier:
            return None
        if self.level is Level.ADVICE:
            self.problems.add(node.place, "advice gives no points: leave 'proves' out")
        elif identifier not in self.lab.criteria:
            hint = meant(identifier, self.lab.criteria)
            self.problems.add(
                node.place, f"proves: no criterion {shown(identifier)} in lab.yaml{hint}"
            )
        elif not identifier.startswith(f"{self.role}."):
            self.problems.add(
                node.place,
                f"proves: {shown(identifier)} is about the other role; this scenario tests"
                f" the {self.role}",
            )
        self.proved.add(identifier)
        return identifier
