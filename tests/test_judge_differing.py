"""What is told of a message that is not what was asked for."""

from __future__ import annotations

import report_samples
from msgspec.structs import replace

from grader import transcript as tr
from grader.judge.checks import check
from grader.lab.load import load_lab
from grader.lab.model import Action
from grader.resources import scenarios_root

LAB = load_lab(scenarios_root() / "mini-http")
PAGES = LAB.scenario("server-pages")
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\r\n"
MENU = "Crème brûlée : 4 €"


def told(reply: bytes) -> str:
    """What is said of the reply for /menu, on the second connection."""
    done = [n for n, s in enumerate(PAGES.steps) if s.action is Action.RECEIVE][1]
    made = tr.Connected(t=0, local=("127.0.0.1", 4), remote=("127.0.0.1", 8080))
    entries: list[tr.AnyEntry] = [
        made,
        tr.Closed(t=1, how="close"),
        made,
        tr.Received(t=2, data=reply),
        tr.Step(t=3, index=done, status="done", reason="received"),
        tr.Ended(t=4, outcome="stuck"),
    ]
    run = tr.of(replace(report_samples.header(PAGES.id), texts={}, port=8080), entries)
    found = [f for f in check(run, LAB, PAGES) if f.criterion == "server.form"]
    return found[0].what.in_language("en")


def test_a_length_that_counts_less_than_what_came_is_told_with_both_numbers() -> None:
    body = MENU.encode()
    assert "announces 18 bytes, and 23 arrived" in told(HEAD.format(len(MENU)).encode() + body)
    assert "announces" not in told(HEAD.format(len(body)).encode() + body)
    other = HEAD.format(len(body)).replace("text/plain", "text/html").encode() + body
    assert "announces" not in told(other)
