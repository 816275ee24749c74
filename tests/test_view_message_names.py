"""Messages as a page calls them."""

from __future__ import annotations

import pytest
from report_samples import header

from grader import transcript as tr
from grader.view.message_names import QUOTED, MessageNames, beginning
from grader.view.words import words


def names(*sent: tuple[str, ...], **texts: str) -> MessageNames:
    entries: list[tr.AnyEntry] = [tr.Sent(t=1, data=b"x", messages=each) for each in sent]
    top = header()
    top.texts.clear()
    top.texts.update(texts)
    return MessageNames(tr.of(top, [*entries, tr.Ended(t=2, outcome="completed")]), words("en"))


@pytest.mark.parametrize(
    ("sent", "asked", "called"),
    [
        (("a",), "a", "message"),
        (("a", "b"), "b", "second message"),
        (("a", "b", "a", "c"), "c", "third message"),
        (("a", "b", "c", "d"), "d", "message 4"),
        ((), "z", "first message"),
    ],
)
def test_what_was_sent_is_called_by_its_place(
    sent: tuple[str, ...], asked: str, called: str
) -> None:
    assert names(*((one,) for one in sent)).sent([asked], "{names}") == called


def test_messages_sent_together_are_quoted() -> None:
    told = names(("a", "b"), a="Bonjour", b="Au\nrevoir").sent(["a", "b"], "{names}, together")
    assert told == "“Bonjour”, “Au revoir”, together"


def test_a_long_one_is_cut_and_one_without_a_text_has_its_name() -> None:
    long = names(a="x" * QUOTED + "y")
    assert long.quoted(["a", "block"]) == f"“{'x' * QUOTED}…”, block"


def test_a_beginning_shows_what_is_invisible() -> None:
    assert beginning("\x00\u202ea", words("fr")) == "«\u00a0\\x00\\u202ea\u00a0»"
    assert beginning(" \n", words("fr")) == ""
