"""Calls by the names that their author wrote, where the line tells them."""

from __future__ import annotations

import pytest

from grader.judge.own_calls import only_text, only_words, own_text, own_words
from grader.lab.model import Text

LINES = {
    3: "print(f.readline().decode())",
    4: "data = s.recv(1024)",
    5: "boite = lire(s.recv(8), f.readline())",
    6: "server.serve_forever()",
    7: "for line in f:",
    8: "  String line = in.readLine();",
    9: "  n = read(fd, buffer, sizeof buffer);",
    10: "let n = stream.read_line(&mut line)?;",
    11: "while (fgets(line, 80, in)) {",
    12: "  thread_read(fd);",
    13: "conn, err := listener.Accept()",
    14: "  socket.receive(packet);",
}


def line_of(number: int) -> str:
    return LINES.get(number, "")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("attend dans recv(), ligne\u00a03.", "attend dans readline(), ligne\u00a03."),
        ("waits in recv() (line 3)", "waits in readline() (line 3)"),
        ("waits in recv(), line 4", "waits in recv(), line 4"),
        ("waits in recv(), line 5", "waits in recv(), line 5"),
        ("waits in accept(), line 6", "waits in serve_forever(), line 6"),
        ("waits in recv(), line 7", "waits in recv(), line 7"),
        ("waits in recv(), line 8", "waits in readLine(), line 8"),
        ("waits in recv() (line 9)", "waits in read() (line 9)"),
        ("waits in recv(), line 10", "waits in read_line(), line 10"),
        ("waits in recv(), line 11", "waits in fgets(), line 11"),
        ("waits in recv(), line 12", "waits in recv(), line 12"),
        ("waits in accept(), line 13", "waits in Accept(), line 13"),
        ("waits in recv(), line 14", "waits in receive(), line 14"),
        ("recv() returns bytes; line 3", "recv() returns bytes; line 3"),
        ("waits in recv(), line 99", "waits in recv(), line 99"),
    ],
)
def test_a_call_has_the_name_of_its_line(said: str, told: str) -> None:
    assert own_words(said, line_of) == told


def test_a_text_that_says_it_already_is_itself() -> None:
    text = Text({"en": "waits in recv(), line 4"})
    assert own_text(text, line_of) is text
    assert own_text(Text({"en": "in recv(), line 3"}), line_of).in_language("en") == (
        "in readline(), line 3"
    )


JAVA = ("Socket c = s.accept();", "String un = in.readLine();", "String deux = in.readLine();")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (JAVA, "waits in readLine(): it"),
        ((*JAVA, "int n = in.read(b);"), "waits in recv(): it"),
        ((*JAVA, "n = recv(fd);"), "waits in recv(): it"),
        ((), "waits in recv(): it"),
    ],
)
def test_the_only_call_of_its_kind_has_its_name_where_no_line_is_known(
    lines: tuple[str, ...], told: str
) -> None:
    assert only_words("waits in recv(): it", lines) == told


def test_what_a_call_does_is_not_said_of_another_one() -> None:
    said = Text({"en": "recv() returns bytes; in recv(), line 3; waits in accept()."})
    assert only_text(said, JAVA) is said
