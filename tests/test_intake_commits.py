"""The commit of a clone, read without git: from what git wrote, and from damaged bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import struct
import subprocess
import zlib
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from namespaces import missing

from grader.intake import commits, gitobjects
from grader.intake.roles import DEFAULT_ROLES
from grader.intake.sources import FolderSource, opened

WHEN = "2026-10-01T10:15:00+02:00"


def git(folder: Path, *arguments: str, when: str = WHEN) -> str:
    """Run git on a repository of our own making, with nobody's configuration."""
    if shutil.which("git") is None:
        missing("git is not installed")
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Zoé", "GIT_AUTHOR_EMAIL": "z@x.fr", "GIT_COMMITTER_NAME": "Zoé",
        "GIT_COMMITTER_EMAIL": "z@x.fr", "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when,
    }  # fmt: skip
    told = subprocess.run(
        ["git", "-C", str(folder), *arguments], env=environment, check=True, capture_output=True
    )
    return told.stdout.decode().strip()


def repository(folder: Path, number: int = 3) -> str:
    """A repository with so many commits, alike enough for git to keep them as deltas."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    for place in range(number):
        (folder / "client.py").write_text(f"# {place}\n")
        git(folder, "add", "client.py")
        git(folder, "commit", "-q", "-m", f"Version {place}\n\n" + "the same words again\n" * 60)
    return git(folder, "rev-parse", "HEAD")


def head(root: Path, name: str = "a") -> commits.Commit | None:
    return commits.head(FolderSource(root, DEFAULT_ROLES, None), name)


def test_loose_packed_and_as_a_delta(tmp_path: Path) -> None:
    sha = repository(tmp_path / "a", 12)
    wanted = commits.Commit(sha, datetime.fromisoformat(WHEN))
    assert head(tmp_path) == wanted
    git(tmp_path / "a", "pack-refs", "--all")
    git(tmp_path / "a", "repack", "-adfq", "--depth=40", "--window=40")
    git(tmp_path / "a", "prune-packed")
    assert head(tmp_path) == wanted
    # Each of them: some are whole in the pack, some are deltas of others.
    index = next((tmp_path / "a/.git/objects/pack").glob("*.idx"))
    kinds = git(tmp_path / "a", "verify-pack", "-v", str(index)).splitlines()
    assert any(line.split()[1] == "commit" and len(line.split()) == 7 for line in kinds)
    for one in git(tmp_path / "a", "rev-list", "HEAD").split():
        (tmp_path / "a/.git/HEAD").write_text(one + "\n")
        assert head(tmp_path) == commits.Commit(one, datetime.fromisoformat(WHEN))


def test_a_cloned_one_and_a_zipped_one(tmp_path: Path) -> None:
    sha = repository(tmp_path / "o")
    git(tmp_path, "clone", "-q", "--no-local", str(tmp_path / "o"), str(tmp_path / "c/a"))
    assert head(tmp_path / "c") == commits.Commit(sha, datetime.fromisoformat(WHEN))
    shutil.make_archive(str(tmp_path / "z"), "zip", tmp_path / "c")
    with opened(tmp_path / "z.zip", DEFAULT_ROLES) as source:
        assert commits.head(source, "a") == commits.Commit(sha, datetime.fromisoformat(WHEN))


def test_a_tag_of_classroom_50_says_when(tmp_path: Path) -> None:
    sha = repository(tmp_path / "a")
    git(tmp_path / "a", "tag", f"submit/20261002T081500Z-{sha[:7]}")
    git(tmp_path / "a", "tag", "submit/20261009T081500Z-0000000")
    when = commits.Commit(sha, datetime(2026, 10, 2, 8, 15, tzinfo=UTC))
    assert head(tmp_path) == when
    git(tmp_path / "a", "pack-refs", "--all")
    assert head(tmp_path) == when


def test_what_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    sha = repository(tmp_path / "real")
    for name in ("a", "b", "c", "d"):
        (tmp_path / name / ".git/refs/heads").mkdir(parents=True)
    (tmp_path / "a/.git/HEAD").write_text("ref: refs/heads/../../../../real/.git/refs/heads/main")
    (tmp_path / "b/.git/HEAD").symlink_to(tmp_path / "real/.git/HEAD")
    (tmp_path / "c/.git/HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "c/.git/refs/heads/main").symlink_to(tmp_path / "real/.git/refs/heads/main")
    (tmp_path / "d/.git/HEAD").write_text("ref: refs/heads/\x1b[31m\n")
    (tmp_path / "e").mkdir()
    (tmp_path / "e/.git").write_text(f"gitdir: {tmp_path}/real/.git\n")
    (tmp_path / "f").mkdir()
    (tmp_path / "f/.git").symlink_to(tmp_path / "real/.git")
    assert [head(tmp_path, name) for name in "abcdef"] == [None] * 6
    found = head(tmp_path, "real")
    assert found is not None
    assert found.sha == sha


def test_a_commit_without_its_object_is_known_by_its_sum(tmp_path: Path) -> None:
    (tmp_path / "a/.git").mkdir(parents=True)
    (tmp_path / "a/.git/HEAD").write_text("a" * 40)
    assert head(tmp_path) == commits.Commit("a" * 40, None)
    (tmp_path / "a/.git/objects/aa").mkdir(parents=True)
    for data in (b"", b"no zlib", zlib.compress(b"tree 1\0x"), zlib.compress(b"commit 9\0x" * 9)):
        (tmp_path / "a/.git/objects/aa" / ("a" * 38)).write_bytes(data)
        assert head(tmp_path) == commits.Commit("a" * 40, None)


def test_a_bomb_is_cut_off() -> None:
    assert len(gitobjects.loose(zlib.compress(b"commit 1\0" + bytes(2**24)))) < 2**19


def _pack(content: bytes) -> tuple[bytes, bytes, str]:
    """A pack of one commit, its index, its sum; by hand, as `gitformat-pack` has it."""
    sha = hashlib.sha1(b"commit %d\0" % len(content) + content).hexdigest()
    size = len(content)
    head = bytearray([0x10 | size & 15 | (0x80 if size > 15 else 0)])
    size >>= 4
    while size:
        head.append(size & 127 | (0x80 if size > 127 else 0))
        size >>= 7
    pack = b"PACK\0\0\0\2\0\0\0\1" + bytes(head) + zlib.compress(content)
    first = int(sha[:2], 16)
    fan = b"".join(struct.pack(">I", int(i >= first)) for i in range(256))
    index = b"\xfftOc\0\0\0\2" + fan + bytes.fromhex(sha) + b"\0\0\0\0" + struct.pack(">I", 12)
    return pack, index, sha


def test_a_pack_by_hand() -> None:
    content = b"committer Z <z@x> 1790000000 +0200\n\nwords\n" * 9
    pack, index, sha = _pack(content)
    assert gitobjects.offset_in(index, sha) == 12
    assert gitobjects.packed(pack, index, 12) == content
    assert gitobjects.offset_in(index, "0" * 40) is None


@given(st.data())
def test_damage_is_a_value_error(data: st.DataObject) -> None:
    pack, index, sha = _pack(b"committer Z <z@x> 1790000000 +0200\n\nwords\n" * 9)
    place = data.draw(st.integers(0, len(pack) - 1))
    hurt = pack[:place] + data.draw(st.binary(max_size=30)) + pack[place + 5 :]
    other = index[: data.draw(st.integers(0, len(index)))] + data.draw(st.binary(max_size=40))
    for one, its_index in ((hurt, index), (pack, other)):
        try:
            offset = gitobjects.offset_in(its_index, sha)
            gitobjects.packed(one, its_index, 12 if offset is None else offset)
        except ValueError:
            pass


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_delta_is_applied_or_refused(base: bytes, delta: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert len(gitobjects._applied(base, delta)) <= gitobjects.OBJECT_BYTES
