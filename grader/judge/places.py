"""Lines of a program that have to do with a mistake: read off its text, and deciding nothing.

Each of these takes the program's lines and returns the numbers (from 1) of those worth a look,
in order; none where it is not clear which. They go by the look of a line: a text that is no
Python, or cut anywhere, yields fewer lines and never an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

MOST = 6
"""Lines that are still a place to look at; more would be the whole program."""
BEGINNING = 12
"""Characters by which a message is known in a program."""

Lines = Sequence[bytes]

_COMMENT = re.compile(rb"\s*(?:#|//|import\b|from\b)")
_EXCEPT = re.compile(rb"except\b[^:]{0,200}:")
_AS = re.compile(rb"\bas\s+(\w{1,80})\s*:")
_TELLS = re.compile(rb"\braise\b|traceback|exc_info|\.exception\(")
_PRINT = re.compile(rb"\bprint\s*\(")
_RECEIVE_LOST = re.compile(rb"(?:\w+\.){1,5}recv\s*\([^()]{0,80}\)\s*(?:#|$)")
_PRINTED_LENGTH = re.compile(rb"\bprint\s*\(.{0,200}\blen\s*\(")
_STDERR = re.compile(rb"\bstderr\b")
_EXIT = re.compile(rb"\b_?exit\s*\(\s*[^)\s]")
_FOREVER = re.compile(rb"\b(?:serve|run)_forever\s*\(")
_CHANGED = re.compile(
    rb"\bprint\s*\(.{0,200}\.(?:upper|lower|title|capitalize|swapcase|replace|translate)\s*\("
)
_ACCEPT_KEPT = re.compile(rb"\w\s*=\s*[\w.]{1,80}\.accept\s*\(")
_ACCEPTED = re.compile(rb"(?<![\w.])([\w.]{1,80})\.accept\s*\(")
_TALKS = re.compile(rb"(?<![\w.])([\w.]{1,80})\.(?:recv|recvfrom|send|sendall)\s*\(")
_SEND = re.compile(rb"\.(?:send|sendall)\s*\(")
_RECEIVE = re.compile(rb"\.recv\s*\(")
_READS = re.compile(rb"\.(?:recv|recv_into|recvfrom|recvmsg|read|readinto|readexactly)\s*\(")
_INTO = re.compile(rb"\.recv_into\s*\(")
_LOOP = re.compile(rb"\s*(?:while|for)\b")
_WITH = re.compile(rb"\s*(?:async\s+)?with\b")
_CALLED = re.compile(rb"\btarget\s*=\s*[\w.]{1,80}\s*\(|\bstart_new_thread\s*\(\s*[\w.]{1,80}\s*\(")
_JOIN = re.compile(rb"\.join\s*\(\s*\)")
_STRING = re.compile(rb"""(?<![\w'"])[bBfFrRuU]{0,2}(['"])([^'"\\]{%d,400}|[^"\\]{%d,400}(?="))\1"""
                     % (BEGINNING, BEGINNING))  # fmt: skip
_CASE = re.compile(rb"\.(?:upper|lower|title|capitalize|swapcase)\s*\(")
_ALIKE = 0.6
"""From which on a text was meant to be another one: the share that the two have in common."""
_MADE_FILE = re.compile(
    rb"(?<![\w.])([\w.]{1,80})\s*(?::[^=]{1,80})?=\s*([\w.]{1,80})\.makefile\s*\("
)
_CLOSED = re.compile(rb"(?<![\w.])([\w.]{1,80})\.close\s*\(")
_LEAVES = re.compile(rb"\b(?:with|for|return|yield|closing|close|enter_context)\b")
"""Lines in which something may be closed, or handed to who closes it."""
_WAITED = re.compile(rb"(\w{1,80})\.(?:wait|acquire|join|get)\s*\(")
_NAMES = re.compile(rb"(?<![\w.'\"])[A-Za-z_]\w{0,79}(?![\w'\"(.])")


def hidden_errors(lines: Lines) -> tuple[int, ...]:
    """The only `except` that neither raises nor names what it caught, and the `try` before it."""
    found = [n for n, line in enumerate(lines, 1) if _hides(lines, n, line)]
    if len(found) != 1:
        return ()
    caught = lines[found[0] - 1]
    for number in range(found[0] - 1, 0, -1):
        line = lines[number - 1]
        if _indent(line) == _indent(caught) and line.lstrip().startswith(b"try"):
            return number, found[0]
    return (found[0],)


def _hides(lines: Lines, number: int, line: bytes) -> bool:
    if (caught := _EXCEPT.match(line.lstrip())) is None:
        return False
    named = _AS.search(caught[0])
    body = [line.lstrip()[caught.end() :], *_block(lines, number)]
    return not any(
        _TELLS.search(said) or (named is not None and _mentions(said, named[1])) for said in body
    )


def _block(lines: Lines, number: int) -> Iterable[bytes]:
    """The lines below that are farther in than line `number`."""
    for line in lines[number:]:
        if line.strip() and _indent(line) <= _indent(lines[number - 1]):
            return
        yield line


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _mentions(line: bytes, name: bytes) -> bool:
    return re.search(rb"\b%s\b" % re.escape(name), line) is not None


def written_prints(lines: Lines, texts: Iterable[str]) -> tuple[int, ...]:
    """Prints of a message that stands in the program, and reads of which nothing is kept."""
    known = [text[:BEGINNING].encode() for text in texts if len(text) >= BEGINNING]
    prints = {
        n
        for n, line in enumerate(lines, 1)
        if _PRINT.search(line) and not _COMMENT.match(line) and any(k in line for k in known)
    }
    if not prints:
        return ()
    lost = {n for n, line in enumerate(lines, 1) if _RECEIVE_LOST.match(line.lstrip())}
    for found in (prints | lost, prints):
        if len(found) <= MOST:
            return tuple(sorted(found))
    return ()


def printed_lengths(lines: Lines) -> tuple[int, ...]:
    """Prints of how long something is."""
    return _all_of(lines, _PRINTED_LENGTH)


def error_outputs(lines: Lines) -> tuple[int, ...]:
    """Where something goes to the error channel."""
    return _all_of(lines, _STDERR)


def reads(lines: Lines) -> tuple[int, ...]:
    """Where so many bytes at most are asked for."""
    return _all_of(lines, _READS)


def loop_reads(lines: Lines, number: int) -> tuple[int, ...]:
    """The innermost loop around a line, or on it, and the reads in it; nothing where it reads not.

    A program that turns in a loop is found on any of its lines: all of them tell the same. A `for`
    that does not read goes through what was read: the loop around it is meant.
    """
    found = reads(lines)
    if not found or not 1 <= number <= len(lines):
        return ()
    for begin in range(number, 0, -1):
        loop = _LOOP.match(lines[begin - 1])
        if loop is None or number > (end := begin + len(list(_block(lines, begin)))):
            continue
        if inside := tuple(n for n in found if begin <= n <= end):
            return (begin, *inside)
        if not loop[0].endswith(b"for"):
            return ()
    return ()


def withs(lines: Lines, numbers: Iterable[int]) -> tuple[int, ...]:
    """Those of the lines that begin a `with`."""
    return tuple(n for n in numbers if _WITH.match(lines[n - 1]))


def read_into(lines: Lines) -> int | None:
    """The line of the only read, where it is one into a buffer of the program's own."""
    found = reads(lines)
    if len(found) != 1 or _INTO.search(lines[found[0] - 1]) is None:
        return None
    return found[0]


def held_files(lines: Lines) -> tuple[int, ...]:
    """Where makefile() gives a name to what nothing closes, and its connection is closed.

    A connection is open until what makefile() gave is closed, too (Python, socket.makefile()).
    """
    closed = {name for line in lines for name in _CLOSED.findall(line)}
    leaving = [line for line in lines if _LEAVES.search(line)]
    made = ((n, _MADE_FILE.search(lines[n - 1])) for n in _all_of(lines, _MADE_FILE))
    return tuple(
        n
        for n, found in made
        if found and found[2] in closed and not any(_mentions(x, found[1]) for x in leaving)
    )


def sends(lines: Lines) -> tuple[int, ...]:
    """Where something is sent."""
    return _all_of(lines, _SEND)


def held_threads(lines: Lines) -> tuple[int, ...]:
    """Where a function is called in the place of being handed to a thread; else the join()s."""
    return _all_of(lines, _CALLED) or _all_of(lines, _JOIN)


def unlike(lines: Lines, texts: Iterable[str]) -> tuple[int, ...]:
    """Texts of the program that were meant to be one of `texts` and are not."""
    known = [text for text in texts if len(text) >= BEGINNING]
    found = [
        n
        for n, line in enumerate(lines, 1)
        if not _COMMENT.match(line) and not _PRINT.search(line) and _differs(line[:1000], known)
    ]
    return tuple(found) if len(found) <= MOST else ()


def closers(lines: Lines, number: int) -> tuple[int, ...]:
    """Where the socket of a line is closed: close() on it, or the end of a `with`."""
    if not 1 <= number <= len(lines) or (used := _ACCEPTED.search(lines[number - 1])) is None:
        return ()
    name = re.escape(used[1])
    closing = re.compile(rb"\bwith\s+%s\s*[:,]|(?<![\w.])%s\.close\s*\(" % (name, name))
    return tuple(n for n in _all_of(lines, closing) if n != number)


def _differs(line: bytes, known: Sequence[str]) -> bool:
    for string in _STRING.finditer(line):
        text = string[2].decode("utf-8", "replace")
        if text in known:
            if _CASE.search(line, string.end()):
                return True
        elif any(_alike(text.casefold(), one.casefold()) for one in known):
            return True
    return False


def _alike(text: str, other: str) -> bool:
    likeness = SequenceMatcher(None, other[:400], text, autojunk=False)
    return likeness.quick_ratio() >= _ALIKE and likeness.ratio() >= _ALIKE


def exits(lines: Lines) -> tuple[int, ...]:
    """Where the program says how it ended."""
    return _all_of(lines, _EXIT)


def changed_prints(lines: Lines) -> tuple[int, ...]:
    """Prints that change letters on the way; else the only print."""
    return _all_of(lines, _CHANGED) or _only(_all_of(lines, _PRINT))


def _only(found: tuple[int, ...]) -> tuple[int, ...]:
    return found if len(found) == 1 else ()


def kept_accepts(lines: Lines, number: int) -> tuple[int, ...]:
    """Where accept() is called and what it returns is kept, before line `number`."""
    return tuple(n for n in _all_of(lines, _ACCEPT_KEPT) if n < number)


def same_socket(lines: Lines, number: int) -> tuple[int, ...]:
    """The other lines that send or receive on the socket of a line."""
    if not 1 <= number <= len(lines) or (used := _TALKS.search(lines[number - 1])) is None:
        return ()
    talks = re.compile(rb"(?<![\w.])%s\.(?:recv|recvfrom|send|sendall)\s*\(" % re.escape(used[1]))
    return tuple(n for n in _all_of(lines, talks) if n != number)


def print_in_except(lines: Lines, shown: bytes) -> int | None:
    """The line of an `except` that prints the text `shown`, if no line elsewhere does."""
    caught = {
        n
        for number, line in enumerate(lines, 1)
        if _EXCEPT.match(line.lstrip())
        for n in range(number, number + 1 + len(list(_block(lines, number))))
    }
    said = [
        n
        for n, line in enumerate(lines, 1)
        if _PRINT.search(line) and shown in line and not _COMMENT.match(line)
    ]
    return said[0] if len(said) == 1 and said[0] in caught else None


def loops_of_libraries(lines: Lines) -> tuple[int, ...]:
    """Calls that serve until they are told to stop."""
    return _all_of(lines, _FOREVER)


def _all_of(lines: Lines, call: re.Pattern[bytes]) -> tuple[int, ...]:
    found = [n for n, line in enumerate(lines, 1) if call.search(line) and not _COMMENT.match(line)]
    return tuple(found) if len(found) <= MOST else ()


def first_send(lines: Lines) -> tuple[int, ...]:
    """The first send, where it stands before every read."""
    told = [(n, line) for n, line in enumerate(lines, 1) if not _COMMENT.match(line)]
    sends = [n for n, line in told if _SEND.search(line)]
    reads = [n for n, line in told if _RECEIVE.search(line)]
    return (sends[0],) if sends and reads and sends[0] < reads[0] else ()


def assigned(lines: Lines, number: int) -> tuple[int, ...]:
    """The lines where the names that a call is given get their values, each at one place only."""
    given = lines[number - 1].partition(b"(")[2]
    found = set[int]()
    for name in dict.fromkeys(_NAMES.findall(given)):
        begins = re.compile(rb"\s*%s\s*=(?!=)" % re.escape(name))
        places = [n for n, line in enumerate(lines, 1) if begins.match(line)]
        found.update(places if len(places) == 1 else ())
    found.discard(number)
    return tuple(sorted(found)) if len(found) <= MOST else ()


def waited_for(lines: Lines, number: int) -> tuple[int, ...]:
    """The other lines that mention what a line waits for."""
    if not 1 <= number <= len(lines) or (called := _WAITED.search(lines[number - 1])) is None:
        return ()
    found = [
        n
        for n, line in enumerate(lines, 1)
        if n != number and not _COMMENT.match(line) and _mentions(line, called[1])
    ]
    return tuple(found) if len(found) <= MOST else ()
