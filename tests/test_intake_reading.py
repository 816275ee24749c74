import hashlib
import os
import socket
import tempfile
import zipfile
from pathlib import Path

import pytest

from grader.intake import tree
from grader.intake.bounds import BOUNDS, Bounds
from grader.intake.discover import discover
from grader.intake.errors import InputError, Refused
from grader.intake.reading import digest_of, read, read_folder
from grader.intake.roles import DEFAULT_ROLES
from grader.submission import SourceFile, Submission

SERVER = b"import socket\ns = socket.socket()\ns.listen()\n"
CLIENT = b"import socket\ns = socket.socket()\ns.connect(('localhost', 65432))\n"


def write_all(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def only(folder: Path, bounds: Bounds = BOUNDS) -> Submission:
    (entry,) = discover(folder).entries
    return read(entry, DEFAULT_ROLES, bounds=bounds)


def paths(submission: Submission) -> list[str]:
    return [file.path for file in submission.files]


def codes(submission: Submission) -> set[str]:
    return {remark.code for remark in submission.remarks}


def problem(submission: Submission) -> tuple[str, str]:
    assert submission.problem is not None
    assert not submission.files
    assert not submission.missing
    return submission.problem.code, submission.problem.blame


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    write_all(
        tmp_path / "dupont",
        {
            "TP9/serveur.py": SERVER,
            "TP9/client.py": CLIENT,
            "TP9/donnees.txt": b"\xff",
            "TP9/.DS_Store": b"",
            "expected.yaml": b"",
            "__pycache__/x.pyc": b"",
        },
    )
    found = only(tmp_path)
    assert (found.id, found.name) == ("dupont", "dupont")
    assert paths(found) == ["TP9/client.py", "TP9/donnees.txt", "TP9/serveur.py"]
    assert (found.programs.server, found.programs.client) == ("TP9/serveur.py", "TP9/client.py")
    assert (found.problem, found.missing, found.remarks) == (None, (), ())


def test_an_archive_is_read_like_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "dupont.zip", "w") as archive:
        archive.writestr("serveur.py", SERVER)
        archive.writestr("client.py", CLIENT)
    packed = only(tmp_path)
    plain = read_folder(
        write_all(tmp_path / "x" / "d", {"serveur.py": SERVER, "client.py": CLIENT}), DEFAULT_ROLES
    )
    assert packed.name == "dupont"
    assert packed.files == plain.files
    assert packed.digest == plain.digest


def test_a_folder_that_holds_an_archive_only(tmp_path: Path) -> None:
    folder = write_all(tmp_path / "Dupont_123_file", {"rapport.pdf": b"%PDF"})
    with zipfile.ZipFile(folder / "tp9.zip", "w") as archive:
        archive.writestr("serveur.py", SERVER)
    found = only(tmp_path)
    assert found.programs.server == "serveur.py"
    assert codes(found) == {"archive-opened"}
    assert [one.problem.code for one in found.missing] == ["missing-file"]


def test_loose_programs_are_read_together(tmp_path: Path) -> None:
    write_all(tmp_path, {"serveur_dupont.py": SERVER, "client_dupont.py": CLIENT})
    found = only(tmp_path)
    assert found.id == "dupont"
    assert (found.programs.server, found.programs.client) == (
        "serveur_dupont.py",
        "client_dupont.py",
    )


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "empty-submission"),
        ({".DS_Store": b"x"}, "empty-submission"),
        ({"big.bin": bytes(2000)}, "too-large"),
        ({"a.zip": b"broken"}, "broken-archive"),
        ({"a.rar": b"Rar!\x1a\x07"}, "unsupported-archive"),
        ({"a.zip": b"", "b.zip": b""}, "several-archives"),
        ({f"{n}.py": b"" for n in range(30)}, "too-large"),
    ],
)
def test_faults_of_the_student_are_problems(
    tmp_path: Path, files: dict[str, bytes], code: str
) -> None:
    write_all(tmp_path / "dupont", files)
    assert problem(only(tmp_path, Bounds(file_bytes=1000, seen=20))) == (code, "student")


def test_a_broken_archive_is_a_problem(tmp_path: Path) -> None:
    write_all(tmp_path, {"dupont.zip": b"PK\x03\x04rubbish"})
    assert problem(only(tmp_path)) == ("broken-archive", "student")


def test_links_pipes_and_devices_are_left_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_bytes(SERVER)
    folder = write_all(tmp_path / "all" / "dupont", {"client.py": CLIENT})
    (folder / "serveur.py").symlink_to(secret)
    (folder / "dossier").symlink_to(tmp_path)
    os.mkfifo(folder / "tube.py")
    found = only(tmp_path / "all")
    assert paths(found) == ["client.py"]
    assert codes(found) == {"link-refused", "not-a-file"}


def test_entries_that_are_links_or_pipes_are_problems(tmp_path: Path) -> None:
    (tmp_path / "lien").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "tube.zip")
    found = [read(entry, DEFAULT_ROLES) for entry in discover(tmp_path).entries]
    assert [problem(one)[0] for one in found] == ["link-refused", "not-a-file"]


def test_what_became_a_link_after_discovery_is_not_followed(tmp_path: Path) -> None:
    write_all(tmp_path, {"dupont.zip": b""})
    (entry,) = discover(tmp_path).entries
    (tmp_path / "dupont.zip").unlink()
    (tmp_path / "dupont.zip").symlink_to(__file__)
    assert problem(read(entry, DEFAULT_ROLES)) == ("link-refused", "student")
    (tmp_path / "dupont.zip").unlink()
    os.mkfifo(tmp_path / "dupont.zip")
    assert problem(read(entry, DEFAULT_ROLES)) == ("not-a-file", "student")
    (tmp_path / "dupont.zip").unlink()
    assert problem(read(entry, DEFAULT_ROLES)) == ("unreadable", "host")


def test_a_folder_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    write_all(tmp_path / "elsewhere", {"serveur.py": SERVER})
    write_all(tmp_path / "all" / "dupont", {})
    (entry,) = discover(tmp_path / "all").entries
    entry.paths[0].rmdir()
    entry.paths[0].symlink_to(tmp_path / "elsewhere")
    assert problem(read(entry, DEFAULT_ROLES)) == ("link-refused", "student")


@pytest.mark.parametrize("name", ["sous/dossier/serveur.py", "sous/dossier/tp9.zip"])
def test_a_folder_that_becomes_a_link_while_we_read_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The swap comes after the folder was listed, before what is in it is opened."""
    is_archive = name.endswith(".zip")
    beside = {} if is_archive else {"client.py": CLIENT}
    folder = write_all(tmp_path / "all" / "dupont", {name: b"", **beside})
    secret = write_all(tmp_path / "secret", {Path(name).relative_to("sous").as_posix(): SERVER})
    listed = tree._entries
    count = [0]

    def swapping(place: int | Path, *rest: object) -> list[os.DirEntry[str]]:
        found: list[os.DirEntry[str]] = listed(place, *rest)  # type: ignore[arg-type]
        count[0] += 1
        if count[0] == 2 + is_archive:  # `sous`, then `sous/dossier`, has been listed
            (folder / "sous").rename(tmp_path / "away")
            (folder / "sous").symlink_to(secret)
        return found

    monkeypatch.setattr(tree, "_entries", swapping)
    found = only(tmp_path / "all")
    assert SERVER not in [file.data for file in found.files]
    if is_archive:
        assert problem(found) == ("link-refused", "student")
    else:
        assert codes(found) == {"link-refused"}
        assert paths(found) == ["client.py"]


def test_without_descriptors_of_folders_paths_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "_BY_DESCRIPTOR", False)
    write_all(tmp_path / "dupont", {"a/serveur.py": SERVER, "client.py": CLIENT})
    assert paths(only(tmp_path)) == ["a/serveur.py", "client.py"]


def test_sockets_and_pipes_inside_do_not_hold_us(tmp_path: Path) -> None:
    folder = write_all(tmp_path / "all" / "dupont", {"client.py": CLIENT})
    os.mkfifo(folder / "tp9.zip")
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{short}/s")
        Path(f"{short}/s").rename(folder / "serveur.py")
    found = only(tmp_path / "all")
    assert paths(found) == ["client.py"]
    assert codes(found) == {"not-a-file"}


def test_what_the_host_refuses_is_the_hosts_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read everything, so the refusal is played."""
    write_all(tmp_path / "dupont", {"serveur.py": SERVER})
    (entry,) = discover(tmp_path).entries

    def refuse(path: object, flags: int) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert problem(read(entry, DEFAULT_ROLES)) == ("unreadable", "host")


def test_a_tree_of_3000_folders_is_walked_to_a_depth(tmp_path: Path) -> None:
    folder = write_all(tmp_path / "dupont", {"serveur.py": SERVER, "client.py": CLIENT})
    here = os.open(folder, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    found = only(tmp_path)
    assert found.programs.server == "serveur.py"
    assert codes(found) == {"too-deep"}
    remove_deep(folder)


def remove_deep(folder: Path) -> None:
    """Take the folders away again: pytest's own clean-up recurses."""
    while (folder / "d").exists():
        (folder / "d").rename(folder / "e")
        inner = folder / "e" / "d"
        if inner.exists():
            inner.rename(folder / "d")
        (folder / "e").rmdir()


def test_a_file_that_is_too_large_is_left_out(tmp_path: Path) -> None:
    write_all(tmp_path / "d", {"serveur.py": SERVER, "client.py": CLIENT, "film.mp4": bytes(2000)})
    found = only(tmp_path, Bounds(file_bytes=1000))
    assert paths(found) == ["client.py", "serveur.py"]
    assert codes(found) == {"file-too-large"}


def test_read_regular_never_reads_past_its_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(100))
    assert len(tree.read_regular(tmp_path / "a", 10)) == 11
    with pytest.raises(Refused):
        tree.read_regular(tmp_path, 10)


# --- check PATH ---


def test_check_takes_a_program_and_what_it_may_import(tmp_path: Path) -> None:
    write_all(tmp_path, {"serveur.py": SERVER, "client.py": CLIENT, "utils.py": b"x = 1\n"})
    (tmp_path / "lien.py").symlink_to("utils.py")
    found = read_folder(tmp_path / "serveur.py", DEFAULT_ROLES)
    assert (found.name, found.programs.server, found.programs.client) == (
        "serveur.py",
        "serveur.py",
        None,
    )
    assert paths(found) == ["client.py", "serveur.py", "utils.py"]
    assert [(one.role, one.problem.code) for one in found.missing] == [("client", "missing-file")]


def test_check_takes_a_folder_through_a_link_of_the_user(tmp_path: Path) -> None:
    write_all(tmp_path / "tp9", {"serveur.py": SERVER})
    (tmp_path / "ici").symlink_to("tp9")
    assert read_folder(tmp_path / "ici", DEFAULT_ROLES).name == "tp9"


@pytest.mark.parametrize(
    ("name", "words"), [("absent", "doesn't exist"), ("notes.md", "neither a folder")]
)
def test_check_refuses_what_is_no_submission(tmp_path: Path, name: str, words: str) -> None:
    write_all(tmp_path, {"notes.md": b""})
    with pytest.raises(InputError, match=words):
        read_folder(tmp_path / name, DEFAULT_ROLES)


# --- digest ---


def test_the_digest_is_over_sorted_paths_and_contents_with_lengths() -> None:
    files = [SourceFile(path="b", data=b"2"), SourceFile(path="a", data=b"11")]
    sizes = [(1).to_bytes(8, "big"), (2).to_bytes(8, "big")]
    whole = sizes[0] + b"a" + sizes[1] + b"11" + sizes[0] + b"b" + sizes[0] + b"2"
    assert digest_of(files) == hashlib.sha256(whole).hexdigest()
    assert digest_of(files) == digest_of(files[::-1])
    moved = [SourceFile(path="a", data=b"1"), SourceFile(path="1b", data=b"2")]
    assert digest_of(files) != digest_of(moved)


def test_the_same_files_are_looked_at_anew_for_other_roles_and_for_one_program(
    tmp_path: Path,
) -> None:
    folder = write_all(tmp_path / "a", {"serveur.py": SERVER, "client.py": CLIENT})
    both = only(tmp_path).programs
    assert (both.server, both.client) == ("serveur.py", "client.py")
    assert only(tmp_path).programs is both
    (entry,) = discover(tmp_path).entries
    one = read(entry, {"client": DEFAULT_ROLES["client"]}).programs
    assert (one.server, one.client) == (None, "client.py")
    alone = read_folder(folder / "client.py", DEFAULT_ROLES).programs
    assert (alone.server, alone.client) == (None, "client.py")
