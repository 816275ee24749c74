from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import transcript as tr
from grader.wire.strace import Traced, complaint, merged, parse, with_local

ZERO = 1_795_387_920_000_000_000
TCP = "4<TCP:[127.0.0.1:65432->127.0.0.1:56848]>"

SERVER = rb"""
1158  1795387920.000000010 read(3</usr/lib/libc.so.6>, "\177ELF"..., 832) = 832 <0.000001200>
1158  1795387920.000100000 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3<TCP:[55346]> <0.000028334>
1158  1795387920.000200000 setsockopt(3<TCP:[55346]>, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0 <0.000010000>
1158  1795387920.000300000 bind(3<TCP:[55346]>, {sa_family=AF_INET, sin_port=htons(65432), sin_addr=inet_addr("0.0.0.0")}, 16) = 0 <0.000015000>
1158  1795387920.000400000 listen(3<TCP:[0.0.0.0:65432]>, 5) = 0 <0.000002000>
1158  1795387920.001000000 accept4(3<TCP:[0.0.0.0:65432]>,  <unfinished ...>
1171  1795387920.001500000 write(1</tmp/x>, "hi"..., 19 <unfinished ...>
1158  1795387920.002000000 <... accept4 resumed>{sa_family=AF_INET, sin_port=htons(56848), sin_addr=inet_addr("127.0.0.1")}, [16], SOCK_CLOEXEC) = 4<TCP:[127.0.0.1:65432->127.0.0.1:56848]> <0.001000000>
1171  1795387920.002100000 <... write resumed>) = 19 <0.000055634>
1158  1795387920.003000000 sendto(4<TCP:[127.0.0.1:65432->127.0.0.1:56848]>, "Bonj\"))"..., 12, 0, NULL, 0) = 12 <0.000050000>
1158  1795387920.004000000 recvfrom(4<TCP:[127.0.0.1:65432->127.0.0.1:56848]>, "", 1024, MSG_PEEK, NULL, NULL) = 0 <0.000010000>
1158  1795387920.005000000 shutdown(4<TCP:[127.0.0.1:65432->127.0.0.1:56848]>, SHUT_WR) = -1 ENOTCONN (Transport endpoint is not connected) <0.000010000>
1158  1795387920.006000000 close(4<TCP:[127.0.0.1:65432->127.0.0.1:56848]>) = 0 <0.000020000>
1158  1795387920.007000000 accept4(3<TCP:[0.0.0.0:65432]>,  <unfinished ...>) = ?
1158  1795387920.008000000 +++ killed by SIGKILL +++
"""  # noqa: E501 -- as strace wrote it


def one(text: str) -> tr.SystemCall:
    """The only call of one line."""
    (call,) = parse(f"7 1795387920.000000001 {text} <0.000000500>\n".encode(), ZERO).calls
    return call


def none(text: str) -> bool:
    return not parse(f"7 1795387920.000000001 {text} <0.000000500>\n".encode(), ZERO).calls


def test_a_servers_calls_in_order() -> None:
    found = parse(SERVER, ZERO)
    assert not found.cut
    assert [(c.name, c.result, c.error) for c in found.calls] == [
        ("socket", 3, ""), ("setsockopt", 0, ""), ("bind", 0, ""), ("listen", 0, ""),
        ("accept4", 4, ""), ("sendto", 12, ""), ("recvfrom", 0, ""),
        ("shutdown", -1, "ENOTCONN"), ("close", 0, ""), ("accept4", None, ""),
    ]  # fmt: skip
    socket, option, bind, listen, accept, send, recv, shutdown, _, last = found.calls
    assert (socket.protocol, socket.fd) == ("tcp", None)
    assert option.argument == "SO_REUSEADDR 1"
    assert bind.address == ("0.0.0.0", 65432)
    assert listen.argument == "5"
    assert (accept.t, accept.took, accept.fd) == (1_000_000, 1_000_000, 3)
    assert accept.address == ("127.0.0.1", 56848)
    assert (send.size, send.argument, send.pid) == (12, "", 1158)
    assert (recv.size, recv.argument) == (1024, "MSG_PEEK")
    assert shutdown.argument == "SHUT_WR"
    assert (last.took, last.result) == (None, None)


@pytest.mark.parametrize(
    ("text", "size", "result"),
    [
        (f'read({TCP}, "x"..., 99) = 7', 99, 7),
        (f'write({TCP}, "x"..., 3) = 3', 3, 3),
        (f'writev({TCP}, [{{iov_base="a)", iov_len=3}}, {{iov_len=4}}], 2) = 7', 7, 7),
        (f'sendmsg({TCP}, {{msg_iov=[{{iov_base="", iov_len=5}}], msg_iovlen=1}}, 0) = 5',
         5, 5),
        (f"sendfile({TCP}, 5</tmp/x>, [0] => [9], 9) = 9", 9, 9),
    ],
)  # fmt: skip
def test_sizes_asked_for_and_given(text: str, size: int, result: int) -> None:
    call = one(text)
    assert (call.fd, call.size, call.result) == (4, size, result)


def test_datagrams_carry_addresses() -> None:
    inside = '{sa_family=AF_INET6, sin6_port=htons(45), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}'  # noqa: E501
    call = one(f'sendto(4<UDPv6:[[::1]:45]>, "abc", 3, 0, {inside}, 28) = 3')
    assert (call.protocol, call.address, call.size) == ("udp6", ("::1", 45), 3)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("poll([{fd=4<TCP:[1]>, events=POLLIN}], 1, 3000) = 0 (Timeout)", "3000"),
        ("poll([{fd=4<TCP:[1]>, events=POLLIN}], 1, -1) = 1 ([{fd=4, revents=POLLIN}])", ""),
        ("select(5, [4<TCP:[1]>], [], [], {tv_sec=1, tv_usec=500000}) = 0 (Timeout)", "1500"),
        ("select(5, [4<TCP:[1]>], [], [], NULL) = 1 (in [4])", ""),
        ("ppoll([{fd=4<TCP:[1]>, events=POLLIN}], 1, {tv_sec=0, tv_nsec=2000000}, NULL) = 0", "2"),
    ],
)  # fmt: skip
def test_waits_for_several(text: str, limit: str) -> None:
    call = one(text)
    assert (call.fd, call.argument) == (4, limit)


def test_an_event_loops_turns_are_left_out_and_its_waits_kept() -> None:
    turn = "epoll_wait(5<anon_inode:[eventpoll]>, [], 1, 0) = 0"
    assert none(turn)
    (wait,) = parse(f"7 1795387920.000000001 {turn} <0.250000000>\n".encode(), ZERO).calls
    assert (wait.fd, wait.took) == (5, 250_000_000)


@pytest.mark.parametrize(
    "text",
    [
        'read(3</tmp/a\\76, x=(3\\74TCP:[1]\\76>, ""..., 2) = 2',
        "close(6<UNIX-STREAM:[1->2]>) = 0",
        "socket(AF_UNIX, SOCK_STREAM, 0) = 3<UNIX-STREAM:[1]>",
        "socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) = -1 EPERM (Operation not permitted)",
        "openat(AT_FDCWD, ...) = 3<TCP:[1]>",
        f"close({TCP} = 0",
        f"close({TCP}) equals 0",
        "+++ exited with 0 +++",
        "--- SIGABRT {si_signo=SIGABRT} ---",
        "<... recvfrom resumed>NULL) = 0",
    ],
)
def test_what_is_on_no_socket_or_not_understood_is_left_out(text: str) -> None:
    assert none(text)


def test_a_call_that_finds_nothing_a_thousand_times_is_one() -> None:
    again = f"recvfrom({TCP}, 0x7f, 10, 0, NULL, NULL) = -1 EAGAIN (Try again)"
    lines = [f"7 1795387920.{i:09} {again} <0.000000005>\n" for i in range(0, 50_000, 50)]
    (call,) = parse("".join(lines).encode(), ZERO).calls
    assert (call.times, call.took, call.error) == (1000, 49_955, "EAGAIN")


def test_no_more_than_asked_for() -> None:
    lines = [f"7 1795387920.{i:09} close({TCP}) = 0 <0.000000001>\n" for i in range(9)]
    found = parse("".join(lines).encode(), ZERO, most=4)
    assert found.cut
    assert len(found.calls) == 4


def test_calls_stand_among_entries_by_time_and_the_end_is_last() -> None:
    entries: list[tr.AnyEntry] = [
        tr.Started(t=0), tr.Listener(t=500, protocol="tcp", address="::", port=1),
        tr.Ended(t=900, outcome="completed"),
    ]  # fmt: skip
    calls = tuple(tr.SystemCall(t=t, pid=1, name="close") for t in (100, 600, 950))
    found = merged(entries, Traced(calls=calls, cut=True).entries)
    assert [type(x).__name__ for x in found] == [
        "Started", "SystemCall", "Listener", "SystemCall", "SystemCall", "CallsCut", "Ended",
    ]  # fmt: skip


def test_a_complaint_is_short_and_plain() -> None:
    said = b"strace: attach: ptrace(PTRACE_SEIZE, 9): Operation not permitted\nCould not attach\n"
    assert complaint(said).endswith("attach: ptrace(PTRACE_SEIZE, 9): Operation not permitted")
    assert complaint(b"") == "strace may not look on here: no reason given"
    assert len(complaint(b"strace: \x1b[31m" + b"x" * 9999)) < 250
    assert "\x1b" not in complaint(b"\x1b[31m")


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    parse(data, 0)
    parse(b"1 1.000000001 " + data + b"\n", 0)


@given(st.lists(st.sampled_from(SERVER.split(b"\n")), max_size=30), st.integers(1, 5))
def test_any_lines_in_any_order_give_bounded_calls_in_order(lines: list[bytes], most: int) -> None:
    found = parse(b"\n".join(lines), ZERO, most)
    assert len(found.calls) <= most
    assert [c.t for c in found.calls] == sorted(c.t for c in found.calls)
    for call in found.calls:
        assert call.t + (call.took or 0) >= 0


@given(st.integers(0, len(SERVER)))
def test_output_cut_anywhere_gives_the_calls_before_the_cut(end: int) -> None:
    whole = parse(SERVER, ZERO).calls
    cut = parse(SERVER[:end], ZERO).calls
    known = {begun(c) for c in whole}
    assert {begun(c) for c in cut} <= known


def begun(call: tr.SystemCall) -> tuple[int, str, int | None]:
    """What is known of a call before it returns."""
    return call.t, call.name, call.fd


@given(st.text(st.characters(codec="ascii", exclude_characters='"\\\n'), max_size=60))
def test_a_string_cannot_pass_for_anything_else(text: str) -> None:
    call = one(f'sendto({TCP}, "{text}", 12, 0, NULL, 0) = 12')
    assert (call.size, call.result, call.error) == (12, 12, "")


def test_merged_keeps_all_entries() -> None:
    entries: list[tr.AnyEntry] = [tr.Ended(t=0, outcome="completed")]
    assert merged(entries, Traced(calls=(), cut=False).entries) == entries
    assert len(merged(entries, Traced(calls=(), cut=True).entries)) == 2


def test_unix_domain_sockets_are_told_where_they_are_asked_for() -> None:
    """Not the pair of an event loop, which nobody has made by socket() or accept()."""
    output = b"""\
10 100.000000000 socketpair(AF_UNIX, SOCK_STREAM, 0, [5<UNIX-STREAM:[7->8]>, 6<UNIX-STREAM:[8->7]>]) = 0 <0.1>
10 100.100000000 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3<UNIX-STREAM:[1]> <0.000000010>
10 100.200000000 bind(3<UNIX-STREAM:[1]>, {sa_family=AF_UNIX, sun_path="a \\"]>.sock"}, 10) = 0 <0.000000010>
10 100.300000000 listen(3<UNIX-STREAM:[1,"a \\"]>.sock"]>, 5) = 0 <0.000000010>
10 100.400000000 accept4(3<UNIX-STREAM:[1,"a \\"]>.sock"]>, {sa_family=AF_UNIX}, [110 => 2], SOCK_CLOEXEC) = 4<UNIX-STREAM:[2->9,"a \\"]>.sock"]> <0.000000010>
10 100.500000000 recvfrom(4<UNIX-STREAM:[2->9,"a \\"]>.sock"]>, "x", 10, 0, NULL, NULL) = 1 <0.000000010>
10 100.600000000 recvfrom(5<UNIX-STREAM:[7->8]>, "x", 10, 0, NULL, NULL) = 1 <0.000000010>
10 100.700000000 connect(4<UNIX-STREAM:[2]>, {sa_family=AF_UNIX, sun_path=@"abs"}, 9) = -1 ECONNREFUSED (x) <0.000000010>
"""  # noqa: E501
    assert parse(output, 0).calls == ()
    calls = parse(with_local(output), 0).calls
    assert [(c.name, c.fd, c.protocol, c.address) for c in calls] == [
        ("socket", None, "unix", None),
        ("bind", 3, "unix", ('a \\"]>.sock', 0)),
        ("listen", 3, "unix", None),
        ("accept4", 3, "unix", None),
        ("recvfrom", 4, "unix", None),
        ("connect", 4, "unix", ("@abs", 0)),
    ]
