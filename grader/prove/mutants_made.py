"""Mutants that are wrong in what is no plain text: its bytes, its framing, its screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from grader.lab.model import Action, ExpectStdout, Formed, Generated, Message
from grader.prove.asked import graded
from grader.prove.changes import (
    Made,
    Model,
    instead,
    mapped,
    named,
    prints,
    sends,
    touched,
)
from grader.prove.plan import ONE_READ, Act, Exit, Path, Print, Read, Say, Send, Write
from reference.framing import Framing, Line, Prefix, Until
from reference.templates import RenderError


def other_bytes(model: Model) -> Iterator[Made]:
    """A message has other bytes."""
    return _spoiled(model, "alter-bytes", "other", "sends {name} with other bytes")


def cut_bytes(model: Model) -> Iterator[Made]:
    """Half of a message is sent."""
    return _spoiled(model, "cut-bytes", "short", "sends half of {name}")


def unframed(model: Model) -> Iterator[Made]:
    """A message is sent without its framing."""
    return _spoiled(
        model, "unframed", "unframed", "sends {name} without its framing", Line, Until, Prefix
    )


def other_order(model: Model) -> Iterator[Made]:
    """The bytes of a length are turned round."""
    what = "sends the length of {name} with its bytes turned round"
    return _spoiled(model, "length-order", "order", what, Prefix)


def other_length(model: Model) -> Iterator[Made]:
    """A length counts one byte too many."""
    what = "announces one byte too many for {name}"
    return _spoiled(model, "length-count", "length", what, Prefix)


def _spoiled(
    model: Model, kind: str, spoiled: str, what: str, *framings: type[Framing]
) -> Iterator[Made]:
    empty = _empty(model)
    for send in model.sends:
        if send.made is None or (framings and not isinstance(send.framing, framings)):
            continue
        if spoiled in ("other", "short", "order") and empty.issuperset(send.messages):
            continue
        name = named(send.messages)
        other = replace(send, spoiled=spoiled)  # type: ignore[arg-type]  # one of the words
        program = model.program.each(instead(sends(send), other))
        yield Made(f"{kind}:{name}", what.format(name=name), touched(send), program)


def _empty(model: Model) -> frozenset[str]:
    """Messages that are their framing alone: an empty line has no bytes to spoil."""
    tables = [model.lab.within(s).messages for s in graded(model.lab, model.role)]
    return frozenset(
        name
        for messages in tables
        for name, message in messages.items()
        if message.framing
        and (body := _made_of_sizes(message, messages)) is not None
        and not message.framing.body_in(message.framing.wrapped(body))
    )


def _made_of_sizes(message: Message, messages: Mapping[str, Message]) -> bytes | None:
    """A text as long as the message, where what it is made of has lengths that are known."""
    content = message.content
    if isinstance(content, Generated):
        return b"?" * content.size
    if not isinstance(content, Formed):
        return None
    values = {
        name: None if name not in messages else _made_of_sizes(messages[name], messages)
        for name in content.template.names
    }
    known = {name: value for name, value in values.items() if value is not None}
    with suppress(RenderError):
        return content.template.render(known)
    return None


def one_recv(model: Model) -> Iterator[Made]:
    """It takes what one recv() returns for a message, where messages come in pieces or together.

    Plain words that come together are told apart by whoever prints them: that is right. So is it to
    read a part of what nobody asks for.
    """
    modes = {"split", "coalesced"} if model.is_made else {"split"}
    cut = {
        name
        for scenario in graded(model.lab, model.role)
        for step in scenario.steps
        if step.action is Action.SEND and step.delivery.mode in modes
        for name in step.messages
    }
    # By its form a message is not even known without its framing, be it cut or not.
    asked = {name for names in model.reads for name in names} if cut and model.is_made else cut
    if not any(_uses_from(path, asked) for path in model.program.paths):
        return

    def once(act: Act) -> tuple[Act, ...]:
        if not isinstance(act, Read):
            return (act,)
        form = replace(act.form, framing=None) if act.form is not None else None
        return (replace(act, amount=ONE_READ, form=form),)

    program = model.program.each(mapped(once))
    if program != model.program:
        what = "takes what one recv() returns for a message"
        touches = model.names_from(lambda act: isinstance(act, Read))
        yield Made("one-recv", what, touches, program)


def _uses_from(path: Path, names: set[str]) -> bool:
    """Whether it says, prints or writes something of these messages, or of what it reads later."""
    reads = [act for act in path if isinstance(act, Read)]
    at = next((i for i, act in enumerate(reads) if names & {*act.messages}), len(reads))
    messages = {name for act in reads[at:] for name in act.messages}
    taken = {name for act in reads[at:] if act.form is not None for name in act.form.takes}

    def uses(act: Act) -> bool:
        if isinstance(act, Send | Print | Write) and act.made is not None:
            return bool(act.made.names & taken)
        said = isinstance(act, Print) or (isinstance(act, Send) and act.echo)
        return said and bool(messages & {*getattr(act, "messages", ())})

    return any(map(uses, path))


def half_print(model: Model) -> Iterator[Made]:
    """Half of something is printed."""
    for names in model.prints:
        if not model.is_made_print(names):
            continue
        wanted = prints(names)

        def half(act: Act) -> tuple[Act, ...]:
            return (replace(act, half=True) if isinstance(act, Print) and wanted(act) else act,)  # noqa: B023

        name = named(names)
        program = model.program.each(mapped(half))
        touches = touched(Print(messages=names))
        yield Made(f"half-print:{name}", f"prints half of {name}", touches, program)


def tells(model: Model) -> Iterator[Made]:
    """Something is printed that should not be."""
    for scenario in graded(model.lab, model.role):
        for e in scenario.expect:
            if not isinstance(e, ExpectStdout) or e.how != "absent":
                continue
            message: Message = model.lab.within(scenario).messages[e.message]
            if not message.text:
                continue
            said = Say(message.text)
            program = model.program.each(
                lambda path, said=said: (
                    (*path[:-1], said, path[-1])  # type: ignore[misc]
                    if isinstance(path[-1], Exit)
                    else path
                )
            )
            touches = (f"stdout-absent:{e.message}",)
            yield Made(f"tells:{e.message}", f"prints {e.message}", touches, program)
