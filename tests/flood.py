"""What judging and showing a flood costs: run as a script, it prints peak memory in MiB.

    python tests/flood.py KIND RUNS

A program prints, complains and sends up to its limits in each of RUNS runs: 1 MiB of stdout,
1 MiB of stderr, 8 MiB on the wire. The first number is what the process held before judging
(the interpreter, the modules, the transcripts), the second its peak.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

MS = 1_000_000
MIB = 2**20
KINDS = ("lines", "bytes", "marks", "message", "tracebacks", "one-line")


def flood(kind: str, size: int) -> bytes:
    """So many bytes of that kind."""
    from transcripts import GREETING, HELLO

    piece = {
        "lines": b"a line of text\r\n",
        "bytes": bytes(range(256)),
        "marks": "e\u0301\u0301\u202e\u6f22".encode(),
        "message": f"{HELLO}\r\n{GREETING}".encode()[:-1],
        "tracebacks": b'Traceback (most recent call last):\n  File "/submission/serveur.py", '
        b"line 2, in <module>\n    x()\nValueError: x\n",
        "one-line": b"x",
    }[kind]
    return (piece * (size // len(piece) + 1))[:size]


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """As they are read: `size` bytes at a time."""
    return (data[at : at + size] for at in range(0, len(data), size))


def peak_size() -> int:
    """The most memory that this program has had, MiB.

    Not getrusage's: that counts what whoever started us had at that moment.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main() -> None:
    """Judge, and write the page and result.json, once."""
    kind, count = sys.argv[1], int(sys.argv[2])
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    from transcripts import LAB, Play, grade

    from grader import results
    from grader import transcript as tr
    from grader.formats.junit import junit
    from grader.formats.terminal import check_text
    from grader.view.html import student_html

    names = [s.id for s in LAB.scenarios if s.tests != "both"][:count]
    made = []
    for name in names:
        play = Play(name).listens().connected()
        wire = pieces(flood(kind, 8 * MIB), 65536)
        play.entries += [tr.Received(t=MS, data=one) for one in wire]
        play.entries += [tr.Stdout(t=MS, data=x) for x in pieces(flood(kind, MIB), 4096)]
        play.entries += [tr.Stderr(t=MS, data=x) for x in pieces(flood(kind, MIB), 4096)]
        made.append(play.limit("output"))
    before = peak_size()
    graded = grade(*made, sources={"serveur.py": b"x = 1\nx()\n"})
    pages = student_html(LAB, graded, {t.header.run: t for t in made}, (), "fr")
    document = results.encode(results.result(LAB, "full", graded, ()))
    text = check_text(LAB, graded, "fr")
    xml = junit([results.result(LAB, "full", graded)], "fr")
    peak = peak_size()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    print(before, peak, round(used, 1), *map(len, (pages, document, text, xml)))


if __name__ == "__main__":
    main()
