"""Mutants: the model student with one mistake each.

They are made from the lab alone. A mistake that has no place in a lab (two sends swapped,
and there is only one) is left out and said so. What is right under the rules is no mutant:
two messages in one send are told apart by their words (`grader.prove.variants`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.lab.model import Lab, Role
from grader.prove import mutants_connection as connection
from grader.prove import mutants_exchange as exchange
from grader.prove import mutants_made as made_of
from grader.prove import mutants_several as several
from grader.prove import mutants_shown as shown
from grader.prove import mutants_time as time
from grader.prove.case import Case, Skipped
from grader.prove.changes import Made, Model
from grader.prove.plan import Program, agree
from grader.prove.source import source_of


@dataclass(frozen=True)
class _Family:
    """Mutants of one kind, and why there may be none of it."""

    id: str
    make: Callable[[Model], Iterator[Made]]
    none: str = ""
    made: bool = False
    """Only of messages that are no plain texts: of no interest where all are."""
    several: bool = False
    """Only of several clients at once, or of datagrams: of no interest elsewhere."""
    files: bool = False
    """Only where files are asked for: of no interest elsewhere."""
    rare: bool = False
    """Only of what few labs ask for: of no interest elsewhere."""


_NO_SEND = "it sends nothing"
_NO_PRINT = "nothing that it reads is to be printed"
_NO_MADE = "all that it sends are plain texts"
_NO_LENGTH = "nothing that it sends has a length in front"
_FAMILIES = (
    _Family("wrong-port", connection.wrong_port),
    _Family("wrong-interface", connection.wrong_interface, "a client chooses no interface"),
    _Family("datagrams", connection.datagrams),
    _Family(connection.NOTHING, connection.does_nothing),
    _Family("drop-send", exchange.drop_send, _NO_SEND),
    _Family("third-send", exchange.third_send, rare=True),
    _Family("alter-send", exchange.alter_send, _NO_SEND),
    _Family("misspell-send", exchange.misspell_send, _NO_SEND),
    _Family("unaccent-send", exchange.unaccent_send, "accents are optional, or there are none"),
    _Family("encoded-send", exchange.encoded_send, "the lab allows the encodings that differ"),
    _Family("constant-send", exchange.constant_send, "it sends back nothing of what it reads"),
    _Family("alter-bytes", made_of.other_bytes, _NO_MADE, made=True),
    _Family("cut-bytes", made_of.cut_bytes, _NO_MADE, made=True),
    _Family("unframed", made_of.unframed, "framing adds nothing to what it sends", made=True),
    _Family("length-order", made_of.other_order, _NO_LENGTH, made=True),
    _Family("length-count", made_of.other_length, _NO_LENGTH, made=True),
    _Family("swap-sends", exchange.swap_sends, "it does not send two different messages"),
    _Family("early-send", exchange.early_send, "nothing is sent right after something is read"),
    _Family("late-send", exchange.late_send, "nothing is sent right before something is read"),
    _Family("one-recv", made_of.one_recv, rare=True),
    _Family("drop-read", exchange.drop_read, "it reads nothing"),
    _Family("silent", exchange.silent, _NO_PRINT),
    _Family("drop-print", exchange.drop_print, _NO_PRINT),
    _Family("print-first", exchange.only_first, "fewer than two messages are to be printed"),
    _Family("constant-print", exchange.constant_print, _NO_PRINT),
    _Family("half-print", exchange.half_print, _NO_PRINT),
    _Family("half-made-print", made_of.half_print, "nothing made is to be printed", made=True),
    _Family("tells", made_of.tells, "nothing has to stay unprinted", made=True),
    _Family("print-again", shown.print_again, rare=True),
    _Family("print-late", shown.print_late, rare=True),
    _Family("print-beside", shown.print_beside, rare=True),
    _Family("no-file", shown.no_file, files=True),
    _Family("half-file", shown.half_file, files=True),
    _Family("other-file", shown.other_file, files=True),
    _Family("leaves-file", shown.leaves_file, files=True),
    _Family("stderr-print", exchange.stderr_print, _NO_PRINT),
    _Family("close-before", connection.close_before, "it neither sends nor reads"),
    _Family("never-closes", connection.never_closes, "its peer is to close first"),
    _Family("holds-on", connection.holds_on, "its peer is to close first"),
    _Family("one-by-one", several.one_by_one, several=True),
    _Family("few", several.few, several=True),
    _Family("to-all", several.to_all, several=True),
    _Family("to-another", several.to_another, several=True),
    _Family("ends-with-one", several.ends_with_one, several=True),
    _Family("brittle", several.brittle, several=True),
    _Family("ignores-again", several.ignores_again, several=True),
    _Family("waits-for-ever", several.waits_for_ever, several=True),
    _Family("waits-long", several.waits_long, several=True),
    _Family("gives-up", several.gives_up, several=True),
    _Family("leaves-idle", time.leaves_idle, rare=True),
    _Family("speaks-unasked", time.speaks_unasked, rare=True),
    _Family("far-too-soon", time.sends_away_soon, rare=True),
    _Family("waits-for-ever", time.never_sends_away, rare=True),
    _Family("far-too-late", time.sends_away_late, rare=True),
    _Family("answers-late", time.answers_late, rare=True),
    _Family("never-ends", connection.never_ends),
    _Family("crash-at-end", connection.crash_at_end),
    _Family("wrong-status", connection.wrong_status, "any exit status will do"),
)


def mutants(lab: Lab, role: Role, program: Program) -> tuple[list[Case], list[Skipped]]:
    """All mutants of the model student `program` that differ from it and from each other."""
    model = Model(lab, role, program)
    seen = {source_of(program)}
    cases: list[Case] = []
    skipped: list[Skipped] = []
    for family in _FAMILIES:
        made = list(family.make(model))
        beside = family.several or family.files or family.rare
        if not made and ((family.made and not model.is_made) or beside):
            continue
        playable = [one for one in made if agree(one.program.paths) is None]
        for one in playable:
            text = source_of(one.program)
            if text not in seen:
                name = _free(one.id, {case.id for case in cases})
                cases.append(
                    Case(id=name, role=role, kind="mutant", what=one.what, program=one.program,
                         touches=one.touches)
                )  # fmt: skip
            seen.add(text)
        if not playable:
            why = "then nothing tells one scenario from another" if made else family.none
            skipped.append(Skipped(id=family.id, role=role, kind="mutant", why=why))
    return cases, skipped


def _free(name: str, taken: set[str]) -> str:
    """The name, or one like it: the same two messages may be swapped in two places."""
    number = 2
    while (found := name if number == 2 else f"{name}~{number - 1}") in taken:
        number += 1
    return found
