from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.foreign import last_exception, thread_exception
from grader.judge.traceback import last_traceback, last_was_of_a_task, task_traceback
from grader.run.crash import uncaught

CHAINED = """Traceback (most recent call last):
  File "/submission/a.py", line 3, in f
    x = {}["k"]
        ~~^^^^^
KeyError: 'k'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/submission/a.py", line 9, in <module>
    f()
  File "/submission/lib/b.py", line 5, in f
    s.send("x")
  File "/opt/python/lib/python3.12/socket.py", line 700, in send
    return self._sock.send(data)
TypeError: a bytes-like object is required, not 'str'
"""


def test_the_last_of_a_chain_at_the_submissions_last_frame() -> None:
    trace = last_traceback(b"noise\r\n" + CHAINED.replace("\n", "\r\n").encode())
    assert trace is not None
    assert trace.place is not None
    assert (trace.type, trace.place.file, trace.place.line) == (
        "TypeError",
        "/submission/lib/b.py",
        5,
    )
    assert trace.at_call("send", "sendall")
    assert not trace.at_call("recv")


def test_the_prompt_of_input_may_stand_before_it() -> None:
    trace = last_traceback(b"Appuyez sur Entr\xc3\xa9e " + CHAINED.encode())
    assert trace is not None
    assert trace.type == "TypeError"


def test_dotted_names_and_no_message() -> None:
    trace = last_traceback(
        b"Traceback (most recent call last):\n"
        b'  File "a.py", line 1, in <module>\n    x\nsocket.gaierror\n'
    )
    assert trace is not None
    assert (trace.type, trace.message) == ("gaierror", "")


def test_syntax_errors_have_no_heading() -> None:
    trace = last_traceback(
        b"  File \"a.py\", line 2\n    if x\n        ^\nSyntaxError: expected ':'\n"
    )
    assert trace is not None
    assert trace.is_syntax
    assert trace.place is not None
    assert trace.place.line == 2


def test_a_warning_is_no_traceback() -> None:
    assert last_traceback(b'  File "a.py", line 2\n    x\nDeprecationWarning: old\n') is None


@given(st.binary(max_size=400))
def test_never_fails(noise: bytes) -> None:
    head = CHAINED.encode()
    last_traceback(noise)
    task_traceback(noise)
    last_traceback(head[: len(noise)] + noise + head[len(noise) :])


def test_a_file_that_is_no_text_has_only_its_last_line() -> None:
    for said, file in ((" in file /submission/serveur.py", "/submission/serveur.py"), ("", "")):
        trace = last_traceback(
            f"SyntaxError: Non-UTF-8 code starting with '\\xe9'{said} on line 9, but no encoding"
            " declared; see https://peps.python.org/pep-0263/ for details\n".encode()
        )
        assert trace is not None
        assert trace.is_syntax
        assert trace.place is not None
        assert (trace.place.file, trace.place.line, trace.place.source) == (file, 9, "")


def test_a_bare_line_of_a_student_is_no_traceback() -> None:
    assert last_traceback(b"SyntaxError: I print this\nand go on\n") is None
    assert last_traceback(b"ValueError: I print this\n") is None


def test_a_text_that_the_program_compiles_is_not_the_program() -> None:
    trace = last_traceback(
        b'Traceback (most recent call last):\n  File "a.py", line 7, in <module>\n'
        b"    exec('x = (')\n  File \"<string>\", line 1\n    x = (\n        ^\n"
        b"SyntaxError: '(' was never closed\n"
    )
    assert trace is not None
    assert not trace.is_syntax
    assert trace.place is not None
    assert (trace.place.file, trace.place.line) == ("a.py", 7)


ONE_TASK = """{heading}
Traceback (most recent call last):
  File "/usr/lib/python3.11/threading.py", line 1038, in _bootstrap_inner
    self.run()
  File "a.py", line 12, in serve
    conn.send("x")
TypeError: a bytes-like object is required, not 'str'
"""


@pytest.mark.parametrize(
    "heading",
    [
        "Exception in thread Thread-1 (serve):",
        "Exception occurred during processing of request from ('127.0.0.1', 40000)",
        "Task exception was never retrieved\nfuture: <Task finished name='Task-1'>",
    ],
)
def test_the_exception_of_one_thread_or_request(heading: str) -> None:
    stderr = "starting\n" + ONE_TASK.replace("{heading}", heading)
    trace = task_traceback(stderr.encode())
    assert trace is not None
    assert trace.place is not None
    assert (trace.type, trace.place.line) == ("TypeError", 12)


def test_an_exception_that_was_printed_and_survived_is_none_of_a_task() -> None:
    assert task_traceback(CHAINED.encode()) is None


# --- Java and Node -----------------------------------------------------------------------

JAVA = """Connecté
Exception in thread "main" java.lang.RuntimeException: java.net.ConnectException: refused
\tat tp.Client.appeler(Client.java:31)
\tat tp.Client.main(Client.java:12)
Caused by: java.net.ConnectException: Connection refused
\tat java.base/sun.nio.ch.Net.connect0(Native Method)
\tat java.base/java.net.Socket.connect(Socket.java:633)
\tat tp.Client.appeler(Client.java:29)
\t... 1 more
"""
JAVA_OWN = """Exception in thread "main" java.lang.NullPointerException
\tat java.base/java.util.Objects.requireNonNull(Objects.java:208)
\tat Client.main(Client.java:5)
"""
NODE = """/submission/client.js:6
    console.log(message.texte.toString());
                              ^

TypeError: Cannot read properties of undefined (reading 'toString')
    at Socket.<anonymous> (/submission/client.js:6:31)
    at Socket.emit (node:events:524:28)

Node.js v20.20.2
"""
NODE_SYNTAX = """/submission/serveur.js:4
  connexion.write('Bonjour';
                  ^^^^^^^^^

SyntaxError: missing ) after argument list
    at wrapSafe (node:internal/modules/cjs/loader:1464:18)

Node.js v20.20.2
"""
NODE_REFUSED = """node:events:497
      throw er; // Unhandled 'error' event
      ^

Error: connect ECONNREFUSED 127.0.0.1:65432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)
Emitted 'error' event on Socket instance at:
    at Socket.emit (node:events:519:28) {
  errno: -111,
  code: 'ECONNREFUSED'
}

Node.js v20.20.2
"""


@pytest.mark.parametrize(
    ("text", "kind", "message", "place"),
    [
        (JAVA, "ConnectException", "Connection refused", ("Client.java", 31)),
        (JAVA_OWN, "NullPointerException", "", ("Client.java", 5)),
        (NODE, "TypeError", "Cannot read properties of undefined (reading 'toString')",
         ("/submission/client.js", 6)),
        (NODE_SYNTAX, "SyntaxError", "missing ) after argument list",
         ("/submission/serveur.js", 4)),
        (NODE_REFUSED, "Error", "connect ECONNREFUSED 127.0.0.1:65432", None),
    ],
)  # fmt: skip
def test_exceptions_of_java_and_node(
    text: str, kind: str, message: str, place: tuple[str, int] | None
) -> None:
    trace = last_exception(text.encode())
    assert trace is not None
    assert (trace.type, trace.message, trace.foreign) == (kind, message, True)
    assert (None if trace.place is None else (trace.place.file, trace.place.line)) == place
    assert not trace.is_syntax
    assert last_traceback(text.encode()) is None
    assert uncaught(text.encode(), 1)
    assert not uncaught(text.encode(), 0)


def test_an_exception_of_another_thread_of_java() -> None:
    text = JAVA_OWN.replace('"main"', '"Thread-0"').encode()
    assert last_exception(text) is None
    trace = thread_exception(text)
    assert trace is not None
    assert trace.place is not None
    assert trace.place.line == 5


@pytest.mark.parametrize("text", ["", "Error: x\n", "Node.js v20\n", "at A.b(A.java:1)\n"])
def test_what_only_looks_like_one(text: str) -> None:
    assert last_exception(text.encode()) is None


@pytest.mark.parametrize("part", ["Error: ", "\tat A.b(", "    at a (", "/a:1\n", "Caused by: a\n"])
def test_hostile_exceptions_take_linear_time(part: str) -> None:
    text = 'Exception in thread "main" A\n' + part * (65536 // len(part)) + "\nNode.js v20\n"
    last_exception(text.encode())


def test_whose_the_last_traceback_is() -> None:
    of_thread = f"Exception in thread Thread-1 (serve):\n{CHAINED.rpartition(chr(10) * 2)[2]}"
    own = CHAINED.rpartition("\n\n")[2]
    assert last_was_of_a_task(of_thread.encode())
    assert not last_was_of_a_task(f"{of_thread}{'.' * 700}{own}".encode())
    assert not last_was_of_a_task(own.encode())
    assert not last_was_of_a_task(b"")
