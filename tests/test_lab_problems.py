import pytest

from grader.lab.problems import LabError, LabProblem, Place, Problems, meant, near, shown


def test_problems_come_by_file_line_and_column_and_once() -> None:
    problems = Problems()
    for file, line, column in (("b", 1, 1), ("a", 10, 1), ("a", 9, 7), ("a", 9, 2), ("a", 9, 2)):
        problems.add(Place(file, line, column), "wrong")
    with pytest.raises(LabError) as caught:
        problems.raise_any()
    places = [str(problem.place) for problem in caught.value.problems]
    assert places == ["a:9:2", "a:9:7", "a:10:1", "b:1:1"]
    assert str(caught.value).splitlines()[0] == "a:9:2: wrong"
    assert caught.value.blame == "author"


def test_no_problem_no_error() -> None:
    Problems().raise_any()


def test_a_problem_reads_like_a_compilers() -> None:
    assert str(LabProblem(Place("lab.yaml", 3, 5), "no")) == "lab.yaml:3:5: no"


def test_what_was_meant() -> None:
    assert meant("recieve", ["send", "receive"]) == "; did you mean 'receive'?"
    assert meant("Receive", ["send", "receive"]) == "; did you mean 'receive'?"
    assert meant("zzz", ["send", "receive"]) == "; there are: send, receive"
    assert meant("zzz", []) == "; there are none"
    assert near("server.prin1", ["server.print1", "client.close"]) == ["server.print1"]


def test_an_authors_word_is_shown_bounded_and_without_control_characters() -> None:
    assert shown("\x1b[31mred") == r"'\x1b[31mred'"
    assert len(shown("x" * 10_000)) < 100
