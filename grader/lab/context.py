"""What the parts of a scenario need to know of the lab while they are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.lab import values
from grader.lab.labfile import LabFile
from grader.lab.messages import Placed
from grader.lab.model import Demand, Level, Message, ReferenceStep, Role
from grader.lab.problems import Problems, meant, shown
from grader.lab.yamlfile import Node


@dataclass
class Context:
    """What a scenario's parts need to know of the lab and of the scenario itself."""

    lab: LabFile
    problems: Problems
    role: Role = "server"
    level: Level = Level.GRADED
    datagrams: bool = False
    """It is played over UDP."""
    path: str = ""
    """It is played over Unix-domain sockets, by this name."""
    both: bool = False
    """It tests two programs with each other."""
    proved: set[str] = field(default_factory=set)
    """Criteria that this scenario gives evidence for."""
    own: Placed = field(default_factory=dict)
    """Messages of the scenario itself."""
    fixed: frozenset[str] = frozenset()
    """Messages that steps outside of any `repeat` name: they are the same in all its rounds."""
    steps: tuple[ReferenceStep, ...] = ()
    """Once they are read."""
    unrolled: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By the name of a message that is another in each round of a `repeat`: their names."""

    @property
    def messages(self) -> dict[str, Message]:
        """All messages that there are, by name."""
        return {**self.lab.lab.messages, **{name: message for name, (_, message) in
                                            self.own.items()}}  # fmt: skip

    @property
    def names(self) -> frozenset[str]:
        """The names that may be used; some may be of things that are wrong in themselves."""
        return self.lab.messages | self.own.keys()

    def message(self, node: Node, what: str) -> str:
        """Read the name of a message of lab.yaml, or of the scenario."""
        name = values.text(node, self.problems, what)
        if name and name not in self.names:
            hint = meant(name, self.names)
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

    def demand(self, node: Node | None, proves: Node | None) -> Demand:
        """Read the level of one step or expectation."""
        if node is None:
            return Demand.MUST
        words = tuple(option.value for option in Demand)
        demand = Demand(values.choice(node, self.problems, "level", words))
        if demand is Demand.ADVICE and proves is not None:
            self.problems.add(
                node.place, "advice gives no points: leave 'proves' out, or write `level: should`"
            )
        return demand
