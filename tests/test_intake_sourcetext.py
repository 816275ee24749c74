import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.sourcetext import code_of, is_empty, signs_of


@pytest.mark.parametrize(
    "source",
    [
        *(b"", b" \n\t\n", b"# rien\n", b"\xef\xbb\xbf# rien", b'"""docstring\nlisten()"""\n'),
        *(b"'''connect()'''", b"'listen()'", b'"""no end', b"# \xff\xfe"),
        *(b"pass", b'"""plan"""\npass\n', b"..."),
    ],
)
def test_nothing_to_run_is_empty(source: bytes) -> None:
    assert is_empty(source)


@pytest.mark.parametrize("source", [b"passe", b"\x00", b"#\nx = 1", b'"""a"""\nprint()', b"\xff"])
def test_anything_else_is_not(source: bytes) -> None:
    assert not is_empty(source)


@pytest.mark.parametrize(
    ("source", "roles"),
    [
        (b"s.bind(('', 1)); s.listen()", {"server"}),
        (b"c, a = s . accept ()", {"server"}),
        (b"socketserver.TCPServer(a, h).serve_forever()", {"server"}),
        (b"await asyncio.start_server(f)", {"server"}),
        (b"s.bind(('', 1)); s.recvfrom(9)", {"server"}),
        (b"s.connect(('localhost', 1))", {"client"}),
        (b"s.bind(('', 0)); s.connect(a)", {"client"}),
        (b"asyncio.open_connection(h)", {"client"}),
        (b"s.listen(); c.connect(a)", {"server", "client"}),
        (b"s.connect(a)  # puis le serveur fait listen() et accept()", {"client"}),
        (b"print('en attente: listen()'); s.connect(a)", {"client"}),
        (b'"""Le client connect()."""\ns.listen()', {"server"}),
        (b"print('l\\'accept'); s.connect(a)", {"client"}),
        (b"print(\"it's\"); s.listen()  # it's connect()", {"server"}),
        (b"connected = True; acceptable = 1", set()),
    ],
)
def test_calls_tell_the_role(source: bytes, roles: set[str]) -> None:
    assert signs_of(source).roles == roles


def test_helpers_have_nothing_to_do_with_sockets() -> None:
    assert not signs_of(b"def f(x):\n    return x  # socket\n").sockets
    assert signs_of(b"import socket\n").sockets


@pytest.mark.parametrize(
    "text", ['"', "'", '"""', "'''", '\\"', '"\\', '""""', "'\"", "#", ". ", ".bind", "\\\n", '"\n']
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    """Half a megabyte of it: with quadratic patterns this would take minutes."""
    signs_of((text * (500_000 // len(text))).encode())


@given(st.text(st.sampled_from("\"'\\#\n abc"), max_size=60))
def test_any_text_can_be_looked_at(source: str) -> None:
    code_of(source.encode())
    assert is_empty(source.encode()) == (not code_of(source.encode()).strip())


@given(st.binary(max_size=200))
def test_any_bytes_can_be_looked_at(source: bytes) -> None:
    signs_of(source)
