"""Mistakes are told once, with every place, what to read and what lies behind."""

from __future__ import annotations

from dataclasses import replace

from report_samples import DIAGNOSIS, SERVER, lab, text

from grader.judge.model import Diagnosis
from grader.lab.model import Lab
from grader.view.mending import Mistakes, told_alike
from grader.view.source import Program

QUOTING: Lab = replace(
    lab(),
    notions={"receive": text("énoncé, partie 1.3", "statement, part 1.3")},
    passages={"receive": text("« `.recv()` est bloquante »", "“`.recv()` blocks”")},
)
ABOUT = replace(DIAGNOSIS, about="receive", notion=QUOTING.notions["receive"])
OTHER = replace(ABOUT, role="client", file="client.py", line=None, look=1)


def mistakes(of: Lab = QUOTING) -> Mistakes:
    return Mistakes(
        lab=of,
        language="fr",
        programs={"serveur.py": Program("serveur.py", SERVER)},
        criteria={"server.print2": "Imprimer"},
        titles={"server-nominal": "L’échange"},
        advice={"receive": [("advice-x", "En deux morceaux")]},
    )


def numbered(*listed: Diagnosis) -> list[tuple[int, Diagnosis]]:
    return list(enumerate(listed))


def test_the_same_said_of_both_programs_is_said_once() -> None:
    (alike,) = told_alike(numbered(ABOUT, OTHER), "fr")
    view = mistakes().view(alike)
    assert view.anchors == ("d0", "d1")
    assert [(p.line, p.look) for p in view.places] == [(15, False), (1, True)]
    assert view.criteria == (("server.print2", "Imprimer"),)
    otherwise = replace(OTHER, explanation=text("autre chose"))
    assert len(told_alike(numbered(ABOUT, otherwise), "fr")) == 2


def test_a_mistake_leads_to_the_statement_and_further() -> None:
    told = mistakes()
    view = told.view(numbered(ABOUT))
    assert (view.notion, view.notion_anchor) == ("énoncé, partie 1.3", "statement-receive")
    assert view.further is not None
    assert view.further.advice == (("advice-x", "En deux morceaux"),)
    assert "recv()" in view.further.reading
    assert view.quote[1].code
    again = told.view(numbered(OTHER))
    assert (again.notion_anchor, again.quote) == ("statement-receive", ())


def test_what_python_said_stands_with_the_crash_that_it_ended_in() -> None:
    told = mistakes()
    told.errors = {ABOUT.run: b"NameError: x"}
    crash = replace(ABOUT, id="exit-status")
    assert [run.text for run in told.view(numbered(crash)).said] == ["NameError: x"]
    assert told.view(numbered(ABOUT)).said == ()


def test_a_lab_that_does_not_quote_names_the_place_only() -> None:
    told = mistakes(replace(QUOTING, passages={}))
    view = told.view(numbered(ABOUT))
    assert (view.notion, view.notion_anchor) == ("énoncé, partie 1.3", "")
    assert view.quote == ()


def test_what_lies_behind_is_said_of_the_programs_own_language() -> None:
    java = replace(ABOUT, file="Serveur.java")
    view = mistakes().view(numbered(java))
    assert view.further is not None
    assert "InputStream" in view.further.reading
    assert "b''" not in "".join(run.text for run in view.further.text)


def test_advice_has_no_part_that_goes_further() -> None:
    assert mistakes().view(numbered(ABOUT), further=False).further is None
    assert mistakes().view(numbered(DIAGNOSIS)).further is None


def test_lines_that_were_shown_are_not_shown_again() -> None:
    told = mistakes()
    first, second = (told.view(numbered(one)).places[0] for one in (ABOUT, ABOUT))
    assert first.excerpt is not None
    assert second.excerpt is None
    assert second.href == first.href


def test_many_criteria_are_counted_and_titles_alike_told_apart() -> None:
    told = mistakes()
    ids = [f"{role}.{name}" for role in ("server", "client") for name in ("close", "exit", "a")]
    told.criteria = {c: c.split(".")[1] for c in ids}
    view = told.view(numbered(replace(ABOUT, criteria=tuple(ids))))
    assert [title for _, title in view.criteria] == [
        "close (serveur)",
        "exit",
        "a",
        "close (client)",
    ]
    assert view.more == "et 2 autres"
    few = told.view(numbered(replace(ABOUT, criteria=tuple(ids[:5]))))
    assert (len(few.criteria), few.more) == (5, "")
