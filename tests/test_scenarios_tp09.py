"""The built-in lab tp09 says what its contract says."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from grader.lab.load import lab_files, load_lab, load_lab_bytes
from grader.lab.model import Accents, Level, Limits, Text, Tolerance
from grader.lab.sweep import is_sweep
from grader.resources import scenarios_root

FOLDER = scenarios_root() / "tp09"
LAB = load_lab(FOLDER)
POINTS = {
    "server.listen": 1,
    "server.any": 1,
    "server.greeting": 2,
    "server.print1": 2,
    "server.print2": 2,
    "server.close": 1,
    "server.exit": 1,
    "client.connect": 1,
    "client.print": 3,
    "client.send1": 2,
    "client.send2": 2,
    "client.close": 1,
    "client.exit": 1,
}


def test_criteria_and_points() -> None:
    assert {criterion.id: criterion.points for criterion in LAB.criteria} == POINTS
    assert LAB.max_score == Fraction(20)
    assert all(criterion.role == criterion.id.split(".")[0] for criterion in LAB.criteria)


def test_the_words_of_the_statement() -> None:
    assert {name: message.text for name, message in LAB.messages.items()} == {
        "greeting": "Bonjour Client, je suis le serveur 65432, la connexion est établie",
        "hello": "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
        "goodbye": "Serveur 65432, je vous dis au revoir",
    }
    assert LAB.port == 65432


def test_settings() -> None:
    assert LAB.tolerance == Tolerance(
        encodings=("utf-8", "latin-1", "cp1252"), accents=Accents.OPTIONAL, edits=2
    )
    assert LAB.limits == Limits()


def proved(scenario: str) -> list[str]:
    found = LAB.scenario(scenario)
    return sorted(each.proves for each in (*found.steps, *found.expect) if each.proves)


def test_what_proves_what() -> None:
    server = sorted(name for name in POINTS if name.startswith("server."))
    client = sorted(name for name in POINTS if name.startswith("client."))
    assert proved("server-nominal") == server
    assert proved("client-nominal") == client
    assert proved("server-drawn") == ["server.print1", "server.print2"]
    assert proved("client-drawn") == ["client.print"]


def test_graded_scenarios_come_first_for_each_role() -> None:
    for role in ("server", "client"):
        levels = [scenario.level for scenario in LAB.scenarios if scenario.tests == role]
        assert levels == [Level.GRADED] * 2 + [Level.ADVICE] * (len(levels) - 2)
        assert len(levels) > 4


def test_sweeps_are_advice_of_both_roles() -> None:
    sweeps = [scenario for scenario in LAB.scenarios if is_sweep(scenario)]
    assert [(each.tests, each.level) for each in sweeps] == [
        ("server", Level.ADVICE),
        ("client", Level.ADVICE),
    ]


def test_no_file_is_forgotten() -> None:
    assert set(lab_files(FOLDER)) == {"lab.yaml", *(f"{each.id}.yaml" for each in LAB.scenarios)}


def test_exit_can_be_taken_out() -> None:
    files = lab_files(FOLDER)
    text = files["lab.yaml"].decode()
    for criterion in ("server.exit", "client.exit"):
        text = text.replace(f"  {criterion}:\n", f"  {criterion}:\n    enabled: false\n")
    assert load_lab_bytes({**files, "lab.yaml": text.encode()}).max_score == 18


def people_texts() -> list[Text]:
    texts = [LAB.title]
    for criterion in LAB.criteria:
        texts += [criterion.title, criterion.requirement, criterion.hint]
    for scenario in LAB.scenarios:
        texts += [scenario.title, *([scenario.advice] if scenario.advice else [])]
    return texts


@pytest.mark.parametrize("text", people_texts(), ids=lambda text: text.in_language("en")[:40])
def test_texts_for_people_are_in_both_languages_and_well_set(text: Text) -> None:
    assert set(text.by_language) == {"fr", "en"}
    french = text.in_language("fr")
    # A no-break space before : ; ! ? and inside « »; but not in `b''` or `0.0.0.0`.
    assert not re.search(r"(?<!\u00a0)[:;!?»](?:\s|$)", french), french
    assert not re.search(r"«(?!\u00a0)", french), french
    assert "  " not in french
    assert "\n" not in french
