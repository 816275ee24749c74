"""Messages as a page calls them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from report_samples import header

from grader import transcript as tr
from grader.lab.model import AnyOf, Formed, Generated, Message, Text
from grader.view.message_names import QUOTED, MessageNames, beginning
from grader.view.student_words import page_words
from grader.view.words import words
from reference.templates import Name, Template


def sent(*messages: str, to: str = "") -> tr.Sent:
    return tr.Sent(t=1, data=b"x", messages=messages, connection=to)


def names(*entries: tr.Sent, messages: Sequence[Message] = (), **texts: str) -> MessageNames:
    top = header()
    top.texts.clear()
    top.texts.update(texts)
    run = tr.of(top, [*entries, tr.Ended(t=2, outcome="completed")])
    return MessageNames(run, page_words("en"), {m.name: m for m in messages}, "en")


@pytest.mark.parametrize(
    ("before", "asked", "called"),
    [
        (("a",), "a", "message"),
        (("a", "b"), "b", "second message"),
        (("a", "b", "a", "c"), "c", "third message"),
        (("a", "b", "c", "d"), "d", "message 4"),
        ((), "z", "first message"),
    ],
)
def test_what_was_sent_is_called_by_its_place(
    before: tuple[str, ...], asked: str, called: str
) -> None:
    assert names(*map(sent, before)).sent(sent(asked)) == called


def test_each_connection_counts_its_own_messages() -> None:
    told = names(sent("a", to="bob"), sent("b", to="bob"), sent("a", to="carol"))
    assert told.sent(sent("b", to="bob")) == "second message"
    assert told.sent(sent("a", to="carol")) == "message"


def test_messages_sent_together_are_counted() -> None:
    assert names(sent("a", "b")).sent(sent("a", "b")) == "2 messages in one send"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (Message(name="m", text="Ici Bob"), "“Ici Bob”"),
        (Message(name="m", content=Formed(Template((b"RESULT ", Name("a"))))), "“RESULT …”"),
        (Message(name="m", content=Formed(Template((Name("a"), b"\n")))), "a message"),
        (Message(name="m", content=Generated(size=20, kind="text")), "20 bytes of text"),
        (Message(name="m", says=Text({"en": "ERR"}), content=AnyOf(("a",))), "ERR"),
        (Message(name="m", content=AnyOf(("a", "b"))), "a message"),
    ],
)
def test_a_message_is_never_called_by_the_name_that_a_lab_gives_it(
    message: Message, told: str
) -> None:
    assert names(messages=[message]).told(["m"]) == told
    assert names().told(["m"]) == "a message"


def test_a_long_one_is_cut() -> None:
    assert names(a="x" * QUOTED + "y").told(["a"]) == f"“{'x' * QUOTED}…”"


def test_a_beginning_shows_what_is_invisible() -> None:
    assert beginning("\x00\u202ea", words("fr")) == "«\u00a0\\x00\\u202ea\u00a0»"
    assert beginning(" \n", words("fr")) == ""
