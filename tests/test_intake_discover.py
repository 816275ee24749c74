import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch import output
from grader.intake.discover import Discovery, discover
from grader.intake.errors import InputError


def fill(folder: Path, *names: str) -> Path:
    """Files and (with a slash at the end) folders of these names."""
    for name in names:
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("pass\n")
    return folder


def kinds(found: Discovery) -> dict[str, tuple[str, list[str]]]:
    return {e.name: (e.kind, [path.name for path in e.paths]) for e in found.entries}


def test_folders_archives_and_loose_programs(tmp_path: Path) -> None:
    fill(
        tmp_path,
        *("dupont_marie/", "martin.zip", "durand.tar.gz", "petit.tgz", "roux.tar.xz", "blanc.rar"),
        *("client_leroy.py", "serveur_leroy.py", "serveur_moreau.py", "simon.py"),
        *("README.md", "notes.csv", ".DS_Store", "__MACOSX/", "venv/", ".github/", "a.py~"),
    )
    found = discover(tmp_path)
    assert kinds(found) == {
        "dupont_marie": ("folder", ["dupont_marie"]),
        "martin": ("archive", ["martin.zip"]),
        "durand": ("archive", ["durand.tar.gz"]),
        "petit": ("archive", ["petit.tgz"]),
        "roux": ("archive", ["roux.tar.xz"]),
        "blanc": ("archive", ["blanc.rar"]),
        "leroy": ("loose", ["client_leroy.py", "serveur_leroy.py"]),
        "serveur_moreau": ("loose", ["serveur_moreau.py"]),
        "simon": ("loose", ["simon.py"]),
    }
    assert found.ignored == (".github", "README.md", "notes.csv")
    assert [entry.id for entry in found.entries] == sorted(kinds(found))


@pytest.mark.parametrize(
    ("names", "person"),
    [
        (["Client_Dupont.py", "serveur_dupont.py"], "Dupont"),
        (["tp9_client_dupont.py", "tp9_serveur_dupont.py"], "tp9_dupont"),
        (["dupont-server.py", "dupont-client.py"], "dupont"),
        (["ClientDupont.py", "ServeurDupont.py"], "Dupont"),
        (["client_dupont.py", "serveur_dupont.py.txt"], "dupont"),
    ],
)
def test_programs_pair_up_by_person(tmp_path: Path, names: list[str], person: str) -> None:
    fill(tmp_path, "autre/", *names)
    assert kinds(discover(tmp_path))[person] == ("loose", sorted(names))


def test_a_folder_that_is_itself_a_submission(tmp_path: Path) -> None:
    folder = fill(tmp_path / "dupont", "serveur.py", "client.py", "utils.py", "rapport.pdf")
    found = discover(folder)
    assert kinds(found) == {"dupont": ("loose", ["client.py", "serveur.py", "utils.py"])}
    assert found.ignored == ("rapport.pdf",)


def test_one_program_alone_is_a_submission(tmp_path: Path) -> None:
    assert kinds(discover(fill(tmp_path / "x", "serveur.py"))) == {"x": ("loose", ["serveur.py"])}


def test_bare_programs_beside_folders_are_one_submission(tmp_path: Path) -> None:
    folder = fill(tmp_path / "groupe", "dupont/", "serveur.py", "client.py", "a.py")
    assert set(kinds(discover(folder))) == {"dupont", "groupe", "a"}


def results_in(folder: Path) -> Path:
    """What `grade` leaves there, copies of programs included."""
    with output.opened(folder) as opened:
        opened.write(output.MARKER, b"{}")
        opened.write("dupont/source/serveur.py", b"")
    return folder


def test_results_are_not_a_submission(tmp_path: Path) -> None:
    fill(tmp_path, "dupont/")
    results_in(tmp_path / "notes")
    results_in(tmp_path / "wiregrade-out")
    found = discover(tmp_path)
    assert set(kinds(found)) == {"dupont"}
    assert found.results == ("notes", "wiregrade-out")


def test_where_this_run_writes_is_not_a_submission(tmp_path: Path) -> None:
    fill(tmp_path, "dupont/", "notes/index.html")
    (tmp_path / "lien").symlink_to(tmp_path / "notes")
    found = discover(tmp_path / ".", own=tmp_path / "lien")
    assert set(kinds(found)) == {"dupont", "lien"}
    assert found.results == ("notes",)
    assert discover(tmp_path, own=tmp_path / "nowhere").results == ()


@pytest.mark.parametrize("below", ["", "a/", "a/b/", "a/b/c/"])
@pytest.mark.parametrize("program", ["serveur.py", "x/serveur.py", "x/y/serveur.py", "rapport.pdf"])
def test_a_forged_mark_hides_no_submission(below: str, program: str, tmp_path: Path) -> None:
    """At any depth, whatever else is handed in: what a folder of ours holds, copied or guessed."""
    original = results_in(tmp_path / "original")
    copied = (original / output.LOCK).read_bytes()
    forged = {"copied": copied, "guessed": b"1\n", "empty": b"", "long": b"9" * 10_000}
    folder = tmp_path / "class"
    for name, lock in forged.items():
        fill(folder, f"{name}/{program}", f"{name}/{below}{output.MARKER}")
        (folder / name / below / output.LOCK).write_bytes(lock)
    found = discover(folder)
    assert set(kinds(found)) == set(forged)
    assert found.results == ()


def test_a_lock_that_is_no_file_hides_no_submission(tmp_path: Path) -> None:
    fill(tmp_path, "tube/", "lien/", "dossier/.wiregrade.lock/")
    results_in(tmp_path / "notes")
    os.mkfifo(tmp_path / "tube" / output.LOCK)
    (tmp_path / "lien" / output.LOCK).symlink_to("../notes/.wiregrade.lock")
    assert set(kinds(discover(tmp_path))) == {"tube", "lien", "dossier"}


@pytest.mark.parametrize("program", ["serveur.py", "tp9/client.py"])
def test_a_hidden_folder_with_a_program_is_a_submission(program: str, tmp_path: Path) -> None:
    found = discover(fill(tmp_path, f".dupont/{program}", ".github/workflows/x.yml"))
    assert set(kinds(found)) == {".dupont"}
    assert found.ignored == (".github",)


def test_an_empty_folder_of_a_student_is_an_entry(tmp_path: Path) -> None:
    assert set(kinds(discover(fill(tmp_path, "vide/")))) == {"vide"}


def test_links_and_pipes_are_entries_that_are_never_opened(tmp_path: Path) -> None:
    fill(tmp_path, "dupont/")
    (tmp_path / "lien").symlink_to("dupont")
    (tmp_path / "lien.md").symlink_to("dupont")
    (tmp_path / "mort.zip").symlink_to("nowhere")
    os.mkfifo(tmp_path / "tube.py")
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{short}/s")
        Path(f"{short}/s").rename(tmp_path / "prise")
    found = discover(tmp_path)
    assert kinds(found) == {
        "dupont": ("folder", ["dupont"]),
        "lien": ("link", ["lien"]),
        "mort": ("link", ["mort.zip"]),
        "tube.py": ("other", ["tube.py"]),
        "prise": ("other", ["prise"]),
    }
    assert found.ignored == ("lien.md",)


def test_names_that_clash_or_are_hostile(tmp_path: Path) -> None:
    fill(
        tmp_path,
        "dupont/",
        "dupont.zip",
        "Élodie/",
        "index.html/",
        "-rf/",
        "a\nb/",
        "x" * 230 + "/",
    )
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/ren\xe9"))).mkdir()
    found = discover(tmp_path)
    assert len({entry.id for entry in found.entries}) == 8
    assert sorted(kinds(found)) == sorted(
        ["dupont", "Élodie", "index.html", "-rf", "a\nb", "x" * 230, "ren\xe9"]
    )
    assert not {"dupont", "index.html", "-rf"} & {entry.id for entry in found.entries}
    for entry in found.entries:
        entry.name.encode()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: None, "doesn't exist"),
        (lambda folder: folder.write_text("x"), "not a folder"),
        (lambda folder: folder.mkdir(), "is empty"),
        (lambda folder: fill(folder, "README.md", "a.csv"), "nothing to grade"),
        (lambda folder: fill(folder, ".DS_Store", "__MACOSX/"), "is empty"),
    ],
)
def test_a_folder_that_cannot_be_graded_is_refused(
    tmp_path: Path, make: Callable[[Path], object], words: str
) -> None:
    folder = tmp_path / "rendus"
    make(folder)
    with pytest.raises(InputError, match=words) as caught:
        discover(folder)
    assert "rendus" in str(caught.value)
    assert "rendus" in caught.value.text.in_language("fr")


def test_a_folder_without_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read everything, so the refusal is played."""

    def refuse(path: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        discover(tmp_path)
