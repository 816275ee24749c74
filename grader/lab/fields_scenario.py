"""The fields of a scenario's file; see `grader.lab.fields`."""

from __future__ import annotations

from grader.lab.fields import STDOUT, FieldOf

_LEVEL = next(field for field in STDOUT if field.name == "level")
_PROVES = next(field for field in STDOUT if field.name == "proves")

SCENARIO = (
    FieldOf("scenario", "scenario-id", "the scenario's id, as its file is called",
            "scenario: three-sums", needed=True),
    FieldOf("tests", "word", "whose program it tests; `both`: the two with each other",
            "tests: server", ("server", "client", "both"), needed=True),
    FieldOf("title", "people", "its title", "title: Three additions", needed=True),
    FieldOf("level", "word", "`graded` gives evidence for criteria, `advice` costs nothing"
            " (graded)", "level: advice", ("graded", "advice")),
    FieldOf("advice", "people", "for `level: advice`: what to say where something does not hold",
            "advice: Read part 2 again."),
    FieldOf("visibility", "word", "who sees it: everybody, nobody before the date has passed,"
            " teachers only (visible)", "visibility: hidden", ("visible", "after_due", "hidden")),
    FieldOf("messages", "messages-section", "messages of its own, beside those of the lab",
            "messages: {bulk: {generate: {size: 1 MiB, kind: bytes}}}"),
    FieldOf("texts", "texts", "messages in plain words that are drawn anew here, all that the"
            " reference sends or some", "texts: drawn"),
    FieldOf("protocol", "word", "`tcp`, `udp` or `unix` (the lab's)", "protocol: udp",
            ("tcp", "udp", "unix")),
    FieldOf("path", "socket", "over `unix`: the name of the socket (the lab's)",
            "path: chat.sock"),
    FieldOf("network", "network", "the network that it is played on",
            "network: {time_wait: kept}"),
    FieldOf("program", "program", "how the program is started",
            'program: {args: ["{{port}}"]}'),
    FieldOf("reference", "steps", "what the reference does, in order",
            "reference: [connect, {send: hello}]"),
    FieldOf("expect", "expect", "what is expected of the program besides",
            "expect: {exit: {status: 0}}"),
)  # fmt: skip
"""A scenario's file. One that tests `both` has no reference: its `expect` is by role."""
OF_BOTH = ("scenario", "tests", "level", "visibility", "title", "advice", "expect")

STEP = (
    FieldOf("connect", "connection", "dial the program; its name, if it has one",
            "connect: alice"),
    FieldOf("accept", "connection", "wait for the program to dial", "accept"),
    FieldOf("refuse", "nothing", "let the program's connect() be refused", "refuse"),
    FieldOf("send", "message-or-list", "send a message, or several one after the other",
            "send: [hello, goodbye]"),
    FieldOf("receive", "message", "await a message; `end`: await that the program closes",
            "receive: greeting"),
    FieldOf("half-close", "connection", "end the own side (FIN) and go on receiving",
            "half-close"),
    FieldOf("close", "connection", "close", "close"),
    FieldOf("reset", "connection", "cut the connection off (RST)", "reset"),
    FieldOf("restart", "nothing", "start the program once more", "restart"),
    FieldOf("drop", "message", "take a datagram as if it had been lost", "drop: request"),
    FieldOf("silence", "connection", "nothing may come until the program waits for more",
            "silence: alice"),
    FieldOf("stop-reading", "connection", "read no more: the receive window closes",
            "stop-reading: carol"),
    FieldOf("read-again", "connection", "go on reading", "read-again: carol"),
    FieldOf("type", "text", "type a line on the program's keyboard, once it waits for one",
            "type: Bonjour"),
    FieldOf("together", "together", "steps of several connections at once, by their names",
            "together: {alice: [connect], bob: [connect]}"),
    FieldOf("repeat", "repeat", "steps, several times",
            "repeat: {times: 3, steps: [{send: line}]}"),
    FieldOf("either", "either", "lists of steps, each of which begins with a `receive`: the one is"
            " played whose first message comes", "either: [[{receive: ok}], [{receive: busy}]]"),
    FieldOf("use", "message", "the steps of that name in lab.yaml (`steps:`), put in here; with"
            " `as` they are of that connection", "{use: log-in, as: alice}"),
)  # fmt: skip
"""What a step does: one of these."""

STEP_OPTIONS = (
    FieldOf("proves", "criterion", "beside what is received: the criterion that it gives"
            " evidence for", "{receive: end, proves: server.close}"),
    FieldOf("delivery", "delivery", "beside `send`: how it is put on the wire (separate)",
            "{send: hello, delivery: {split: [3]}}", ("separate", "coalesced")),
    FieldOf("on_miss", "word", "what to do when the step does not come (continue)",
            "on_miss: stop", ("continue", "stop")),
    _LEVEL,
    FieldOf("as", "name", "which connection it is about", "{send: hello, as: alice}"),
    FieldOf("within", "time", "so much time the program has", "{receive: answer, within: 2 s}"),
    FieldOf("after", "time", "beside `receive: end`: so much time must pass before",
            "{receive: end, after: 5 s}"),
    FieldOf("lasts", "time", "beside `silence`: for so long", "{silence: alice, lasts: 3 s}"),
    FieldOf("times", "number", "beside `send`, `receive`: how many times, 1 to 100",
            "{send: request, times: 2}"),
    FieldOf("optional", "flag", "beside `receive`: it may come or not, and costs nothing",
            "{receive: welcome, optional: true}"),
)  # fmt: skip
"""What may stand beside it."""

EXPECT = (
    FieldOf("stdout", "stdout", "lines or texts that it prints, or does not",
            "stdout: [{contains: hello, proves: server.print}]"),
    FieldOf("exit", "exit", "it ends by itself", "exit: {status: 0, proves: server.exit}"),
    FieldOf("files", "files", "files that it leaves, or does not",
            "files: [{name: copy.bin, holds: file, proves: client.saved}]"),
    FieldOf("listening", "listening", "of a server: it listens",
            "listening: {port: 7000, proves: server.listen}"),
    FieldOf("bound", "bound", "of a server: the address that it listens on",
            "bound: {address: any, proves: server.any}"),
    FieldOf("connected", "connected", "of a client: it connects",
            "connected: {port: 7000, proves: client.connect}"),
    FieldOf("server", "expect", "where both are tested: of the server (`stdout`, `exit`)",
            "server: {exit: {status: 0}}"),
    FieldOf("client", "expect", "where both are tested: of the client (`stdout`, `exit`)",
            "client: {exit: {status: 0}}"),
)  # fmt: skip
"""`expect:`"""
EXPECT_OF = {
    "server": ("stdout", "exit", "files", "listening", "bound"),
    "client": ("stdout", "exit", "files", "connected"),
    "both": ("stdout", "exit"),
}
"""What can be expected of whom."""

_LISTENS = FieldOf(
    "port",
    "port",
    "the port: the lab's, or another, which is dialled where the lab's is not open",
    "port: 7000",
)
_DIALS = FieldOf("port", "port", "the lab's port", "port: 7000")
_PATH = FieldOf("path", "socket", "over `unix`, in place of the port: the name of the socket",
                "path: chat.sock")  # fmt: skip
_COMMON = (_PROVES, _LEVEL)
EXIT = (
    FieldOf("status", "status", "the exit status, or `any` for whatever is no crash",
            "status: 0", needed=True),
    *_COMMON,
)  # fmt: skip
FILE = (
    FieldOf("name", "text", "its name, below the folder that the program lies in; `{{...}}` are"
            " values", 'name: "{{nick}}.log"', needed=True),
    FieldOf("holds", "message", "the message, which may be a pattern, is all that is in it;"
            " left out: it may hold anything", "holds: file"),
    FieldOf("absent", "flag", "`true`: there is no such file", "absent: true"),
    *_COMMON,
)  # fmt: skip
"""A file of `files:`; it is looked at when the run ends, and no link is followed."""
LISTENING = (
    _LISTENS,
    _PATH,
    FieldOf("times", "number", "at so many starts of the program (1)", "times: 2"),
    *_COMMON,
)
BOUND = (
    FieldOf("address", "text", "`any` for all interfaces, or an IP address", "address: any",
            needed=True),
    *_COMMON,
)  # fmt: skip
CONNECTED = (_DIALS, _PATH, *_COMMON)

NETWORK = (
    FieldOf("time_wait", "word", "whether a closed connection keeps its port for a while, as on"
            " a real machine (none)", "time_wait: kept", ("kept", "none")),
    FieldOf("family", "word", "`ipv4` or `ipv6` (ipv4)", "family: ipv6", ("ipv4", "ipv6")),
)  # fmt: skip
"""`network:`"""

PROGRAM = (
    FieldOf(
        "args",
        "args",
        "its arguments; `{{port}}` is the port, `{{path}}` the name of the socket",
        'args: ["{{port}}"]',
    ),
    FieldOf("env", "env", "variables of its environment", "env: {SERVER_PORT: 7000}"),
)
"""`program:`"""
