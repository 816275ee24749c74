"""A proof in both languages: every program and every reason has French, and they say the same."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from prove_tools import lab_of
from test_prove_table import PROBLEM, proof

from grader.lab.library import builtin_labs, find_lab
from grader.lab.load import lab_files, load_lab_bytes
from grader.lab.problems import LabProblem
from grader.prove import mutants
from grader.prove.asked import UnservableError
from grader.prove.model_student import model_student
from grader.prove.places import places_of
from grader.prove.proof import plan
from grader.prove.table import tables, verdict
from grader.prove.words import _DOES, _WHY, _WORDS, does, why

HERE = Path(__file__).resolve().parent
LABS = [*(find_lab(name) for name in builtin_labs()), *sorted((HERE / "labs").iterdir())]


@pytest.mark.parametrize("folder", LABS, ids=lambda folder: folder.name)
def test_every_program_and_every_reason_of_every_lab_has_french(folder: Path) -> None:
    given = lab_files(folder)
    lab = load_lab_bytes(given)
    work = plan(lab, places_of(lab, given))
    for case in work.cases:
        told = does(case)
        name = case.id.partition("~")[0].partition(":")[2]
        french = told.in_language("fr")
        assert french != told.in_language("en")
        assert "{" not in french
        assert name in french or "{name}" not in _DOES[case.id.partition(":")[0]]
    assert {one.why for one in work.skipped if not one.why.startswith("no program")} <= {*_WHY}
    assert all(why(one, "en") == one.why for one in work.skipped)


def test_every_reason_of_a_family_has_french() -> None:
    assert {family.none for family in mutants._FAMILIES if family.none} <= {*_WHY}


@pytest.mark.parametrize("key", _WORDS)
def test_both_languages_say_the_same_of_the_same_things(key: str) -> None:
    french, english = ({*re.findall(r"\{(\w+)\}", text)} for text in _WORDS[key])
    assert french == english


def test_french_typography() -> None:
    said = [*(french for french, _ in _WORDS.values()), *_DOES.values(), *_WHY.values()]
    for text in said:
        bare = re.sub(r"`[^`]*`", "", text)
        assert not re.search(r"[^~][:;!?](?:\s|$)", bare), text
        assert not re.search(r"\w'\w", text), text


def test_what_no_program_can_do_is_said_in_both() -> None:
    lab = lab_of(
        {
            "server-one": "reference: [connect, {receive: a, proves: server.a}, close]",
            "server-two": "reference: [connect, {receive: b, proves: server.a}, close]",
        }
    )
    with pytest.raises(UnservableError) as caught:
        model_student(lab, "server")
    assert str(caught.value) == caught.value.said.in_language("en")
    french = caught.value.said.in_language("fr")
    assert french.startswith("aucun programme ne peut faire tout ce qui est demandé ici et dans ")
    assert "\u00a0: rien de ce qu’il lit" in french


def test_tables_and_verdicts_in_french() -> None:
    made = proof()
    criteria, right, _, left_out = tables(made, "fr")
    assert criteria.heading == "Serveur\u00a0: 2 critères, 2 points"
    assert criteria.columns == ("critère", "points", "mutants qui le perdent")
    assert right.rows[0] == ("model", "rien", "fait tout ce qui est demandé")
    assert ("server drop-read", "il ne lit rien") in left_out.rows
    clean = replace(made, problems=(), remarks=())
    assert verdict(clean, "fr").startswith("small\u00a0: prouvé. Chacun des ")
    two = (PROBLEM, replace(PROBLEM, message="other"))
    assert "prouvé, avec 2 remarques (" in verdict(replace(clean, remarks=two), "fr")
    assert "pas prouvé, 1 problème (" in verdict(replace(clean, problems=(PROBLEM,)), "fr")
    assert "1 programme n’a pas pu être jugé" in verdict(replace(clean, faults=("x",)), "fr")
    assert "aucun problème jusque-là" in verdict(replace(clean, unplayed=2), "fr")
    assert "garde" in verdict(replace(clean, part=True), "fr")


def test_what_is_wrong_with_a_lab_is_said_in_french_too() -> None:
    found = [p.told("fr") for p in proof().problems]
    assert any("un serveur qui " in one and "gagne tous les points" in one for one in found)
    assert any("un serveur juste (no-close) qui laisse la fermeture à sa fin perd" in one
               for one in found)  # fmt: skip
    plain = LabProblem(PROBLEM.place, "only so")
    assert plain.told("fr") == plain.told("en") == "lab.yaml:3:5: only so"
