import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.sourcetext import code_of, has_main, is_empty, signs_of


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


@pytest.mark.parametrize(
    ("path", "source", "roles"),
    [
        ("a.c", b"listen(s, 5); // puis connect()", {"server"}),
        ("a.c", b"#include <x.h>\nconnect(s, a, n); /* listen() */", {"client"}),
        ("a.c", b"bind(s, a, n); recvfrom(s, b, n, 0, c, d);", {"server"}),
        ("a.c", b'puts("accept()"); int connected = 1;', set()),
        ("a.cpp", b"std::bind(f, 1); socket(AF_INET, SOCK_STREAM, 0);", set()),
        ("A.java", b"ServerSocket e = new ServerSocket(1); Socket c = e.accept();", {"server"}),
        ("A.JAVA", b"Socket s = new Socket(h, 1);", {"client"}),
        ("A.java", b"SocketChannel c = SocketChannel.open(a);", {"client"}),
        ("a.js", b"net.createServer(f).listen(1)", {"server"}),
        ("a.js", b"const c = net.createConnection(1)", {"client"}),
        ("a.js", b"const c = `net.connect(1)`; f.bind(this)", set()),
        ("a.go", b'l, err := net.Listen("tcp", a)', {"server"}),
        ("a.go", b'c, err := net.Dial("tcp", a)', {"client"}),
        ("a.rs", b"TcpListener::bind(a)", {"server"}),
        ("a.rs", b"TcpStream::connect(a)", {"client"}),
        ("a.sh", b"# listen\nexec nc localhost 1", set()),
    ],
)
def test_calls_tell_the_role_in_other_languages(path: str, source: bytes, roles: set[str]) -> None:
    assert signs_of(source, path).roles == roles


def test_other_languages_have_other_comments() -> None:
    assert is_empty(b"// rien\n/* ni\n ici */", "a.c")
    assert not is_empty(b"// rien\n", "a.py")
    assert not is_empty(b"#include <stdio.h>\n", "a.c")
    assert has_main(b"int main (void) {}", "a.c")
    assert not has_main(b"// main()\nint f(void) { return 0; }", "a.c")


@pytest.mark.parametrize("part", ['"', "'", "`", "/*", "/**", "//", '\\"', '"\\'])
def test_hostile_text_in_braces_takes_linear_time(part: str) -> None:
    signs_of((part * (500_000 // len(part))).encode(), "a.c")


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
