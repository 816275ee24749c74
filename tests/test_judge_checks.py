from __future__ import annotations

import msgspec
import pytest
from transcripts import (
    GOODBYE,
    GREETING,
    HELLO,
    LAB,
    Play,
    client,
    finding,
    lost,
    right_client,
    right_server,
    served,
    server,
)

from grader import transcript as tr
from grader.judge.checks import check
from grader.judge.model import Status

SERVER = {c.id for c in LAB.criteria if c.role == "server"}
CLIENT = {c.id for c in LAB.criteria if c.role == "client"}


def codes(transcript: tr.Transcript, expectation: str) -> tuple[str, ...]:
    return tuple(r.code for r in finding(transcript, expectation).remarks)


def says(transcript: tr.Transcript, expectation: str, words: str) -> bool:
    return words in finding(transcript, expectation).what.in_language("en")


@pytest.mark.parametrize(
    "run",
    [
        right_server(),
        right_client(),
        right_server("server-drawn"),
        right_client("client-drawn"),
    ],
)
def test_right_programs_lose_nothing(run: tr.Transcript) -> None:
    assert lost(run) == set()


@pytest.mark.parametrize(
    "run",
    [right_server(), right_client(), served(server()).waits("recvfrom", "connection").stuck()],
)
def test_every_finding_points_at_entries(run: tr.Transcript) -> None:
    for scenario in (LAB.scenario(run.header.scenario),):
        for found in check(run, LAB, scenario):
            assert found.evidence
            assert all(0 <= i < len(run.entries) for i in found.evidence)


def test_silence_earns_nothing() -> None:
    assert lost(Play("server-nominal").exits()) == SERVER
    assert lost(Play("client-nominal").exits()) == CLIENT
    assert lost(Play("server-nominal").waits("pause", "").stuck()) == SERVER


class TestMessages:
    def test_greeting_after_the_first_message_is_late(self) -> None:
        play = server().sends("hello").consumed().prints(HELLO).receives(GREETING)
        run = play.sends("goodbye").prints(GOODBYE).fin().exits()
        assert lost(run) == {"server.greeting"}
        assert says(run, "receive:greeting", "after the client’s")

    def test_greeting_forgotten_loses_only_the_greeting(self) -> None:
        play = server().waits("recvfrom", "connection").sends("hello").consumed().prints(HELLO)
        run = play.sends("goodbye").prints(GOODBYE).fin().exits()
        assert lost(run) == {"server.greeting"}

    def test_greeting_in_pieces_passes(self) -> None:
        play = server().receives(GREETING[:20]).receives(GREETING[20:]).sends("hello").consumed()
        run = play.prints(HELLO).sends("goodbye").prints(GOODBYE).fin().exits()
        assert lost(run) == set()

    def test_what_is_sent_after_a_right_greeting_is_extra(self) -> None:
        play = server().receives(GREETING).sends("hello").consumed().prints(HELLO).receives(HELLO)
        run = play.sends("goodbye").prints(GOODBYE).receives(GOODBYE).fin().exits()
        assert lost(run) == set()
        assert codes(run, "receive:greeting") == ("extra-output",)

    def test_a_client_that_speaks_first_loses_the_first_message(self) -> None:
        play = client().receives(HELLO).sends("greeting").prints(GREETING)
        assert lost(play.receives(GOODBYE).fin().exits()) == {"client.send1"}

    def test_a_client_that_never_reads(self) -> None:
        run = client().receives(HELLO + GOODBYE).fin().exits()
        assert lost(run) == {"client.send1", "client.print"}
        assert says(run, "receive:hello", "before the server’s")

    def test_merged_messages_are_two(self) -> None:
        play = client().sends("greeting").prints(GREETING).receives(HELLO + GOODBYE)
        assert lost(play.fin().exits()) == set()

    def test_swapped_messages_lose_the_second(self) -> None:
        play = client().sends("greeting").prints(GREETING).receives(GOODBYE).receives(HELLO)
        run = play.fin().exits()
        assert lost(run) == {"client.send2"}
        assert says(run, "receive:goodbye", "before the one")

    def test_a_near_message_earns_half(self) -> None:
        near = HELLO.replace("donc", "dons").lower()
        play = client().sends("greeting").prints(GREETING).receives(near).receives(GOODBYE)
        run = play.fin().exits()
        assert finding(run, "receive:hello").status is Status.PARTIAL
        assert lost(run) == {"client.send1"}

    def test_other_words_fail(self) -> None:
        play = client().sends("greeting").prints(GREETING).receives("salut").receives(GOODBYE)
        run = play.fin().exits()
        assert lost(run) == {"client.send1"}
        assert finding(run, "receive:hello").actual == b"salut"


class TestEnd:
    def test_reset_after_everything_was_read(self) -> None:
        assert lost(served(server()).consumed().rst().exits()) == set()

    def test_reset_with_unread_bytes_is_not_a_close(self) -> None:
        play = server().receives(GREETING).sends("hello").consumed().prints(HELLO)
        run = play.sends("goodbye").rst().exits()
        assert lost(run) == {"server.print2", "server.close"}
        assert says(run, "end", "without having read all the bytes")

    def test_end_before_the_second_message(self) -> None:
        play = server().receives(GREETING).sends("hello").consumed().prints(HELLO)
        run = play.fin().we_close().exits()
        assert lost(run) == {"server.print2", "server.close"}

    def test_end_after_ours_keeps_exit(self) -> None:
        run = served(server()).consumed().waits("recvfrom", "connection").we_close().fin().exits()
        assert lost(run) == {"server.close"}

    def test_an_ending_caused_by_us_counts_for_nothing(self) -> None:
        play = served(server()).consumed()
        play.entries.append(tr.Killed(t=99_000_000, why="stuck"))
        assert lost(play.fin().ends("stuck")) == {"server.close", "server.exit"}

    def test_a_close_found_in_the_same_look_as_the_crash_may_be_its_own(self) -> None:
        play = served(server()).raises("NameError: x", 20, "x.close()")
        late = tr.EndOfStream(t=play.entries[-1].t + 100_000)
        play.entries.append(late)
        together = play.exits(1)
        assert codes(together, "end") == ()
        play.entries[play.entries.index(late)] = tr.EndOfStream(t=late.t + 2_000_000)
        apart = tr.of(play.header, play.entries)
        assert codes(apart, "end") == ("closed-by-exit",)

    def test_a_crash_after_the_close_costs_exit_only(self) -> None:
        play = served(server()).fin()
        run = play.raises("NameError: name 'x' is not defined", 20, "x.close()").exits(1)
        assert lost(run) == {"server.exit"}

    def test_a_client_without_its_second_message_has_not_closed_after_it(self) -> None:
        run = client().sends("greeting").prints(GREETING).receives(HELLO).fin().exits()
        assert lost(run) == {"client.send2", "client.close"}

    def test_a_client_with_wrong_words_has(self) -> None:
        play = client().sends("greeting").prints(GREETING).receives(HELLO).receives("Adieu donc")
        assert lost(play.fin().exits()) == {"client.send2"}


class TestExit:
    def test_other_status(self) -> None:
        run = served(server()).fin().exits(3)
        assert lost(run) == {"server.exit"}
        assert says(run, "exit", "Exit status: 3 instead of 0.")

    def test_signal(self) -> None:
        assert lost(served(server()).fin().signalled("SIGSEGV")) == {"server.exit"}

    def test_advice_takes_any_ending_but_a_crash(self) -> None:
        scenario = LAB.scenario("server-client-leaves")

        def status(run: tr.Transcript) -> Status:
            return next(f.status for f in check(run, LAB, scenario) if f.expectation == "exit")

        def play() -> Play:
            return server("server-client-leaves").we_close()

        assert status(play().exits(1)) is Status.PASS
        crash = play().raises("ConnectionResetError: [Errno 104]", 9, "c.recv(1024)").exits(1)
        assert status(crash) is Status.FAIL


class TestAddresses:
    def test_another_port_loses_only_listen(self) -> None:
        play = Play("server-nominal").listens(port=5000).connected(5000)
        run = served(play).fin().exits()
        assert lost(run) == {"server.listen"}
        assert says(run, "listening", "5000")

    def test_loopback_only(self) -> None:
        play = Play("server-nominal").listens(address="127.0.0.1").connected()
        assert lost(served(play).fin().exits()) == {"server.any"}

    @pytest.mark.parametrize("ipv6_first", [True, False])
    def test_a_listener_for_each_family_whichever_is_seen_first(self, ipv6_first: bool) -> None:
        """asyncio listens so; which one a look meets first hangs on who is faster."""
        play = Play("server-nominal")
        if ipv6_first:
            play.listens(address="::", protocol="tcp6", v6only=True).listens()
        else:
            play.listens().listens(address="::", protocol="tcp6", v6only=True)
        assert lost(served(play.connected()).fin().exits()) == set()

    @pytest.mark.parametrize(("v6only", "expected"), [(False, set()), (True, {"server.any"})])
    def test_dual_stack(self, v6only: bool, expected: set[str]) -> None:
        play = Play("server-nominal").listens(address="::", protocol="tcp6", v6only=v6only)
        assert lost(served(play.connected()).fin().exits()) == expected

    def test_the_listener_that_was_dialled_is_judged(self) -> None:
        play = Play("server-nominal").listens(port=5000).listens(address="127.0.0.1").connected()
        assert lost(served(play).fin().exits()) == {"server.any"}

    def test_an_address_that_nobody_could_see_costs_nothing_and_is_said(self) -> None:
        run = served(Play("server-nominal").connected().listens(assumed=True)).fin().exits()
        assert lost(run) == set()
        assert says(run, "bound", "not verified")

    def test_where_no_listener_can_be_seen_none_is_denied(self) -> None:
        seen = Play("server-nominal").exits()
        blind = msgspec.structs.replace(
            seen, header=msgspec.structs.replace(seen.header, facts="paced")
        )
        for expectation in ("listening", "bound"):
            assert says(seen, expectation, "listens on no TCP port")
            assert says(blind, expectation, "Nobody answered on port 65432")

    def test_a_connection_proves_a_listener_that_was_not_seen(self) -> None:
        run = served(Play("server-nominal").connected()).fin().exits()
        assert finding(run, "listening").status is Status.PASS
        assert finding(run, "bound").status is Status.NOT_RUN

    def test_udp_loses_the_role(self) -> None:
        assert lost(Play("server-nominal").listens(protocol="udp").exits()) == SERVER
        assert lost(Play("client-nominal").dials(65432, "udp").exits()) == CLIENT

    def test_a_client_on_another_port_loses_only_connect(self) -> None:
        play = Play("client-nominal", port=5000).dials(5000).connected(5000).sends("greeting")
        run = play.prints(GREETING).receives(HELLO + GOODBYE).fin().exits()
        assert lost(run) == {"client.connect"}


class TestPrints:
    def test_prints_out_of_order(self) -> None:
        play = server().receives(GREETING).sends("hello").consumed().sends("goodbye").consumed()
        run = play.prints(GOODBYE).prints(HELLO).fin().exits()
        assert lost(run) == {"server.print2"}

    def test_texts_on_one_line_are_told_as_such(self) -> None:
        play = server().receives(GREETING).sends("hello").consumed().sends("goodbye").consumed()
        run = play.prints(f"1: {HELLO}{GOODBYE}").prints("2:").fin().exits()
        assert lost(run) == set()
        assert says(run, "stdout:goodbye", "on the same line")
        assert not says(run, "stdout:hello", "on the same line")

    def test_stderr_does_not_count_and_is_named(self) -> None:
        play = server().receives(GREETING).sends("hello").consumed().errs(HELLO)
        run = play.sends("goodbye").prints(GOODBYE).fin().exits()
        assert lost(run) == {"server.print1"}
        assert says(run, "stdout:hello", "channel for error messages")

    def test_a_near_print_earns_half(self) -> None:
        play = client().sends("greeting").prints(GREETING.upper())
        run = play.receives(HELLO + GOODBYE).fin().exits()
        assert finding(run, "stdout:greeting").status is Status.PARTIAL

    def test_bytes_are_a_remark(self) -> None:
        play = client().sends("greeting").prints(repr(GREETING.encode()))
        run = play.receives(HELLO + GOODBYE).fin().exits()
        assert lost(run) == set()
        assert codes(run, "stdout:greeting") == ("bytes-repr",)

    def test_the_nearest_line_is_shown(self) -> None:
        play = client().sends("greeting").prints("début").prints(GREETING[:30])
        run = play.receives(HELLO + GOODBYE).fin().exits()
        assert finding(run, "stdout:greeting").actual == GREETING[:30].encode()


class TestPiecesThatArePrintedOneByOne:
    """What a program prints by its own clock may stand between them, or may not."""

    def printed(self, *lines: str, cut: int = 22) -> Status:
        play = server("server-split").receives(GREETING).sends("hello", piece=HELLO[:cut])
        play = play.sends("hello", piece=HELLO[cut:]).consumed()
        for line in lines:
            play = play.prints(line + "\n")
        found = check(play.fin().exits(), LAB, LAB.scenario("server-split"))
        return next(f.status for f in found if f.expectation == "stdout:hello")

    def test_a_line_between_them_changes_nothing(self) -> None:
        assert self.printed(HELLO[:22], HELLO[22:]) is Status.PASS
        assert self.printed("...", HELLO[:22], "...", HELLO[22:], "...") is Status.PASS
        assert self.printed(HELLO[:22], "serveur actif", HELLO[22:]) is Status.PASS

    def test_each_of_them_is_asked_for_in_its_order(self) -> None:
        assert self.printed(HELLO[:22], "...") is Status.FAIL
        assert self.printed(HELLO[22:], "...", HELLO[:22]) is Status.FAIL

    def test_wherever_it_was_cut(self) -> None:
        assert self.printed(HELLO[:12], HELLO[12:], cut=12) is Status.PASS
        assert self.printed(HELLO[:12], "serveur actif", HELLO[12:], cut=12) is Status.PASS

    def test_what_is_too_short_to_be_known_is_not_looked_for(self) -> None:
        assert self.printed(HELLO[:4], "serveur actif", HELLO[4:], cut=4) is not Status.PASS


class TestWhatStandsInItsPlace:
    def shown(self, run: tr.Transcript, message: str) -> bytes | None:
        return finding(run, f"stdout:{message}").actual

    def test_nothing_after_the_first_message(self) -> None:
        run = server().receives(GREETING).sends("hello").consumed().prints(HELLO).fin().exits()
        assert self.shown(run, "goodbye") == b""
        assert says(run, "stdout:goodbye", "left before we sent the second message")
        assert says(run, "end", "we had not finished sending the second message")

    def test_a_message_of_which_only_a_piece_was_sent(self) -> None:
        play = server().receives(GREETING).sends("hello", piece=HELLO[:20])
        run = play.consumed().prints(HELLO[:20]).fin().exits()
        assert says(run, "stdout:hello", "only the beginning of the first message")

    def test_the_line_of_each_text(self) -> None:
        play = server("server-drawn").receives(GREETING).sends("hello").prints(HELLO + "\n")
        run = play.sends("goodbye").prints(GOODBYE + "\n").fin().exits()
        assert self.shown(run, "hello") == HELLO.encode()
        assert self.shown(run, "goodbye") == GOODBYE.encode()
        assert says(run, "stdout:hello", "not what recv() returned")

    def test_a_piece(self) -> None:
        play = server().receives(GREETING).sends("hello").prints(f"1: {HELLO[:20]}\n")
        run = play.sends("goodbye").prints(f"2: {HELLO[20:40]}\n").fin().exits()
        assert self.shown(run, "goodbye") == f"2: {HELLO[20:40]}".strip().encode()
        assert says(run, "stdout:hello", "Only a piece")


def test_a_run_that_could_not_be_played_has_no_verdict() -> None:
    run = Play("server-nominal").ends("not_run", problem="no namespace")
    found = check(run, LAB, LAB.scenario("server-nominal"))
    assert {f.criterion for f in found} == SERVER
    assert {f.status for f in found} == {Status.NOT_RUN}


def test_a_skipped_run_has_no_findings() -> None:
    run = Play("server-split").ends("skipped", problem="same cause")
    assert check(run, LAB, LAB.scenario("server-split")) == ()


def test_advice_proves_nothing() -> None:
    run = served(server("server-split")).fin().exits()
    found = check(run, LAB, LAB.scenario("server-split"))
    assert found
    assert {f.criterion for f in found} == {None}
