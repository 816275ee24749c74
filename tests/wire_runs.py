"""Transcripts of small runs, for tests of frames and comments."""

from __future__ import annotations

from grader import transcript as tr

REFERENCE = ("127.0.0.1", 40000)
PROGRAM = ("127.0.0.1", 65432)
HELLO = "Bonjour à tous".encode()


def run(
    *entries: tr.AnyEntry, role: str = "server", started: str = "2026-01-02T03:04:05.5+00:00"
) -> tr.Transcript:
    """A transcript of these entries and an end."""
    header = tr.Header(
        run="nominal", scenario="nominal", role=role, program="serveur.py", texts={}, port=65432,
        delivery="separate", seed="0", isolation="none", facts="kernel",
        interpreter="python3", started=started,
    )  # fmt: skip
    return tr.of(header, [*entries, tr.Ended(t=10_000, outcome="completed")])


def nominal() -> tr.Transcript:
    """A server's run: greeting, one message in two pieces, and the program closes first."""
    return run(
        tr.Connected(t=1000, local=REFERENCE, remote=PROGRAM),
        tr.Received(t=2000, data=b"welcome"),
        tr.Sent(t=3000, data=HELLO[:9], messages=("hello",), piece=1, pieces=2),
        tr.Sent(t=4000, data=HELLO[9:], messages=("hello",), piece=2, pieces=2),
        tr.EndOfStream(t=5000),
        tr.Closed(t=6000, how="close"),
    )
