"""The filter of system calls: run here call by call, for both machines, and tried for real."""

from __future__ import annotations

import errno
import os
from dataclasses import replace

import bpf
import engine_tools as tools
import pytest
from namespaces import missing
from syscall_numbers import NUMBERS

from grader.lab.model import Lab
from grader.run import seccomp
from grader.run.denied import ALWAYS, SOMETIMES, YOUNG, Denied
from grader.run.engine import Engine

MACHINES = ("x86_64", "aarch64")
HIGH = 1 << 32
"""A bit that the kernel does not look at where it takes an int."""
SPARE = {name for d in (*ALWAYS, *SOMETIMES) for name in d.calls}


@pytest.fixture(scope="module", params=MACHINES)
def machine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def program(machine: str) -> bytes:
    return built(machine)


def built(machine: str) -> bytes:
    try:
        return seccomp.build(machine)
    except seccomp.SeccompError as error:
        missing(str(error))


def said(program: bytes, machine: str, call: str, *arguments: int) -> int | None:
    """errno of a call, 0 where it is made; None where the machine has no such call."""
    number = NUMBERS[call][MACHINES.index(machine)]
    if number is None:
        return None
    action = bpf.run(program, seccomp.MACHINES[machine], number, *arguments)
    return bpf.error_of(action)


@pytest.mark.parametrize("denied", ALWAYS, ids=lambda d: d.calls[0])
def test_denied_calls(program: bytes, machine: str, denied: Denied) -> None:
    native = machine == os.uname().machine
    for call in denied.calls:
        if call == "umount" or (call in YOUNG and not native):
            continue  # the first is i386's alone; the others are told by number: see YOUNG
        for arguments in ((), (2**64 - 1,) * 6):
            answer = said(program, machine, call, *arguments)
            assert answer in (denied.error, None), (call, arguments)


def test_the_calls_of_a_right_program(program: bytes, machine: str) -> None:
    for call in NUMBERS.keys() - SPARE:
        assert said(program, machine, call) in (0, None), call
        assert said(program, machine, call, *[2**64 - 1] * 6) in (0, None), call


def test_every_other_number_is_allowed(program: bytes, machine: str) -> None:
    column = MACHINES.index(machine)
    listed = {NUMBERS[call][column] for call in SPARE & NUMBERS.keys()}
    for number in set(range(600)) - listed:
        assert bpf.error_of(bpf.run(program, seccomp.MACHINES[machine], number)) == 0, number


FAMILIES = {"unix": 1, "inet": 2, "inet6": 10, "netlink": 16}


def test_kinds_of_sockets(program: bytes, machine: str) -> None:
    for family in range(1, 64):
        expected = 0 if family in FAMILIES.values() else errno.EAFNOSUPPORT
        for call in ("socket", "socketpair"):
            assert said(program, machine, call, family, 1, 0) == expected, family
            # AF_PACKET, AF_VSOCK and the others stay refused with a bit that no int has.
            if expected:
                assert said(program, machine, call, family | HIGH, 1, 0), family


def test_netlink_is_the_routing_table(program: bytes, machine: str) -> None:
    assert said(program, machine, "socket", 16, 3, 0) == 0
    for protocol in (*range(1, 32), 1 << 31):
        for family in (16, 16 | HIGH):
            assert said(program, machine, "socket", family, 3, protocol), protocol


def test_clone_makes_processes_and_threads_but_no_namespaces(program: bytes, machine: str) -> None:
    fork, thread, vfork = 0x01200011, 0x003D0F00, 0x00004111
    for flags in (fork, thread, vfork, 0x80 | 17):
        assert said(program, machine, "clone", flags) == 0, hex(flags)
    for bit in (17, *range(25, 31)):
        for flags in (fork | 1 << bit, 1 << bit, 1 << bit | HIGH, 2**64 - 1):
            assert said(program, machine, "clone", flags) == errno.EPERM, hex(flags)


@pytest.mark.parametrize("request_", [0x5412, 0x541C])
def test_typing_into_terminals(program: bytes, machine: str, request_: int) -> None:
    for number in (request_, request_ | HIGH, request_ | 0xFFFF_FFFF << 32):
        assert said(program, machine, "ioctl", 0, number) == errno.EPERM
    for usual in (0x5401, 0x5402, 0x5413, 0x5414, 0x5421, 0x541B):
        assert said(program, machine, "ioctl", 0, usual) == 0


def test_hiding_is_refused(program: bytes, machine: str) -> None:
    for option in (4, 22, 35):
        assert said(program, machine, "prctl", option) == errno.EPERM
        assert said(program, machine, "prctl", option | HIGH) == errno.EPERM
    for usual in (1, 3, 15, 16, 29, 36, 38):
        assert said(program, machine, "prctl", usual) == 0


def test_locks_are_refused_and_flags_are_not(program: bytes, machine: str) -> None:
    for command in (5, 6, 7, 36, 37, 38, 1024, 1025, 1026):
        assert said(program, machine, "fcntl", 3, command) == errno.ENOLCK
        assert said(program, machine, "fcntl", 3, command | HIGH) == errno.ENOLCK
    for usual in (0, 1, 2, 3, 4, 8, 9, 1030, 1031, 1032):
        assert said(program, machine, "fcntl", 3, usual) == 0


def test_foreign_abis(program: bytes, machine: str) -> None:
    i386, arm = 0x4000_0003, 0x4000_0028
    for foreign in {i386, arm, *seccomp.MACHINES.values()} - {seccomp.MACHINES[machine]}:
        for number in (0, 1, 26, 101, 120, 310):
            action = bpf.run(program, foreign, number)
            assert bpf.error_of(action) == errno.ENOSYS, (hex(foreign), number)


def test_x32_is_refused() -> None:
    """The same architecture to the filter, told apart by a bit of the number."""
    program = built("x86_64")
    for number in (0, 1, 57, 101, 512, 521):
        action = bpf.run(program, seccomp.MACHINES["x86_64"], number | 0x4000_0000)
        assert bpf.error_of(action) == errno.ENOSYS, number


# --- where there is none -----------------------------------------------------------------


def test_another_machine_says_so() -> None:
    with pytest.raises(seccomp.SeccompError, match="no filter for riscv64"):
        seccomp.build("riscv64")


def test_without_the_library_there_is_no_filter_and_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seccomp, "LIBRARY", "libseccomp-that-is-not-there.so.2")
    seccomp.own.cache_clear()
    try:
        found = seccomp.own()
    finally:
        seccomp.own.cache_clear()
    assert found.bpf == b""
    assert "not installed" in found.missing


# --- for real ----------------------------------------------------------------------------

PROBE = """
import ctypes, errno, os, platform, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *words):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_ulong(w) for w in words])
    return result if result >= 0 else errno.errorcode[ctypes.get_errno()]
"""


@pytest.mark.sandbox
def test_the_kernel_refuses_what_the_list_says(full_engine: Engine) -> None:
    """Arguments are wrong on purpose: a call that is let through says something else."""
    if seccomp.own().missing:
        missing(seccomp.own().missing)
    column = MACHINES.index(os.uname().machine)
    wanted = {
        call: (NUMBERS[call][column], denied.error)
        for denied in ALWAYS
        for call in denied.calls
        if call in NUMBERS and NUMBERS[call][column] is not None
    }
    numbers = {name: number for name, (number, _) in wanted.items()}
    source = PROBE + (
        f"for name, number in {numbers!r}.items():\n"
        "    print(name, call(number, 2**64 - 1, 2**64 - 1, 2**64 - 1, 2**64 - 1))\n"
    )
    transcript = tools.run(full_engine, tools.job(source, lab=_quiet()))
    answers = dict(line.split() for line in transcript.stdout.decode().splitlines())
    assert answers == {name: errno.errorcode[error] for name, (_, error) in wanted.items()}


@pytest.mark.sandbox
def test_what_right_programs_do_goes_on(full_engine: Engine) -> None:
    """Threads, forks, subprocesses, asyncio, servers, signals, timers, name look-ups."""
    source = """
        import asyncio, multiprocessing, os, signal, socket, socketserver, subprocess, sys
        import tempfile, threading, time
        done = []
        worker = threading.Thread(target=lambda: done.append("thread"))
        worker.start(); worker.join()
        pid = os.fork()
        if pid == 0: os._exit(3)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3; done.append("fork")
        assert subprocess.run(["/bin/echo", "a"], capture_output=True).stdout == b"a\\n"
        one = [sys.executable, "-c", "print(1)"]
        assert subprocess.run(one, capture_output=True).stdout == b"1\\n"
        done.append("subprocess")
        async def serve():
            async def one(reader, writer):
                writer.write(await reader.read(9)); await writer.drain(); writer.close()
            server = await asyncio.start_server(one, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("localhost", port)
            writer.write(b"ping"); assert await reader.read() == b"ping"; writer.close()
            server.close()
            process = await asyncio.create_subprocess_exec("/bin/true")
            assert await process.wait() == 0
        asyncio.run(serve()); done.append("asyncio")
        class Echo(socketserver.BaseRequestHandler):
            def handle(self): self.request.sendall(self.request.recv(9))
        for kind in (socketserver.ThreadingTCPServer, socketserver.ForkingTCPServer):
            with kind(("127.0.0.1", 0), Echo) as server:
                running = threading.Thread(target=server.serve_forever, args=(0.01,))
                running.start()
                with socket.create_connection(server.server_address) as s:
                    s.sendall(b"x"); assert s.recv(9) == b"x"
                server.shutdown(); running.join()
        done.append("socketserver")
        signal.signal(signal.SIGALRM, lambda *_: done.append("alarm"))
        signal.setitimer(signal.ITIMER_REAL, 0.01); signal.pause()
        with multiprocessing.get_context("fork").Pool(2) as pool:
            assert pool.map(abs, [-1, -2]) == [1, 2]
        with multiprocessing.get_context("fork").Manager() as manager:
            assert list(manager.list([1])) == [1]
        done.append("multiprocessing")
        a, b = socket.socketpair(); a.sendall(b"z"); assert b.recv(1) == b"z"
        socket.getaddrinfo("localhost", 80); socket.if_nameindex()
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()
        with tempfile.TemporaryFile() as f: f.write(b"x")
        os.set_blocking(a.fileno(), False); os.get_terminal_size(); time.sleep(0.001)
        print(*done)
        """
    transcript = tools.run(full_engine, tools.job(source, lab=_quiet()))
    assert transcript.stdout == (
        b"thread fork subprocess asyncio socketserver alarm multiprocessing\n"
    ), tools.summary(transcript)
    assert transcript.end.status == 0


@pytest.mark.sandbox
@pytest.mark.parametrize("family", [17, 38, 40])
def test_kinds_of_sockets_for_real(full_engine: Engine, family: int) -> None:
    number = NUMBERS["socket"][MACHINES.index(os.uname().machine)]
    source = PROBE + f"print(call({number}, {family}, 3, 0))"
    transcript = tools.run(full_engine, tools.job(source, lab=_quiet()))
    assert transcript.stdout == b"EAFNOSUPPORT\n"


def _quiet() -> Lab:
    return replace(tools.with_limits(tools.tp09(), cpu=5.0), port=tools.free_port())
