"""What is wrong with a message that came: the sentence that says most of it."""

from __future__ import annotations

from grader.judge.facts import Arrival, Facts
from grader.lab.model import Text
from grader.lab.words import Answer
from reference.framing import Prefix

_MANY = 1 << 20


def what_is_wrong(facts: Facts, arrival: Arrival) -> tuple[str, dict[str, object]]:
    """The key of a sentence, and what it is filled in with."""
    answer = arrival.answer
    if answer is None:
        return "receive.wrong", {}
    message = facts.lab.messages[arrival.message]
    framing = message.framing
    announced = framing.announced(arrival.data) if framing is not None else None
    if not answer.whole and announced is not None and framing is not None:
        came = len(answer.body) if isinstance(framing, Prefix) else _behind(arrival)
        told: dict[str, object] = {"announced": announced, "came": came}
        return ("receive.length" if announced < _MANY else "receive.length.huge"), told
    if announced is not None and (more := _left_over(facts, arrival)):
        return "receive.length", {"announced": announced, "came": _behind(arrival) + more}
    if answer.expected is None:
        return _not_of_that_form(message.says)
    return _bytes(answer, arrival)


def _behind(arrival: Arrival) -> int:
    """Bytes behind the blank line of a head."""
    return len(arrival.data.partition(b"\r\n\r\n")[2])


def _left_over(facts: Facts, arrival: Arrival) -> int:
    """Bytes that came along behind a whole message with a head, and that no other one took."""
    if b"\r\n\r\n" not in arrival.data:
        return 0
    for session in facts.sessions:
        if not any(one is arrival for one in session.arrivals):
            continue
        stop = arrival.span.stop
        begins = [a.span.start for a in session.arrivals if a.came and a.span.start >= stop]
        ends = [end for _, begin, end in session.stream.chunks if begin < stop <= end]
        return max(0, min([*ends[:1], *begins]) - stop) if ends else 0
    return 0


def _not_of_that_form(says: Text | None) -> tuple[str, dict[str, object]]:
    if says is None:
        return "receive.form", {}
    return "receive.form.said", {"says": says}


def _bytes(answer: Answer, arrival: Arrival) -> tuple[str, dict[str, object]]:
    """How many bytes came, and where they differ first."""
    expected = answer.expected or b""
    came, wanted = len(answer.body), len(expected)
    at = arrival.match.difference
    told: dict[str, object] = {"came": came, "wanted": wanted, "at": (at or 0) + 1}
    if came < wanted and expected.startswith(answer.body):
        return "receive.short", told
    if came > wanted and answer.body.startswith(expected):
        return "receive.more", told
    if _is_text(expected) and _is_text(answer.body) and wanted < 200:
        return "receive.wrong", {}
    return ("receive.bytes.same" if came == wanted else "receive.bytes"), told


def _is_text(data: bytes) -> bool:
    """Whether bytes are best shown as a text."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\r\n\t" for c in text)
