"""The table of conditions: which function finds which mistakes, the worst cause first.

How grave and how sure each one is, and what is said of it, is data (`grader.lab.catalogue`);
its `rank` decides between two causes of the same loss, and this order where ranks are equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grader.judge import (
    addresses,
    builds,
    concurrency,
    crashes,
    endings,
    exchange,
    framing,
    memory,
    outputs,
    requests,
)
from grader.judge.facts import Facts
from grader.judge.hit import Hit

Look = Callable[[Facts], Hit | None]


@dataclass(frozen=True)
class Condition:
    """A pure function of one run, and the ids of the mistakes that it can find."""

    look: Look
    ids: tuple[str, ...]
    plain: bool = False
    """Only where all messages of the scenario are words of the statement, without framing."""

    def found(self, facts: Facts) -> Hit | None:
        """The mistake, where it can be told in a scenario of this kind."""
        if self.plain and not facts.is_plain:
            return None
        return self.look(facts)


CAUSES: tuple[Condition, ...] = (
    Condition(builds.compile_error, ("compile-error",)),
    Condition(addresses.other_port, ("other-port-or-host", "port-byte-order")),
    Condition(addresses.one_interface, ("bound-to-one-interface",)),
    Condition(crashes.crash, crashes.CRASHES),
    Condition(crashes.task_crash, crashes.CRASHES),
    Condition(endings.missing_argument, ("missing-argument",)),
    Condition(framing.length_prefix, ("length-prefix-wrong",)),
    Condition(framing.wrong_length, ("length-prefix-wrong",)),
    Condition(framing.prefix_eaten, ("length-prefix-wrong",), plain=True),
    Condition(addresses.datagram, ("datagram-instead-of-stream",)),
    Condition(addresses.stream, ("datagram-instead-of-stream",)),
    Condition(endings.waits_for_keyboard, ("waits-for-keyboard",)),
    Condition(endings.sleeps, ("sleeps-too-long",)),
    Condition(addresses.no_listen, ("no-listen",)),
    Condition(addresses.never_accepts, ("never-accepts",)),
    Condition(concurrency.two_readers, ("two-readers-one-socket",)),
    Condition(concurrency.waits_for_thread, ("thread-called-not-started",)),
    Condition(concurrency.sequential, ("sequential-server",)),
    Condition(concurrency.accept_once, ("accept-once",)),
    Condition(concurrency.reconnects, ("reconnects-each-message",)),
    Condition(exchange.swapped, ("swapped-messages",), plain=True),
    Condition(memory.sizeof_pointer, ("sizeof-pointer",), plain=True),
    Condition(framing.partial_send, ("partial-send-ignored",), plain=True),
    Condition(memory.buffer_remains, ("buffer-not-terminated",), plain=True),
    Condition(exchange.wrong_text, ("wrong-text",), plain=True),
    Condition(exchange.both_wait, ("both-wait-first",)),
    Condition(exchange.speaks_first, ("speaks-first",)),
    Condition(outputs.prints_what_it_sent, ("hard-coded-output",)),
    Condition(outputs.prints_to_stderr, ("prints-to-stderr",)),
    Condition(outputs.prints_length, ("prints-length-only",), plain=True),
    Condition(framing.missing_terminator, ("missing-terminator",), plain=True),
    Condition(framing.unterminated, ("missing-terminator",)),
    Condition(framing.bare_line_feeds, ("line-ending-mix",)),
    Condition(exchange.cut_short, ("one-recv-is-one-message",), plain=True),
    Condition(requests.answers_at_the_end, ("waits-for-end-of-stream",)),
    Condition(requests.answers_a_piece, ("one-recv-is-one-message",)),
    Condition(requests.answers_some, ("one-recv-is-one-message",)),
    Condition(endings.endless, ("endless-loop", "ignores-end-of-stream")),
    Condition(exchange.peeked, ("closes-with-unread-data",), plain=True),
    Condition(exchange.never_receives, ("never-receives", "closes-with-unread-data")),
    Condition(exchange.one_recv, ("one-recv-two-messages",), plain=True),
    Condition(requests.stops_reading, ("one-recv-two-messages",)),
    Condition(exchange.gave_up, ("error-swallowed",)),
    Condition(exchange.leaves_early, ("leaves-early",)),
    Condition(exchange.message_missing, ("second-message-missing",), plain=True),
    Condition(memory.not_flushed, ("output-not-flushed",)),
    Condition(outputs.no_print, ("no-print",)),
    Condition(outputs.altered, ("output-altered",)),
    Condition(endings.waits_for_end, ("waits-for-end-of-stream",)),
    Condition(endings.never_closes, ("never-closes",)),
    Condition(endings.accepts_again, ("endless-loop",)),
    Condition(memory.faults_after_departure, ("error-result-used",)),
    Condition(memory.writes_to_nobody, ("writes-after-close",)),
    Condition(endings.status, ("exit-status",)),
    Condition(endings.still_running, ("endless-loop",)),
)
"""Causes of lost points (and of what advice runs miss)."""

REMARKS: tuple[Condition, ...] = (
    Condition(outputs.pressed_enter, ("waits-for-keyboard",)),
    Condition(outputs.merged, ("merged-messages",), plain=True),
    Condition(concurrency.reconnects, ("reconnects-each-message",)),
    Condition(memory.buffer_remark, ("buffer-not-terminated",), plain=True),
    Condition(framing.unterminated, ("missing-terminator",)),
    Condition(framing.line_endings, ("line-ending-mix",), plain=True),
    Condition(builds.compile_warning, ("compile-warning",)),
)
"""What costs nothing and should be known. `bytes-repr` and `extra-output` come of findings."""

ELSEWHERE: tuple[str, ...] = (
    "missing-file",
    "empty-program",
    "hard-coded-output",
    "bytes-repr",
    "extra-output",
)
"""Found without a run, in two runs, or in findings: `grader.judge.diagnosis`."""


def all_ids() -> frozenset[str]:
    """The id of every mistake that can be found."""
    found = {name for condition in (*CAUSES, *REMARKS) for name in condition.ids}
    return frozenset(name.partition("/")[0] for name in (*found, *ELSEWHERE))
