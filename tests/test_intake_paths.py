import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake import paths
from grader.intake.bounds import BOUNDS


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("serveur.py", "serveur.py"),
        ("./TP9//serveur.py", "TP9/serveur.py"),
        ("TP9\\serveur.py", "TP9/serveur.py"),
        ("e\u0301te\u0301.py", "été.py"),
        ("a..b.py", "a..b.py"),
        ("ren\udce9.py", "ren\xe9.py"),
        ("\udcc3\udca9.py", "é.py"),
    ],
)
def test_a_harmless_path_is_made_plain(raw: str, path: str) -> None:
    assert paths.clean(raw) == path


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "/etc/passwd",
            "\\\\host\\share",
            "C:\\x.py",
            "c:x.py",
            ".\\C:",
            "./c:x",
            "../x.py",
            "a/../../x.py",
        ),
        *("..\\x.py", "", ".", "/", "a\x00.py", "a\n.py", "a\x1b[31m.py"),
        *("x" * 201, "é" * 101, "a/" * 33 + "x.py", "/".join(["x" * 190] * 6)),
    ],
)
def test_a_path_that_leaves_or_cannot_be_written_is_refused(raw: str) -> None:
    assert paths.clean(raw) is None


@given(st.text(st.sampled_from("ab./\\:\0é\udce9C"), max_size=40) | st.text(max_size=400))
def test_a_clean_path_stays_inside_whatever_was_given(raw: str) -> None:
    path = paths.clean(raw)
    if path is None:
        return
    parts = path.split("/")
    assert all(part not in ("", ".", "..") for part in parts)
    assert "\\" not in path
    assert "\0" not in path
    assert len(parts) <= BOUNDS.depth + 1
    assert len(path.encode()) <= BOUNDS.path_bytes
    assert paths.clean(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("__MACOSX/._serveur.py", "TP/._client.py", ".DS_Store", "Thumbs.db", "desktop.ini"),
        *(".git/config", "__pycache__/a.pyc", ".venv/x.py", "venv/lib/x.py", "serveur.py~"),
        *("node_modules/a.js", ".idea/x.xml", ".vscode/s.json", "expected.yaml", ".serveur.py.swp"),
        "env/lib/python3.11/site-packages/pip/client.py",
    ],
)
def test_litter_is_known(path: str) -> None:
    assert paths.is_litter(path)


@pytest.mark.parametrize("path", ["serveur.py", "TP9/client.py", "data.yaml", "git/a.py", "a.git"])
def test_work_is_not_litter(path: str) -> None:
    assert not paths.is_litter(path)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("dupont.zip", ".zip"),
        ("dupont.ZIP", ".ZIP"),
        ("dupont.tar.gz", ".tar.gz"),
        ("dupont.tgz", ".tgz"),
        ("dupont.tar.xz", ".tar.xz"),
        ("dupont.rar", ".rar"),
        ("serveur.py", ""),
        (".zip", ""),
        ("rapport.docx", ""),
    ],
)
def test_archives_are_told_by_their_suffix(name: str, suffix: str) -> None:
    assert paths.archive_suffix(name) == suffix
