"""Names that a client may have dialled in vain, read in its text."""

from __future__ import annotations

import pytest

from grader.run.othernames import other_names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b'connect("chat.sock")', []),
        (b'connect("./chat.sock")', []),
        (b'connect("Chat.sock")', ["Chat.sock"]),
        (b"connect('/tmp/chat.sock')", ["/tmp/chat.sock"]),
        (b'connect("\\0chat")', ["@chat"]),
        (b'connect("/etc/chat.sock"); connect("../x.sock"); connect("a/b.sock")', []),
        (b'print("bonjour"); s = socket.socket(); s.send("hello.s")', ["hello.s"]),
        (b'"a.sock" "b.sock" "c.sock"', ["a.sock", "b.sock"]),
    ],
)
def test_names_in_a_text(text: bytes, found: list[str]) -> None:
    assert other_names(text, "chat.sock", private=True) == found


def test_on_a_shared_machine_nothing_is_made_outside_of_the_folder() -> None:
    text = b'connect("/tmp/chat.sock"); connect("\\0chat"); connect("chut.sock")'
    assert other_names(text, "chat.sock", private=False) == ["chut.sock"]
