"""Mistakes with requests and answers are named for what they are, by transcripts of two labs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from transcripts import Play, grade

from grader import transcript as tr
from grader.judge.model import Diagnosis
from grader.lab.load import load_lab
from grader.lab.model import Lab
from grader.resources import scenarios_root

ECHO, CALC = (load_lab(scenarios_root() / name) for name in ("echo", "calc"))
LINES = ("Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir")
DRAWN = {"a": "123", "b": "45", "word": "zut"}


class Talk(Play):
    """A run of messages with an end of line, whose steps are told one by one."""

    def __init__(self, lab: Lab, scenario: str, **texts: str) -> None:
        super().__init__(scenario, lab.port)
        self.header = replace_texts(self.header, texts)
        self.lab = lab
        if self.header.role == "server":
            self.listens(lab.port)
        self.connected(lab.port)

    def says(self, line: str, message: str, piece: int = 1, pieces: int = 1) -> Talk:
        data = (line + "\n" if piece == pieces else line).encode()
        self._sent += len(data)
        sent = tr.Sent(
            t=self._t, data=data, messages=tuple(message.split()), piece=piece, pieces=pieces
        )
        self._add(sent)
        return self

    def hears(self, step: int, line: str) -> Talk:
        self.receives(line + "\n")
        return self.step(step, "done", "received")

    def step(self, index: int, status: str, reason: str) -> Talk:
        self._add(tr.Step(t=self._t, index=index, status=status, reason=reason))
        return self

    def half_closes(self) -> Talk:
        self._add(tr.Closed(t=self._t, how="half-close"))
        return self

    def errors(self, transcript: tr.Transcript) -> list[Diagnosis]:
        return errors(self.lab, transcript)


def errors(lab: Lab, transcript: tr.Transcript) -> list[Diagnosis]:
    return [d for d in grade(transcript, lab=lab).diagnoses if d.level == "error"]


def replace_texts(header: tr.Header, texts: dict[str, str]) -> tr.Header:
    return tr.Header(
        **{**{f: getattr(header, f) for f in header.__struct_fields__}, "texts": texts}
    )


def waited_for_everything(last: str = "late") -> tr.Transcript:
    """A server that reads on after a line, and answers once the client has finished."""
    talk = Talk(ECHO, "server-nominal").says(LINES[0], "line1")
    talk.consumed()
    talk.waits("recvfrom", "connection")
    talk.step(2, "missed", "stuck")
    for number, line in enumerate(LINES[1:], 2):
        talk.says(line, f"line{number}").consumed()
        talk.step(2 * number, "missed", "ready")
    talk.half_closes()
    if last == "late":
        talk.receives(LINES[0] + "\n")
    return talk.fin().we_close().exits()


def waits_for_everything(last: str = "late") -> list[Diagnosis]:
    return errors(ECHO, waited_for_everything(last))


@pytest.mark.parametrize(("last", "said"), [("late", "sent after"), ("never", "did not arrive")])
def test_what_came_too_late_has_come(last: str, said: str) -> None:
    made = grade(waited_for_everything(last), lab=ECHO)
    (finding,) = next(j.findings for j in made.criteria if j.criterion.id == "server.echo")
    assert said in finding.what.in_language("en")


def test_answers_that_leave_at_the_end() -> None:
    (found,) = waits_for_everything()
    assert found.id == "waits-for-end-of-stream"
    assert "tampon" in found.explanation.in_language("fr")


def test_no_answers_at_all_are_another_mistake() -> None:
    assert [d.id for d in waits_for_everything("never")] != ["waits-for-end-of-stream"]


def pieces(*answer: str) -> list[Diagnosis]:
    return errors(CALC, in_pieces(*answer))


def in_pieces(*answer: str) -> tr.Transcript:
    """A request in two pieces; what the server answers between them, and after."""
    between, after = answer
    talk = Talk(CALC, "server-pieces", **DRAWN).says("AD", "add-drawn", 1, 2)
    if between:
        talk.receives(between + "\n")
    talk.says("D 123 45", "add-drawn", 2, 2).consumed()
    if between:
        talk.step(2, "done", "received")
    if after:
        talk.receives(after + "\n")
    if not between:
        talk.step(2, "done", "received")
    talk.waits("recvfrom", "connection")
    return talk.stuck()


def test_a_piece_that_is_answered() -> None:
    found = pieces("ERROR unknown command", "ERROR unknown command")
    assert [d.id for d in found] == ["one-recv-is-one-message"]
    assert "morceau" in found[0].title.in_language("fr")


def test_a_wrong_answer_to_the_whole_is_another_mistake() -> None:
    assert not pieces("", "RESULT 1")


def test_pieces_and_several_at_once_are_one_mistake_with_its_own_words() -> None:
    cut = in_pieces("ERROR unknown command", "ERROR unknown command")
    made = grade(cut, at_once("RESULT -78"), lab=CALC)
    (found,) = [d for d in made.diagnoses if d.level == "error"]
    assert "no more and no less" in found.explanation.in_language("en")
    assert len(found.criteria) == 2


def together(*answers: str, ready: bool = True) -> list[Diagnosis]:
    return errors(CALC, at_once(*answers, ready=ready))


def at_once(*answers: str, ready: bool = True) -> tr.Transcript:
    """Three requests at once, and so many answers."""
    talk = Talk(CALC, "server-together", **DRAWN)
    three = "SUB 45 123\nADD 123 45\nMUL -123 45"
    talk.says(three, "subtract-drawn add-drawn multiply-drawn")
    for number, answer in enumerate(answers):
        talk.hears(2 + number, answer)
    talk.consumed()
    if ready:
        talk.step(2 + len(answers), "missed", "ready")
    talk.waits("accept4", "listener")
    return talk.stuck(19)


def test_requests_that_came_together() -> None:
    (found,) = together("RESULT -78")
    assert (found.id, found.line) == ("one-recv-is-one-message", None)
    assert "ensemble" in found.explanation.in_language("fr")


@pytest.mark.parametrize(
    "found",
    [
        lambda: together("RESULT -78", "RESULT 168", "RESULT -5535"),
        lambda: together("RESULT -78", ready=False),
    ],
    ids=["all answered", "not seen to read on"],
)
def test_that_is_not_said_without_proof(found: Callable[[], list[Diagnosis]]) -> None:
    assert "one-recv-is-one-message" not in [d.id for d in found()]


def leaves_after(count: int) -> list[Diagnosis]:
    talk = Talk(ECHO, "server-nominal")
    for number, line in enumerate(LINES[:count]):
        talk.says(line, f"line{number + 1}").consumed()
        talk.hears(2 + 2 * number, line)
    if count == len(LINES):
        talk.half_closes()
    talk.fin().we_close()
    return talk.errors(talk.exits())


def test_one_that_stops_reading() -> None:
    (found,) = leaves_after(2)
    assert found.id == "one-recv-two-messages"
    assert "a lu 2 de nos messages" in found.explanation.in_language("fr")


def test_one_that_reads_all() -> None:
    assert leaves_after(3) == []


@pytest.mark.parametrize("late", [False, True], ids=["", "and fails to send before it is ended"])
@pytest.mark.parametrize("limit", ["cpu", "wall", "output", "wire"])
def test_a_loop_that_does_not_see_the_end(limit: str, *, late: bool) -> None:
    """Whichever limit it meets first, and whatever it says of what we closed for that limit."""
    talk = Talk(ECHO, "server-nominal")
    for number, line in enumerate(LINES):
        talk.says(line, f"line{number + 1}").consumed()
        talk.hears(2 + 2 * number, line)
    talk.half_closes()
    told = talk.limit(limit)
    if late:
        said = Talk(ECHO, "server-nominal").raises("BrokenPipeError", 22, "s.sendall(x)").entries
        (error,) = (entry for entry in said if isinstance(entry, tr.Stderr))
        (struck,) = (
            i for i, entry in enumerate(told.entries) if isinstance(entry, tr.LimitReached)
        )
        after = [*told.entries[: struck + 1], tr.Closed(t=error.t, how="close"), error]
        told = tr.of(told.header, [*after, *told.entries[struck + 1 :]])
    assert [d.id for d in talk.errors(told)] == ["ignores-end-of-stream"]


def hard_of_hearing(*printed: str) -> list[Diagnosis]:
    answers = {"answer1": "Le vent du nord", "answer2": "Une tuile tombe", "answer3": "Il pleut"}
    talk = Talk(ECHO, "client-drawn", **answers)
    for number, (line, (name, answer), shown) in enumerate(
        zip(LINES, answers.items(), printed, strict=True)
    ):
        talk.hears(1 + 2 * number, line)
        talk.says(answer, name).consumed()
        talk.prints(shown)
    talk.fin().we_close()
    return talk.errors(talk.exits())


def test_a_client_that_prints_what_it_sent() -> None:
    (found,) = hard_of_hearing(*LINES)
    assert found.id == "hard-coded-output"
    assert "a envoyé" in found.title.in_language("fr")


def test_a_client_that_prints_nothing() -> None:
    assert [d.id for d in hard_of_hearing("", "", "")] == ["no-print"]


def test_a_client_that_prints_the_answers() -> None:
    assert hard_of_hearing("Le vent du nord", "Une tuile tombe", "Il pleut") == []


def test_a_word_that_is_no_number_is_no_length() -> None:
    talk = Talk(CALC, "client-error", first="700", **DRAWN)
    talk.hears(1, "ADD 3 4").says("RESULT 700", "result-first").consumed()
    talk.hears(3, "MUL 700 5").says("ERROR zut", "refusal").consumed()
    error = "ValueError: invalid literal for int() with base 10: 'zut'"
    talk.raises(error, 8, "r = int(f.readline().split()[1])").fin().we_close()
    assert [d.id for d in talk.errors(talk.exits(1))] == ["exit-status"]
