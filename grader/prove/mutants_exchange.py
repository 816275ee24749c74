"""Mutants that are wrong in what they send, read or print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from grader.lab.model import Accents
from grader.letters import without_accents
from grader.prove.changes import (
    Change,
    Made,
    Model,
    Names,
    earlier,
    instead,
    is_shown,
    later,
    named,
    prints,
    reads,
    sends,
    swapped,
    touched,
)
from grader.prove.plan import Accept, Act, Close, On, Path, Print, Read, ReadEnd, Say, Send
from reference.templates import Template

ENCODINGS = {"latin-1": "Latin-1", "cp1252": "CP1252"}
"""Those that a lab may allow beside UTF-8."""

# --- messages sent -----------------------------------------------------------------------


def drop_send(model: Model) -> Iterator[Made]:
    """A message is not sent."""
    for send in model.sends:
        name = named(send.messages)
        program = model.program.each(instead(sends(send)))
        yield Made(f"drop-send:{name}", f"does not send {name}", touched(send), program)


def third_send(model: Model) -> Iterator[Made]:
    """Instead of what may be left out it sends what is then taken for what must come."""
    for send in dict.fromkeys(a for a in model.acts if isinstance(a, Send) and a.optional):
        touches = tuple(name for path in model.program.paths for name in _next_sent(path, send))
        if not touches:
            continue  # nobody looks at what comes there
        made = Template((b"?#@",)) if send.made is not None else None
        other = replace(send, text="?#@", echo=False, made=made, optional=False)
        program = model.program.each(instead(lambda act, send=send: act == send, other))  # type: ignore[misc]
        name = named(send.messages)
        what = f"sends something else instead of {name}, which it may leave out"
        yield Made(f"third-send:{name}", what, touches, program)


def _next_sent(path: Path, send: Send) -> Iterator[str]:
    """The next message that must come: what is none of the two is taken for it."""
    at = path.index(send) + 1 if send in path else len(path)
    for act in path[at:]:
        if isinstance(act, Send) and not act.optional:
            yield from touched(act)
        if isinstance(act, Accept | Close) or (isinstance(act, Send) and not act.optional):
            return


def alter_send(model: Model) -> Iterator[Made]:
    """A message has another text."""
    return _reworded(model, "alter-send", "in other words", _other_words)


def misspell_send(model: Model) -> Iterator[Made]:
    """A message has a letter wrong."""
    return _reworded(model, "misspell-send", "with a letter wrong", _misspelt)


def unaccent_send(model: Model) -> Iterator[Made]:
    """A message has no accents, where the lab requires them."""
    if model.lab.tolerance.accents is Accents.REQUIRED:
        yield from _reworded(model, "unaccent-send", "without accents", without_accents)


def _reworded(model: Model, kind: str, what: str, words: Callable[[str], str]) -> Iterator[Made]:
    for send in model.sends:
        if send.made is not None:
            continue
        other = replace(send, text=words(send.text), echo=False)
        if other.text != send.text:
            name = named(send.messages)
            program = model.program.each(instead(sends(send), other))
            yield Made(f"{kind}:{name}", f"sends {name} {what}", touched(send), program)


def _other_words(text: str) -> str:
    """A text of the same letters that no tolerance takes for it."""
    backwards = text[::-1]
    return backwards if backwards.casefold() != text.casefold() else f"{text[:1]}#@{len(text)}"


def _misspelt(text: str) -> str:
    """The text with one letter, in its middle, changed for another."""
    middle = len(text) // 2
    letters = [at for at, c in enumerate(text) if c.isascii() and c.isalnum()]
    if not letters:
        return text
    at = min(letters, key=lambda at: abs(at - middle))
    return text[:at] + ("x" if text[at] not in "xX" else "z") + text[at + 1 :]


def encoded_send(model: Model) -> Iterator[Made]:
    """Messages are sent in an encoding that the lab does not allow."""
    speaks = [send for send in model.sends if not send.text.isascii() and not send.echo]
    for encoding, shown in ENCODINGS.items():
        if speaks and encoding not in model.lab.tolerance.encodings:
            style = replace(model.program.style, encoding=encoding)
            touches = tuple(name for send in speaks for name in touched(send))
            program = replace(model.program, style=style)
            yield Made(f"{encoding}-send", f"sends {shown}", touches, program)


def constant_send(model: Model) -> Iterator[Made]:
    """What should be an echo is the statement's text."""
    for send in model.sends:
        if send.echo:
            name = named(send.messages)
            program = model.program.each(instead(sends(send), replace(send, echo=False)))
            what = f"sends the statement's {name} whatever it has read"
            yield Made(f"constant-send:{name}", what, touched(send), program)


def swap_sends(model: Model) -> Iterator[Made]:
    """Two messages are sent the other way round."""
    pairs: dict[tuple[Send, Send], None] = {}
    for path in model.program.paths:
        pairs |= dict.fromkeys(pairwise(act for act in path if isinstance(act, Send)))
    for one, other in pairs:
        if (one.text, one.made) != (other.text, other.made):
            names = f"{named(one.messages)},{named(other.messages)}"
            touches = (*touched(one), *touched(other))
            program = model.program.each(swapped(one, other))
            yield Made(
                f"swap-sends:{names}", f"sends {names} the other way round", touches, program
            )


def early_send(model: Model) -> Iterator[Made]:
    """A message is sent before the read that it should have waited for."""
    return _out_of_turn(model, "early-send", "before it reads what comes first", earlier)


def late_send(model: Model) -> Iterator[Made]:
    """A message is sent after the read that should have waited for it."""
    return _out_of_turn(model, "late-send", "only after it has read on", later)


def _out_of_turn(
    model: Model, kind: str, what: str, move: Callable[[Send], Change]
) -> Iterator[Made]:
    for send in model.sends:
        program = model.program.each(move(send))
        if program != model.program:
            name = named(send.messages)
            yield Made(f"{kind}:{name}", f"sends {name} {what}", touched(send), program)


# --- messages read -----------------------------------------------------------------------


def drop_read(model: Model) -> Iterator[Made]:
    """It reads once less, and so takes what comes next, or nothing, for this message."""
    for names in reversed(model.reads):
        if _may_be_left(model, names):
            continue
        name = named(names)
        program = model.program.each(instead(_is_about(names)))
        touches = model.names_from(reads(names))
        yield Made(f"drop-read:{name}", f"reads once less, and so not {name}", touches, program)


def _may_be_left(model: Model, names: Names) -> bool:
    """Whether a program has nothing to do with it but to read it, before it reads to the end.

    Nor has a client before it closes: TCP does not tell who closed just before it came from who
    closed after it (`checks._end`).
    """
    if all(_ends_unused(path, names) for path in model.program.paths):
        return True
    after = [
        path[at:]
        for path in model.program.paths
        for at, act in enumerate(path)
        if isinstance(act, Read) and {*act.messages} <= {*names}
    ]
    return model.role == "client" and not any(
        isinstance(act, Read)
        or (isinstance(act, Send) and not act.optional)
        or (isinstance(act, Print) and {*act.messages} & {*names})
        for rest in after
        for act in rest[1:]
    )


def _ends_unused(path: Path, names: Names) -> bool:
    """Whether nothing but the end is read behind it, and what it says is for nobody."""
    on = ""
    turns: list[tuple[str, Act]] = []
    for act in path:
        if isinstance(act, On):
            on = act.name
        else:
            turns.append((on, act))
    for at, (on, act) in enumerate(turns):
        if not isinstance(act, Read) or act.messages != names:
            continue
        later = (x for x in turns[at + 1 :] if not (isinstance(x[1], Read) and x[0] == on))
        takes = {*act.form.takes} if act.form is not None else set[str]()
        used = (one.made for _, one in turns if isinstance(one, Send | Print) and one.made)
        if next(later, None) != (on, ReadEnd()) or any(made.names & takes for made in used):
            return False
    return True


def _is_about(names: Names) -> Callable[[Act], bool]:
    return lambda act: isinstance(act, Read | Print) and {*act.messages} <= {*names}


# --- the screen --------------------------------------------------------------------------


def silent(model: Model) -> Iterator[Made]:
    """Nothing is printed."""
    if model.prints:
        touches = tuple(f"stdout:{name}" for names in model.prints for name in names)
        yield Made("silent", "prints nothing", touches, model.program.each(instead(is_shown)))


def drop_print(model: Model) -> Iterator[Made]:
    """One message is not printed."""
    return _printed(model, "drop-print", "does not print {name}", lambda _: ())


def only_first(model: Model) -> Iterator[Made]:
    """The first message is printed, and then no other, or itself once more."""
    if len(model.prints) < 2:
        return
    first, *others = model.prints
    touches = tuple(f"stdout:{name}" for names in others for name in names)

    def is_other(act: Act) -> bool:
        return isinstance(act, Print) and act.messages != first

    once = model.program.each(instead(is_other))
    again = model.program.each(instead(is_other, Print(messages=first)))
    yield Made("print-first-only", "prints the first message only", touches, once)
    yield Made("print-first-again", "prints the first message each time", touches, again)


def constant_print(model: Model) -> Iterator[Made]:
    """The statement's text is printed instead of what was read."""
    texts = {name: message.text for name, message in model.lab.messages.items()}
    what = "prints the statement's {name}, not what it has read"
    return _printed(
        model, "constant-print", what, lambda names: (Say("".join(texts[n] for n in names)),)
    )


def half_print(model: Model) -> Iterator[Made]:
    """Half of a message is printed."""
    what = "prints half of {name}"
    return _printed(model, "half-print", what, lambda n: (Print(messages=n, half=True),))


def stderr_print(model: Model) -> Iterator[Made]:
    """A message is printed on standard error."""
    what = "prints {name} on standard error"
    return _printed(model, "stderr-print", what, lambda n: (Print(messages=n, to_stderr=True),))


def _printed(
    model: Model, kind: str, what: str, new: Callable[[Names], tuple[Act, ...]]
) -> Iterator[Made]:
    for names in model.prints:
        name = named(names)
        if kind != "drop-print" and model.is_made_print(names):
            continue
        program = model.program.each(instead(prints(names), *new(names)))
        touches = touched(Print(messages=names))
        yield Made(f"{kind}:{name}", what.format(name=name), touches, program)
