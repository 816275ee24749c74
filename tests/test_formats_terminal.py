"""What a student reads in the terminal after `check`: each thing once, and in words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from report_samples import lab, stuck_grade
from transcripts import (
    GOODBYE,
    GREETING,
    HELLO,
    LAB,
    Play,
    client,
    grade,
    right_client,
    right_server,
    served,
    server,
)

from grader import transcript as tr
from grader.formats.gathered import first_run
from grader.formats.terminal import Style, check_text
from grader.judge.model import Grade

REFUSED = "ConnectionRefusedError: [Errno 111] Connection refused"
NEVER_STARTED = grade(
    Play("server-nominal").raises("SyntaxError: invalid syntax", 7, "print(").exits(1),
    right_client(),
)
LATE = (
    server()
    .sends("hello")
    .consumed()
    .prints(HELLO)
    .receives(GREETING)
    .sends("goodbye")
    .consumed()
    .prints(GOODBYE)
    .fin()
    .we_close()
    .exits()
)


def test_ids_of_scenarios_are_not_for_people() -> None:
    text = check_text(lab(), stuck_grade(), "en")
    assert not re.search(r"(?:server|client)-[a-z]+", text)
    assert "To go further: no points lost." in text


def test_a_crash_is_told_once() -> None:
    told = check_text(LAB, NEVER_STARTED, "en")
    assert told.count("Python could not start") == 1
    assert told.count("(see 1)") == 7
    assert "   6 other criteria fail for the same reason: Python cannot read" in told
    french = check_text(LAB, NEVER_STARTED, "fr")
    assert "  6 autres critères échouent pour la même raison\u00a0: " in french
    assert french.count("✗") == 1 + 7


def test_a_remark_is_a_sentence_with_its_place_and_situation() -> None:
    alone = (
        Play("client-no-server").dials(65432).raises(REFUSED, 4, "s.connect(('localhost', 65432))")
    )
    told = check_text(LAB, grade(right_server(), right_client(), alone.exits(1)), "en")
    told = " ".join(told.split())
    assert "client.py:4: We started your client with no server running, and it stopped" in told
    assert "with a connection error. (There is no server)" in told
    assert "(line 4)" not in told


def test_what_is_equal_is_not_compared() -> None:
    late = LATE
    told = check_text(LAB, grade(late), "en")
    assert "was sent after the client’s" in told
    assert "Got:" not in told


@pytest.mark.parametrize(("columns", "whole"), [(72, False), (73, True), (80, True), (100, True)])
def test_a_text_is_not_cut_for_its_last_letter(columns: int, whole: bool) -> None:
    play = server().waits("recvfrom", "connection").we_close().stuck()
    told = check_text(LAB, grade(play), "en", Style(columns=columns))
    beside = f"  Expected: {GREETING}\n" in told
    assert beside == (columns == 100)
    assert (beside or f"     Expected:\n       {GREETING}\n" in told) == whole
    assert max(map(len, told.splitlines())) <= columns


def stood_at(play: Play, *calls: tuple[str, str], frames: tuple[tuple[int, str], ...]) -> Grade:
    """The grade of a program ended while its threads stood in these calls, and there."""
    seen = tuple(
        tr.Call(pid=2, tid=2 + number, name=name, target=target)
        for number, (name, target) in enumerate(calls)
    )
    stack = tuple(tr.Frame(file="serveur.py", line=line, function=name) for line, name in frames)
    t = 1_000_000 * len(play.entries)
    play.entries += [
        tr.State(t=t, why="waiting", calls=seen, sockets=()),
        tr.Killed(t=t, why="stuck"),
        tr.Position(t=t, frames=stack),
        tr.Ended(t=t, outcome="stuck"),
    ]
    return grade(tr.of(play.header, play.entries), right_client())


def flat(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_a_call_that_is_not_sure_is_not_named() -> None:
    lock = stood_at(served(server()).we_close(), ("futex", ""), frames=((19, "<module>"),))
    told = flat(check_text(LAB, lock, "fr"))
    assert "join()" not in told
    assert "Votre programme attend encore, ligne 19. Qu’est-ce qui lui dirait" in told
    assert "où : serveur.py, pendant « L’échange de l’énoncé » Après le dernier" in told


def test_a_thread_that_waits_is_called_so() -> None:
    calls, frames = (("futex", ""), ("futex", "")), ((10, "ouvrier"),)
    told = flat(check_text(LAB, stood_at(served(server()).we_close(), *calls, frames=frames), "fr"))
    assert "Un fil (thread) de votre programme attend encore, ligne 10." in told
    deep = stood_at(served(server()).we_close(), *calls, frames=((10, "lire"), (30, "<module>")))
    assert "thread" not in check_text(LAB, deep, "en")


def test_what_it_did_when_it_should_have_closed() -> None:
    play = server().receives(GREETING).sends("hello").consumed().prints(HELLO)
    play = play.sends("goodbye").consumed().prints(GOODBYE).waits("recvfrom", "connection")
    place = tr.Frame(file="serveur.py", line=10, function="<module>")
    play.entries.append(tr.Position(t=1_000_000 * len(play.entries), frames=(place,)))
    told = flat(check_text(LAB, grade(play.we_close().exits(), right_client()), "fr"))
    assert "Votre serveur attendait encore dans recv(), ligne 10, quand il aurait" in told
    assert "où : serveur.py:10, pendant" in told
    assert "attend dans recv() (ligne 10) : recv() bloque" in told


def test_an_error_that_nothing_is_known_of_is_quoted_and_obeyed_by_nobody() -> None:
    error = "NameError: name '\x1b[31m::error::' is not defined"
    run = served(server()).raises(error, 10, "conexion.close()").fin().exits(1)
    told = check_text(LAB, grade(run, right_client()), "en")
    assert "Python stopped, line 10 (NameError)." in told
    assert "\x1b" not in told
    assert r"Python wrote: NameError: name '\x1b[31m::error::' is not defined" in flat(told)
    criterion = told.index("✓ Close the connection")
    assert 0 < told.index("even without close()") - criterion < 250


def test_a_close_before_the_error_is_nobodys_but_the_programs() -> None:
    run = served(server()).fin().raises("NameError: x", 12, "x").exits(1)
    assert "even without close()" not in check_text(LAB, grade(run, right_client()), "en")


def test_a_mistake_of_both_programs_is_told_once_with_both_places() -> None:
    runs = (
        Play("server-nominal").raises("SyntaxError: invalid syntax", 7, "print(").exits(1),
        Play("client-nominal").raises("SyntaxError: invalid syntax", 7, "print(").exits(1),
    )
    told = flat(check_text(LAB, grade(*runs), "en"))
    assert told.count("A syntax error keeps Python") == 1
    assert "where: serveur.py:7, during" in told
    assert "where: client.py:7, during" in told


def test_a_lost_role_is_told_once() -> None:
    udp = Play("server-nominal").listens(protocol="udp").waits("recvfrom", "connection").stuck(5)
    told = flat(check_text(LAB, grade(udp, right_client()), "fr"))
    assert told.count("(voir 1)") == 7
    assert told.count("1. UDP au lieu de TCP") == 1
    assert "6 autres critères échouent pour la même raison : UDP au lieu de TCP" in told
    assert "recv()" not in told
    assert "serveur.py:5" not in told


def test_advice_that_no_remark_explains_is_what_the_lab_says() -> None:
    long = client("client-long")
    long.texts["greeting"] = "mot " * 300
    run = long.sends("greeting").prints("mot " * 200).receives(HELLO).receives(GOODBYE)
    made = grade(right_server(), right_client(), run.fin().exits())
    told = flat(check_text(LAB, replace(made, diagnoses=()), "fr"))
    assert "· client.py : Votre client n’a pas imprimé tout le message, plus long" in told


def test_the_first_run_that_lost_it_is_named() -> None:
    made = grade(served(server()).fin().raises("NameError: x", 12, "x").exits(1), right_client())
    (found,) = made.diagnoses
    drawn = replace(made.runs[0], id="server-drawn", scenario="server-drawn")
    later = replace(made, runs=(*made.runs, drawn), diagnoses=(replace(found, run="server-drawn"),))
    assert first_run(later, later.diagnoses[0]) == "server-nominal"
    assert first_run(made, found) == "server-nominal"
