"""The moments of one run, in order: what the sequence diagram and its table both show.

`moments` turns a transcript into a short list: bytes that came together are one moment,
steps that went well are not told again, and long exchanges are folded in the middle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from msgspec.structs import replace

from grader import transcript as tr
from grader.judge.unsaid import Unsaid
from grader.lab.model import Message, ReferenceStep
from grader.view.bytes_view import decoded
from grader.view.moment import Kind, Moment, Place
from grader.view.own_program import NOTHING, OwnProgram
from grader.view.telling import Teller
from grader.view.words import byte_count, count, words

MOMENTS_SHOWN = 200
"""Moments of one run before some of the middle are left out."""


def moments(
    transcript: tr.Transcript,
    language: str,
    steps: Sequence[ReferenceStep] = (),
    most: int = MOMENTS_SHOWN,
    own: OwnProgram = NOTHING,
    left_out: Mapping[int, Unsaid] = MappingProxyType({}),
    messages: Mapping[str, Message] = MappingProxyType({}),
) -> tuple[Moment, ...]:
    """What happened, in order, as at most `most` moments.

    `steps` (of the scenario) name the steps that did not come, `left_out` says why the reference
    left some out (`grader.judge.unsaid`); `own` is the program that ran, `messages` are the lab's.
    """
    told = all_moments(transcript, language, steps, own, left_out, messages)
    return cut_short(told, language, most)


def all_moments(
    transcript: tr.Transcript,
    language: str,
    steps: Sequence[ReferenceStep] = (),
    own: OwnProgram = NOTHING,
    left_out: Mapping[int, Unsaid] = MappingProxyType({}),
    messages: Mapping[str, Message] = MappingProxyType({}),
) -> tuple[Moment, ...]:
    """What happened, in order: what came together is one moment, and nothing is left out."""
    teller = Teller(transcript, language, steps, own, left_out, messages)
    return _gathered(_in_order(transcript, teller), language)


def each_moment(
    transcript: tr.Transcript,
    language: str,
    steps: Sequence[ReferenceStep] = (),
    own: OwnProgram = NOTHING,
    messages: Mapping[str, Message] = MappingProxyType({}),
) -> Iterator[Moment]:
    """The moments as `moments` has them, each by itself: nothing gathered, nothing folded."""
    teller = Teller(transcript, language, steps, own, messages=messages)
    for _, moment in _in_order(transcript, teller):
        yield _labelled(moment, language)


def _in_order(transcript: tr.Transcript, teller: Teller) -> Iterator[tuple[int, Moment]]:
    """The moments, each by its entry; what one look found is in the order that it must have had."""
    told = ((i, teller.tell(i, entry)) for i, entry in enumerate(transcript.entries))
    shown = ((i, moment) for i, moment in told if moment is not None)
    server = transcript.header.role == "server"
    return _last_words_last(_connection_first(_start_first(shown), teller.own, server=server))


def last_words(rows: Sequence[Moment]) -> str:
    """How it came to an end: the last line of its errors, else where it waited at last."""
    for moment in reversed(rows):
        if moment.kind is Kind.ERROR:
            return decoded(moment.data[-moment.detail.error :].rstrip()).rpartition("\n")[2]
        if moment.kind is Kind.WAIT:
            return moment.label
    return ""


def _start_first(entries: Iterable[tuple[int, Moment]]) -> Iterator[tuple[int, Moment]]:
    """The start of the program before what it was seen to do in the same look."""
    told = iter(entries)
    before: list[tuple[int, Moment]] = []
    for number, moment in told:
        if before and moment.kind is Kind.LIFE and moment.t - before[0][1].t < _ONE_LOOK:
            yield number, replace(moment, t=min(moment.t, before[0][1].t))
            yield from before
            break
        before.append((number, moment))
        if moment.kind is Kind.LIFE or len(before) > _BEFORE_START:
            yield from before
            break
    else:
        yield from before
    yield from told


def _connection_first(
    told: Iterable[tuple[int, Moment]], own: OwnProgram, *, server: bool
) -> Iterator[tuple[int, Moment]]:
    """A connection before what the program printed because of it.

    Each look takes the screen before the wire. Where the program's lines do not tell, a server is
    taken to print once its client is there: the system connects it before accept() returns.
    """
    held: list[tuple[int, Moment]] = []
    for number, moment in told:
        if moment.kind is Kind.SCREEN:
            held.append((number, moment))
            continue
        due = [_is_due_to(moment, printed, own, server=server) for _, printed in held]
        first = due.index(True) if moment.kind is Kind.CONNECT and True in due else len(held)
        yield from held[:first]
        yield number, moment
        yield from ((n, replace(printed, t=moment.t)) for n, printed in held[first:])
        held = []
    yield from held


def _is_due_to(connection: Moment, printed: Moment, own: OwnProgram, *, server: bool) -> bool:
    """Whether a text found in the same look as a connection, before it, was printed after it."""
    apart = connection.t - printed.t
    if connection.kind is not Kind.CONNECT or apart >= _ONE_LOOK:
        return False
    told = own.prints_after(printed.data, connection.call)
    return server and apart < _AT_ONCE if told is None else told


def _last_words_last(told: Iterable[tuple[int, Moment]]) -> Iterator[tuple[int, Moment]]:
    """A traceback after what was found in the same look at the program.

    Each look takes stderr before the wire, whose news may be the older ones. Of a traceback it is
    known: what the program did for itself on the wire, it did before.
    """
    held: list[tuple[int, Moment]] = []
    for number, moment in told:
        late = held and moment.t - held[0][1].t < _ONE_LOOK
        if late and (moment.kind is Kind.CONNECT or _is_data_of_program(moment)):
            held = [(n, replace(m, t=moment.t)) for n, m in held]
            yield number, moment
            continue
        if not late or moment.kind is not Kind.ERROR:
            yield from held
            held = []
        if held or (moment.kind is Kind.ERROR and _TRACEBACK in moment.data):
            held.append((number, moment))
        else:
            yield number, moment
    yield from held


_TRACEBACK = b"Traceback (most recent call last)"
_BEFORE_START = 3
"""Moments that may stand before the start of a program in a record."""
_ONE_LOOK = 1_000_000
"""Nanoseconds: entries of one look are nearer together."""
_AT_ONCE = 300_000
"""Nanoseconds: so near together are only entries of one look."""


def _is_data_of_program(moment: Moment) -> bool:
    return moment.place is Place.TO_REFERENCE and moment.kind is Kind.DATA


def _gathered(told: Iterable[tuple[int, Moment]], language: str) -> tuple[Moment, ...]:
    """Neighbours that are one stream in one direction become one moment."""
    groups: list[list[tuple[int, Moment]]] = []
    for numbered in told:
        if groups and _continues(groups[-1][-1][1], numbered[1]):
            groups[-1].append(numbered)
        else:
            groups.append([numbered])
    return tuple(_labelled(_joined(group), language) for group in groups)


def _joined(group: Sequence[tuple[int, Moment]]) -> Moment:
    (begin, first), end = group[0], group[-1][0]
    if len(group) == 1:
        return replace(first, entries=(begin, end))
    data = b"".join(moment.data for _, moment in group)
    return replace(first, data=data, parts=len(group), entries=(begin, end))


def _continues(last: Moment, new: Moment) -> bool:
    stream = new.kind in (Kind.SCREEN, Kind.ERROR) or new.place is Place.TO_REFERENCE
    same = (last.kind, last.place, last.connection) == (new.kind, new.place, new.connection)
    return stream and bool(new.data) and same


def _labelled(moment: Moment, language: str) -> Moment:
    """Bytes of the program carry no name: they are told by their number."""
    label = moment.label
    if moment.kind is Kind.DATA and moment.place is Place.TO_REFERENCE:
        label = byte_count(len(moment.data), language)
        if moment.parts > 1:
            label = f"{label}, {words(language)['m_pieces'].format(n=moment.parts)}"
    if moment.connection:
        label = f"{moment.connection} · {label}"
    return moment if label == moment.label else replace(moment, label=label)


def cut_short(told: tuple[Moment, ...], language: str, most: int) -> tuple[Moment, ...]:
    """At most `most` (5 or more): the middle of a long exchange becomes one row."""
    hidden = len(told) - most
    if hidden <= 0:
        return told
    tail = most // 2
    head = most - tail - 1
    fold = Moment(
        t=told[head].t,
        place=Place.BETWEEN,
        kind=Kind.FOLD,
        label=words(language)["m_hidden"].format(n=count(hidden + 1, language)),
        entries=(told[head].entries[0], told[head + hidden].entries[1]),
    )
    return (*told[:head], fold, *told[-tail:])


def same_time(rows: Sequence[Moment]) -> tuple[bool, ...]:
    """For each moment, whether it shares its tenth of a millisecond with the one before."""
    tenths = [m.t // 100_000 for m in rows]
    return (False, *(a == b for a, b in pairwise(tenths))) if tenths else ()
