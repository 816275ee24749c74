"""What a model student shows: texts on the screen, and files that it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from grader.lab.model import Action, ExpectFile, ExpectStdout, Lab, Scenario
from grader.prove.asked import unknown
from grader.prove.forms import CannotKnowError, Knowledge
from grader.prove.plan import Act, Nothing, Print, Read, Rest, Say, Send, Write
from reference.templates import Template


@dataclass(frozen=True)
class Shown:
    """What all graded scenarios of a role want to see; `datagrams`: UDP is spoken."""

    lab: Lab
    scenarios: tuple[Scenario, ...]
    datagrams: bool

    def with_prints(self, acts: Sequence[Act]) -> list[Act]:
        """The acts with prints: each text as soon as it is read and those before it are out."""
        wanted = self._prints()
        sent = {m for s in self.scenarios for st in s.steps if st.action is Action.SEND
                for m in st.messages}  # fmt: skip
        read = {m: act for act in acts if isinstance(act, Read) for m in act.messages}
        waiting = [name for name in wanted if name in read or name not in sent]
        there: set[str] = {name for name in waiting if name not in read}
        with_prints: list[Act] = []
        for act in acts:
            if isinstance(act, Read):
                there |= {*act.messages}
            with_prints.append(act)
            while ready := [n for n in waiting if n in there and not ({*wanted[n]} & {*waiting})]:
                times = self._times(ready[0])
                if ready[0] not in read:
                    with_prints += [Say(self.lab.messages[ready[0]].text)] * times
                    waiting.remove(ready[0])
                    continue
                together = read[ready[0]].messages
                names = tuple(n for n in together if n in waiting)
                with_prints.append(Print(messages=names, times=times))
                waiting = [name for name in waiting if name not in together]
        return with_prints

    def made_prints(
        self, scenario: Scenario, acts: Sequence[Act], knowledge: Knowledge
    ) -> list[Act]:
        """The acts with all that is to be printed, and can be known, before the end of them.

        A client of datagrams says words of its own only where they are asked for: it knows
        whether it has waited in vain.
        """
        own = {e.message for e in scenario.expect if isinstance(e, ExpectStdout)}
        wanted = {
            (e.message, e.times or 1): None
            for s in self.scenarios
            for e in s.expect
            if isinstance(e, ExpectStdout) and e.how != "absent"
        }
        shown: list[Act] = []
        for name, times in wanted:
            if name not in knowledge.messages:
                continue  # another scenario's own
            with suppress(CannotKnowError):
                made = knowledge.said(name)
                if self.datagrams and not made.names and name not in own:
                    continue
                shown.append(Print(messages=(name,), made=made, times=times))
        last = Read | Send | Nothing
        at = next((i for i in reversed(range(len(acts))) if isinstance(acts[i], last)), -1)
        return [*acts[: at + 1], *shown, *acts[at + 1 :]]

    def _times(self, name: str) -> int:
        """How many times a text is to be printed."""
        expected = (e for s in self.scenarios for e in s.expect if isinstance(e, ExpectStdout))
        return max((e.times or 1 for e in expected if e.message == name), default=1)

    def _prints(self) -> dict[str, tuple[str, ...]]:
        """Each message that some graded scenario wants on stdout, and those before it."""
        wanted: dict[str, tuple[str, ...]] = {}
        for scenario in self.scenarios:
            for e in scenario.expect:
                if isinstance(e, ExpectStdout) and e.how != "absent":
                    before = (e.after,) if e.after else ()
                    wanted[e.message] = (*wanted.get(e.message, ()), *before)
        return wanted

    def files(self, scenario: Scenario, knowledge: Knowledge) -> Iterator[Write]:
        """The files that it leaves, each made of what it knows in the end.

        Those of other scenarios too, where it can: nothing need tell it which one it is in.
        """
        own = [e for e in scenario.expect if isinstance(e, ExpectFile)]
        others = [e for s in self.scenarios for e in s.expect if isinstance(e, ExpectFile)]
        done = {e.name for e in own if e.absent}
        for e in (*own, *others):
            if e.absent or e.name in done:
                continue
            try:
                made = knowledge.said(e.message) if e.message else Template((b"something",))
                called = knowledge.filled(e.made) if e.made is not None else None
            except (CannotKnowError, KeyError) as error:
                if e not in own:
                    continue  # of another scenario alone
                raise unknown(scenario, e.name, error) from error
            done.add(e.name)
            yield Write(name=e.name, made=made, called=called)


def with_files(acts: Sequence[Act], files: Sequence[Act]) -> list[Act]:
    """The acts with files written at the end of what is asked for."""
    end = next((i for i, act in enumerate(acts) if isinstance(act, Rest)), len(acts))
    return [*acts[:end], *files, *acts[end:]]
