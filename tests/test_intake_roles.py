from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.roles import DEFAULT_ROLES, Assignment, assign, without_role
from grader.lab.model import ROLES, Role
from grader.submission import SourceFile

SERVER = b"import socket\ns = socket.socket()\ns.listen()\n"
CLIENT = b"import socket\ns = socket.socket()\ns.connect(('localhost', 65432))\n"
BOTH = SERVER + CLIENT


def of(files: dict[str, bytes]) -> Assignment:
    sources = [SourceFile(path=path, data=data) for path, data in files.items()]
    return assign(sources, DEFAULT_ROLES)


def found(files: dict[str, bytes]) -> tuple[str | None, str | None]:
    programs = of(files).programs
    return programs.server, programs.client


def codes(assignment: Assignment) -> list[str]:
    return [remark.code for remark in assignment.remarks]


def missing(assignment: Assignment) -> dict[Role, str]:
    return {one.role: one.problem.code for one in assignment.missing}


@pytest.mark.parametrize(
    ("server", "client"),
    [
        ("serveur.py", "client.py"),
        ("server.py", "client.py"),
        ("Serveur.PY", "CLIENT.py"),
        ("tp9_serveur.py", "Client_Dupont.py"),
        ("TP9/serveur.py", "TP9/client.py"),
        ("Dupont/TP9/serveur/serveurTCP.py", "Dupont/TP9/client/monClient.py"),
        ("serveur (1).py", "client-final.py"),
        ("tp9 - Server.py", "tp9 - Client.py"),
    ],
)
def test_names_tell_roles(server: str, client: str) -> None:
    result = of({server: SERVER, client: CLIENT, "rapport.pdf": b"%PDF"})
    assert (result.programs.server, result.programs.client) == (server, client)
    assert not result.remarks
    assert not result.missing


@pytest.mark.parametrize(
    ("files", "taken", "why"),
    [
        (["serveur.py", "old/serveur.py"], "serveur.py", "fewest folders"),
        (["serveur.py", "serveur_tp9.py"], "serveur.py", "just the role"),
        (["tp9_serveur.py", "monserveur.py"], "tp9_serveur.py", "says the role"),
        (["serveur_dupont.py", "serveur_old.py"], "serveur_dupont.py", "copies"),
        (["serveur_v1.py", "serveur_v2.py"], "serveur_v2.py", "highest number"),
        (["serveur_b.py", "serveur_a.py"], "serveur_a.py", "first by name"),
        (["serveur.py", "server.py"], "server.py", "first by name"),
    ],
)
def test_of_two_candidates_one_is_taken_and_said_why(
    files: list[str], taken: str, why: str
) -> None:
    for order in (files, files[::-1]):
        result = of(dict.fromkeys(order, SERVER) | {"client.py": CLIENT})
        assert result.programs.server == taken
        (remark,) = result.remarks
        assert remark.code == "several-candidates"
        assert why in remark.text.in_language("en")
        for name in files:
            assert name in remark.text.in_language("fr")


def test_a_filled_program_beats_an_empty_one_in_a_better_place() -> None:
    result = of({"serveur.py": b"\n", "tp9/serveur.py": SERVER, "client.py": CLIENT})
    assert result.programs.server == "tp9/serveur.py"
    assert codes(result) == ["several-candidates"]
    assert "not empty" in result.remarks[0].text.in_language("en")


def test_names_that_do_not_tell_are_told_apart_by_their_text() -> None:
    result = of({"a.py": SERVER, "b.py": CLIENT})
    assert (result.programs.server, result.programs.client) == ("a.py", "b.py")
    assert codes(result) == ["role-guessed", "role-guessed"]
    assert not result.missing


def test_a_name_with_both_roles_is_told_by_its_text() -> None:
    assert found({"client_serveur.py": SERVER, "client.py": CLIENT}) == (
        "client_serveur.py",
        "client.py",
    )


def test_names_go_before_texts() -> None:
    assert found({"serveur.py": CLIENT, "a.py": SERVER}) == ("serveur.py", None)


def test_what_stays_unclear_is_said() -> None:
    result = of({"tp9.py": BOTH})
    assert missing(result) == {"server": "unclear-role", "client": "unclear-role"}
    message = result.missing[0].problem.message
    assert "tp9.py" in message.in_language("fr")
    assert "serveur.py" in message.in_language("fr")
    assert result.missing[0].problem.blame == "student"


def test_a_program_that_only_imports_sockets_is_unclear() -> None:
    assert missing(of({"serveur.py": SERVER, "b.py": b"import socket\n"})) == {
        "client": "unclear-role"
    }


def test_helpers_and_the_other_role_are_not_unclear() -> None:
    result = of({"serveur.py": SERVER, "utils.py": b"x = 1\n", "autre.py": SERVER})
    assert missing(result) == {"client": "missing-file"}
    assert result.programs.server == "serveur.py"


@pytest.mark.parametrize("data", [b"", b" \n", b"# TODO\n", b'"""plus tard"""'])
def test_an_empty_program_is_missing_as_such(data: bytes) -> None:
    result = of({"serveur.py": data, "client.py": CLIENT})
    assert result.programs.server is None
    assert missing(result) == {"server": "empty-program"}
    assert "serveur.py" in result.missing[0].problem.message.in_language("fr")


@pytest.mark.parametrize("name", ["serveur.py.txt", "serveur.txt", "serveur", "serveur.pyw"])
def test_suffixes_that_windows_hides_are_forgiven(name: str) -> None:
    result = of({name: SERVER, "client.py": CLIENT})
    assert result.programs.server == name
    assert codes(result) == ["odd-suffix"]


def test_notes_about_a_server_are_no_server() -> None:
    assert missing(of({"serveur.txt": b"Mon serveur marche.", "client.py": CLIENT})) == {
        "server": "missing-file"
    }


def test_only_the_lab_s_roles_are_looked_for() -> None:
    files = [SourceFile(path="serveur.py", data=SERVER)]
    result = assign(files, {"server": DEFAULT_ROLES["server"]})
    assert result.programs.server == "serveur.py"
    assert not result.missing


def test_french_typography() -> None:
    text = of({"a.py": BOTH}).missing[0].problem.message.in_language("fr")
    assert "\u00a0:" in text
    assert " :" not in text


@pytest.mark.parametrize(
    ("stem", "role", "rest"),
    [
        ("client_dupont", "client", "dupont"),
        ("Client_Dupont", "client", "Dupont"),
        ("tp9_serveur_dupont", "server", "tp9_dupont"),
        ("tp9-server-dupont", "server", "tp9-dupont"),
        ("ServeurDupont", "server", "Dupont"),
        ("serveur", "server", ""),
    ],
)
def test_the_person_is_what_is_left(stem: str, role: Role, rest: str) -> None:
    assert without_role(stem, role, DEFAULT_ROLES) == rest


stems = st.text(st.sampled_from("serveurclient_ 1É/."), max_size=20)
texts = st.sampled_from([SERVER, CLIENT, BOTH, b"", b"x = 1"])


@given(st.dictionaries(stems.map(lambda stem: stem + ".py"), texts, max_size=6))
def test_the_order_of_files_never_matters(files: dict[str, bytes]) -> None:
    result = of(files)
    assert of(dict(reversed(files.items()))) == result
    for role in ROLES:
        is_missing = any(one.role == role for one in result.missing)
        assert is_missing == (result.programs.of(role) is None)
    assert result.programs.server is None or result.programs.server != result.programs.client


@pytest.mark.parametrize(
    ("path", "example"), [("Serveur.java", "client.java"), ("serveur.c", "client.c")]
)
def test_what_is_missing_is_asked_for_in_the_language_of_the_other_program(
    path: str, example: str
) -> None:
    in_languages = {
        role: replace(files, suffixes=(".py", ".c", ".java"))
        for role, files in DEFAULT_ROLES.items()
    }
    (one,) = assign([SourceFile(path=path, data=b"class Serveur {}")], in_languages).missing
    assert example in one.problem.message.in_language("en")
