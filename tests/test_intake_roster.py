"""Rosters, as platforms and teachers write them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.roster import RosterError, Student, read_roster


def one(text: str, encoding: str = "utf-8") -> Student:
    (student,) = read_roster(text.encode(encoding)).students
    return student


def test_a_moodle_worksheet_in_french_and_in_english() -> None:
    fr = one(
        "\ufeffIdentifiant,Nom complet,Adresse de courriel,Statut,Groupe,Note,Note maximale,"
        "Dernière modification (travail remis)\r\n"
        'Participant12345,"Zoé D’Arc",zoe@ecole.fr,Remis,TP1,,"20,00",'
        '"jeudi 1 octobre 2026, 10:15"\r\n'
    )
    assert fr.ids == {"participant": "12345", "email": "zoe@ecole.fr"}
    assert (fr.name, fr.groups) == ("Zoé D’Arc", ("TP1",))
    assert fr.submitted == datetime(2026, 10, 1, 10, 15)
    en = one(
        "Identifier,Full name,Email address,ID number,Last modified (submission)\n"
        'Participant 7,Zoe,z@x.fr,0042,"Thursday, 1 October 2026, 10:15 AM"\n'
    )
    assert en.ids == {"participant": "7", "number": "0042", "email": "z@x.fr"}
    assert en.submitted == fr.submitted


def test_canvas_gradebook() -> None:
    roster = read_roster(
        b"Student,ID,SIS User ID,SIS Login ID,Section,TP (12)\n"
        b"    Points Possible,,,,,20\n"
        b'"Doe, Jane",501,S1,jdoe,A,\n"Student, Test",9,,,,\n'
    )
    assert [s.name for s in roster.students] == ["Doe, Jane"]
    assert roster.students[0].ids == {"canvas": "501", "number": "S1", "login": "jdoe"}


def test_others() -> None:
    assert one("nom;prénom;n° étudiant\nDupont;Zoé;0012", "cp1252").name == "Zoé Dupont"
    assert one("Nom\tNuméro\nDupont\t0012", "utf-16").ids == {"number": "0012"}
    assert one("github_username,roster_identifier\nzoe,S1").ids == {"login": "zoe", "number": "S1"}
    assert one("identifiant,nom\njdupont,Dupont").ids == {"login": "jdupont"}
    assert one("dossier,nom\nCopie (2),Zoé").entry == "Copie (2)"
    assert one("name,team\nZoé,a; b").groups == ("a", "b")
    assert one("email\nz@x.fr").name == "z@x.fr"
    assert read_roster(b"name\n\n  \n").students == ()


def test_what_is_no_roster() -> None:
    for data in (b"", b"note,commentaire\n1,2\n", b"\x00\x00", b"a" * (9 * 2**20)):
        with pytest.raises(RosterError):
            read_roster(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_roster_or_none(data: bytes) -> None:
    try:
        read_roster(b"name,email\n" + data)
        read_roster(data)
    except RosterError:
        pass
