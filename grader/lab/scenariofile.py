"""One scenario file: what the reference does, and what is expected of the program.

Names are checked on the spot against those of lab.yaml, so that each error stands where
the author wrote it. Whether the steps make sense together: `grader.lab.steps`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import replace
from typing import TypedDict, cast

from grader.lab import fields as known
from grader.lab import fields_scenario as fields_of
from grader.lab import program, texts, values
from grader.lab.context import Context
from grader.lab.fields import names
from grader.lab.fields_scenario import EXPECT_OF
from grader.lab.filenames import read_name
from grader.lab.labfile import LabFile
from grader.lab.messages import check_names, read_messages
from grader.lab.model import (
    ROLES,
    AnyOf,
    Demand,
    Drawn,
    Expectation,
    ExpectBound,
    ExpectConnected,
    ExpectExit,
    ExpectFile,
    ExpectListening,
    ExpectStdout,
    Level,
    Patterned,
    Protocol,
    Role,
    Scenario,
    Text,
    Visibility,
)
from grader.lab.problems import Problems, shown
from grader.lab.shared import written_out
from grader.lab.steps import check_deliveries, check_heard, check_order, read_steps
from grader.lab.values import Fields
from grader.lab.yamlfile import Broken, Mapping, Node, Scalar

_TESTS = (*ROLES, "both")


def read_scenario(
    node: Node, identifier: str, lab: LabFile, problems: Problems
) -> tuple[Scenario, Collection[str]]:
    """Read the tree of the file of scenario `identifier`: it, and the criteria it proves."""
    if _tests_both(node):
        return _read_both(node, identifier, Context(lab, problems)), frozenset()
    fields = Fields(node, problems, "the scenario", names(fields_of.SCENARIO))
    _check_name(fields.need("scenario"), identifier, problems)
    context = Context(lab, problems)
    context.role = cast(Role, values.choice(fields.need("tests"), problems, "tests", _TESTS))
    if level := fields.get("level"):
        known = tuple(option.value for option in Level)
        context.level = Level(values.choice(level, problems, "level", known))
    protocol = program.protocol(fields.get("protocol"), lab.lab.protocol, problems)
    context.datagrams = protocol == "udp"
    context.path = _path(protocol, fields, context)
    _own_messages(fields.get("messages"), context)
    placed = read_steps(written_out(fields.need("reference"), lab.shared, problems), context)
    context.steps = tuple(item.step for item in placed)
    check_order(placed, context)
    if not len(problems):
        check_heard(placed, context)
    sent = {name for item in placed for name in item.sent}
    drawn = _texts(fields.get("texts"), context, sent)
    check_deliveries(placed, drawn, context)
    scenario = Scenario(
        id=identifier,
        tests=context.role,
        level=context.level,
        title=values.people(fields.need("title"), problems, "title", lab.lab.language),
        steps=tuple(item.step for item in placed),
        expect=_expect(fields.get("expect"), context),
        texts=drawn,
        advice=_advice(fields, context),
        keep_time_wait=_keep_time_wait(fields.get("network"), problems),
        protocol=protocol,
        path=context.path,
        family=program.family(fields.get("network"), problems),
        args=program.args(fields.get("program"), problems),
        env=_env(fields.get("program"), context),
        visibility=_visibility(fields.get("visibility"), problems),
        messages={name: message for name, (_, message) in context.own.items()},
    )
    return scenario, frozenset(context.proved)


def _path(protocol: Protocol, fields: Fields, context: Context) -> str:
    """The name of the socket; what a scenario over such sockets can't say is told."""
    problems, lab = context.problems, context.lab.lab
    given = fields.get("path")
    found = program.path(given, problems)
    if protocol != "unix":
        if given is not None:
            problems.add(given.place, f"path: over {protocol} there is a port; write"
                         " `protocol: unix` beside it")  # fmt: skip
        elif lab.protocol == "unix" and not lab.port:
            told = fields.get("protocol") or fields.need("scenario")
            problems.add(told.place, f"protocol: over {protocol} lab.yaml needs a `port`")
        return ""
    if (network := fields.get("network")) is not None:
        problems.add(network.place, "network: a Unix-domain socket is on none; leave it out")
    if not (found or lab.path or given):
        told = fields.get("protocol") or fields.need("scenario")
        problems.add(told.place, "protocol: over unix the socket has a name: `path: chat.sock`,"
                     " here or in lab.yaml")  # fmt: skip
    return found or lab.path or "socket"


def _env(node: Node | None, context: Context) -> dict[str, str]:
    """The environment; what neither it nor the arguments can say here is told."""
    problems = context.problems
    found = program.env(node, problems)
    texts = [*program.args(node, Problems()), *found.values()]
    if node is not None and not context.path and any(program.PATH in text for text in texts):
        problems.add(node.place, f"program: {program.PATH} needs `protocol: unix`")
    portless = context.path and not context.lab.lab.port
    if node is not None and portless and any(program.PORT in text for text in texts):
        problems.add(node.place, f"program: {program.PORT} needs a `port` in lab.yaml")
    return found


def _own_messages(node: Node | None, context: Context) -> None:
    if node is None:
        return
    lab = context.lab.lab
    context.own = read_messages(node, context.problems, lab.language, lab.framing)
    for name, (place, _) in context.own.items():
        if name in lab.messages:
            context.problems.add(
                place, f"the message {shown(name)} stands in lab.yaml already; name it otherwise"
            )
    extra = ("i", "path") if context.path else ("i",)
    check_names(context.own, lab.messages, context.problems, extra)


def _tests_both(node: Node) -> bool:
    tested = node.get("tests") if isinstance(node, Mapping) else None
    return isinstance(tested, Scalar) and tested.value == "both"


def _read_both(node: Node, identifier: str, context: Context) -> Scenario:
    """A scenario without a reference: the student's server with the student's client."""
    problems, language = context.problems, context.lab.lab.language
    fields = Fields(node, problems, "a scenario that tests both", fields_of.OF_BOTH)
    context.both = True
    if context.lab.lab.protocol == "unix":
        told = "tests: both: two programs are played with each other over TCP only"
        problems.add(node.place, told)
    _check_name(fields.need("scenario"), identifier, problems)
    known = (Level.ADVICE.value,)  # points are for what each program does with the reference
    context.level = Level(
        values.choice(fields.need("level"), problems, "the level of both", known) or Level.ADVICE
    )
    expected = Fields(fields.need("expect"), problems, "expect", ROLES)
    expect: dict[Role, tuple[Expectation, ...]] = {}
    for role in ROLES:
        context.role = role
        expect[role] = _expect(expected.need(role), context, EXPECT_OF["both"])
    return Scenario(
        id=identifier,
        tests="both",
        level=context.level,
        title=values.people(fields.need("title"), problems, "title", language),
        steps=(),
        expect=(),
        advice=_advice(fields, context),
        expect_of=expect,
        visibility=_visibility(fields.get("visibility"), problems),
    )


def _check_name(node: Node, identifier: str, problems: Problems) -> None:
    name = values.text(node, problems, "scenario")
    if name and name != identifier:
        problems.add(
            node.place, f"scenario: {shown(name)} stands in {identifier}.yaml; make them equal"
        )


def _advice(fields: Fields, context: Context) -> Text | None:
    given = fields.get("advice")
    if context.level is Level.ADVICE:
        language = context.lab.lab.language
        return values.people(fields.need("advice"), context.problems, "advice", language)
    if given:
        context.problems.add(
            given.place, "advice: only for `level: advice`; a graded one has its criteria's hints"
        )
    return None


def _visibility(node: Node | None, problems: Problems) -> Visibility:
    if node is None:
        return Visibility.VISIBLE
    known = tuple(option.value for option in Visibility)
    return Visibility(values.choice(node, problems, "visibility", known))


def _keep_time_wait(node: Node | None, problems: Problems) -> bool:
    if node is None:
        return False
    network = Fields(node, problems, "network", names(fields_of.NETWORK))
    if (kept := network.get("time_wait")) is None:
        return False
    return values.choice(kept, problems, "time_wait", ("kept", "none")) == "kept"


# --- texts drawn anew --------------------------------------------------------------------


def _texts(node: Node | None, context: Context, sent: Collection[str]) -> dict[str, Drawn]:
    if node is None or isinstance(node, Broken):
        return {}
    problems = context.problems
    if isinstance(node, Scalar) and node.value == "drawn":
        if not sent:
            problems.add(node.place, "texts: the reference sends nothing here, so none is drawn")
        known = context.messages
        return {name: Drawn() for name in known if name in sent and not known[name].content}
    if not isinstance(node, Mapping):
        wanted = "'drawn' (all that the reference sends), or `message: drawn` lines"
        values.wrong_kind(node, problems, "texts", wanted)
        return {}
    drawn = {}
    for entry in node.entries:
        name = context.message(Scalar(entry.place, entry.key), "texts")
        if name in context.names and name not in sent:
            problems.add(
                entry.place,
                f"texts: the reference doesn't send {shown(name)} here, and the program can't"
                " know a text drawn anew",
            )
        elif name in context.names and context.messages[name].content is not None:
            problems.add(entry.place, f"texts: {shown(name)} is no plain text; it says itself if"
                         " it is drawn")  # fmt: skip
        drawn[name] = _drawn(entry.value, problems)
    return drawn


def _drawn(node: Node, problems: Problems) -> Drawn:
    if isinstance(node, Mapping):
        length = Fields(node, problems, "texts", ("drawn",)).need("drawn")
        return Drawn(length=values.whole(length, problems, "drawn (bytes)", 1, texts.MAX_LENGTH))
    if not isinstance(node, Broken):
        values.choice(node, problems, "texts", ("drawn",))
    return Drawn()


# --- what is expected of the program -----------------------------------------------------


def _expect(
    node: Node | None, context: Context, only: Collection[str] = ()
) -> tuple[Expectation, ...]:
    if node is None:
        return ()
    known = tuple(only) or EXPECT_OF[context.role]
    others = set() if only else {key for keys in EXPECT_OF.values() for key in keys} - set(known)
    if isinstance(node, Mapping):
        for entry in node.entries:
            if entry.key in others:
                context.problems.add(
                    entry.place, f"expect: '{entry.key}' is nothing that a {context.role} does"
                )
        kept = tuple(entry for entry in node.entries if entry.key not in others)
        node = Mapping(node.place, kept)
    fields = Fields(node, context.problems, "expect", known)
    expectations: list[Expectation] = []
    for key in fields.keys:
        found = fields.need(key)
        match key:
            case "bound" if context.path:
                context.problems.add(
                    found.place,
                    "bound: over Unix-domain sockets there is no interface to be bound"
                    " to; `listening` asks for the name",
                )
            case "stdout":
                expectations += _stdout(found, context)
            case "exit":
                expectations.append(_exit(found, context))
            case "files":
                expectations += _files(found, context)
            case "listening":
                expectations.append(_listening(found, context))
            case "bound":
                expectations.append(_bound(found, context))
            case "connected":
                expectations.append(_connected(found, context))
    return tuple(expectations)


def _stdout(node: Node, context: Context) -> list[ExpectStdout]:
    printed: list[ExpectStdout] = []
    for item in values.items(node, context.problems, "stdout"):
        fields = Fields(item, context.problems, "stdout", known.names(known.STDOUT))
        given = [key for key in fields.keys if key in known.STDOUT_KINDS]
        how = given[0] if given else "contains"
        for key in given[1:]:
            context.problems.add(
                fields.need(key).place, f"'{key}' stands beside '{how}': begin a new '- ' line"
            )
        message = context.message(fields.need(how), how)
        _check_printed(fields, how, message, context)
        if context.both and message in context.messages and not context.messages[message].is_plain:
            context.problems.add(
                fields.need(how).place,
                f"{shown(message)} is no plain text: what two programs of a student say to each"
                " other is compared with plain texts only",
            )
        after = None
        if earlier := fields.get("after"):
            after = context.message(earlier, "after")
            before = [expectation.message for expectation in printed]
            after = context.unrolled.get(after, (after,))[-1]
            if after in context.names and after not in before:
                context.problems.add(
                    earlier.place, f"after: {shown(after)} must be expected in a line above"
                )
        times = fields.get("times")
        made = ExpectStdout(
            message=message,
            how=how,  # type: ignore[arg-type]  # of the table's
            times=values.whole(times, context.problems, "times", 1, 1000) if times else None,
            after=after,
            proves=context.proves(fields.get("proves")),
            demand=context.demand(fields.get("level"), fields.get("proves")),
        )
        for name in context.unrolled.get(message, (message,)):
            printed.append(replace(made, message=name, after=after))
            after = name if how != "absent" else after
    return printed


def _check_printed(fields: Fields, how: str, message: str, context: Context) -> None:
    """What can be looked for on a screen."""
    found = context.messages.get(message)
    if how == "absent" and (others := [k for k in ("times", "after") if fields.get(k)]):
        context.problems.add(fields.need(others[0]).place, f"absent: leave '{others[0]}' out")
    if found is None:
        return
    if isinstance(found.content, Patterned) and how != "line":
        context.problems.add(
            fields.need(how).place, f"{shown(message)} is a pattern: look for it as a `line`"
        )
    if isinstance(found.content, AnyOf) and how != "contains":
        context.problems.add(
            fields.need(how).place, f"{shown(message)} has alternatives: `contains` looks for them"
        )


class _Common(TypedDict):
    proves: str | None
    demand: Demand


def _common(fields: Fields, context: Context) -> _Common:
    """What every expectation may say."""
    proves = fields.get("proves")
    demand = context.demand(fields.get("level"), proves)
    return {"proves": context.proves(proves), "demand": demand}


def _exit(node: Node, context: Context) -> ExpectExit:
    fields = Fields(node, context.problems, "exit", names(fields_of.EXIT))
    status = fields.need("status")
    code: int | None = None
    if not (isinstance(status, Scalar) and status.value == "any"):
        if isinstance(status, Scalar) and isinstance(status.value, str):
            values.choice(status, context.problems, "status", ("any",))
        else:
            code = values.whole(status, context.problems, "status", 0, 255)
    return ExpectExit(status=code, **_common(fields, context))


_MOST_FILES = 20


def _files(node: Node, context: Context) -> list[ExpectFile]:
    found: list[ExpectFile] = []
    for item in values.items(node, context.problems, "files"):
        fields = Fields(item, context.problems, "files", names(fields_of.FILE))
        holds, absent = fields.get("holds"), fields.get("absent")
        if holds and absent:
            context.problems.add(absent.place, "absent: what is not there holds nothing")
        name, template = read_name(fields.need("name"), context)
        if name and any(one.name == name for one in found):
            context.problems.add(item.place, f"files: {shown(name)} stands twice")
        made = ExpectFile(
            name=name,
            made=template,
            message=context.message(holds, "holds") if holds else None,
            absent=values.flag(absent, context.problems, "absent") if absent else False,
            **_common(fields, context),
        )
        found.append(made)
    if len(found) > _MOST_FILES:
        context.problems.add(node.place, f"files: more than {_MOST_FILES}")
    return found


class _Where(TypedDict):
    port: int
    path: str


def _where(fields: Fields, context: Context) -> _Where:
    """The port, or the name of the socket, which is the scenario's own."""
    problems = context.problems
    other, why = ("port", "there is no port") if context.path else ("path", "there is a port")
    if (wrong := fields.get(other)) is not None:
        told = f"{other}: {'over Unix-domain sockets' if context.path else 'here'} {why}"
        problems.add(wrong.place, f"{told}: leave it out")
    if not context.path:
        return {"port": values.whole(fields.need("port"), problems, "port", 1, 65535), "path": ""}
    node = fields.need("path")
    path = program.path(node, problems)
    if path and path != context.path:
        problems.add(node.place, f"path is {shown(path)}, and the scenario's {shown(context.path)}")
    return {"port": 0, "path": context.path}


def _listening(node: Node, context: Context) -> ExpectListening:
    fields = Fields(node, context.problems, "listening", names(fields_of.LISTENING))
    times = fields.get("times")
    return ExpectListening(
        **_where(fields, context),
        times=values.whole(times, context.problems, "times", 1, 10) if times else 1,
        **_common(fields, context),
    )


def _bound(node: Node, context: Context) -> ExpectBound:
    fields = Fields(node, context.problems, "bound", names(fields_of.BOUND))
    given = fields.need("address")
    address = values.text(given, context.problems, "address")
    if address and address != "any":
        try:
            ipaddress.ip_address(address)
        except ValueError:
            context.problems.add(
                given.place, f"address must be 'any' or an IP address, not {shown(address)}"
            )
    return ExpectBound(address=address, **_common(fields, context))


def _connected(node: Node, context: Context) -> ExpectConnected:
    fields = Fields(node, context.problems, "connected", names(fields_of.CONNECTED))
    where = _where(fields, context)
    port, own = where["port"], context.lab.lab.port
    if port and own and port != own:
        told = f"port is {port}, and the reference server listens on the lab's, {own}: nobody could"
        context.problems.add(fields.need("port").place, f"connected: {told} connect there")
    return ExpectConnected(**where, **_common(fields, context))
