"""7z through a child with limits; where py7zr is missing that is the host's fault."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from namespaces import missing

from grader.intake import archives, sevenzip, texts
from grader.intake.bounds import MIB, Bounds
from grader.intake.errors import Refused
from grader.intake.gathering import Gathering

SERVER = b"import socket\ns = socket.socket()\ns.listen()\n"


def py7zr() -> Any:
    try:
        import py7zr as module
    except ImportError:
        missing("py7zr is not installed: pip install -e '.[7z]'")
    return module


def packed(files: dict[str, bytes], **options: Any) -> bytes:
    out = io.BytesIO()
    with py7zr().SevenZipFile(out, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(data, name)
    return out.getvalue()


def gathered(data: bytes, bounds: Bounds | None = None) -> Gathering:
    gathering = Gathering((".py",), bounds or Bounds())
    archives.unpack(data, gathering)
    return gathering


def refused(data: bytes, bounds: Bounds | None = None) -> str:
    with pytest.raises(Refused) as caught:
        gathered(data, bounds)
    return caught.value.code


def test_a_7z_is_read_like_any_archive() -> None:
    files = {"TP/serveur.py": SERVER, "TP/é.txt": b"data", "vide.txt": b""}
    found = gathered(packed({**files, "__MACOSX/._x": b"x"}))
    assert found.files == files
    assert not found.notes


def test_without_py7zr_it_is_the_hosts_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sevenzip, "find_spec", lambda name: None)
    assert refused(sevenzip.MAGIC + bytes(100)) == "seven-zip-missing"
    problem = texts.problem("seven-zip-missing")
    assert problem.blame == "host"
    assert "wiregrade[7z]" in problem.message.in_language("fr")


def test_broken_and_encrypted_ones_are_said_to_be_so() -> None:
    whole = packed({"serveur.py": SERVER * 100})
    assert refused(whole[: len(whole) // 2]) == "broken-archive"
    assert refused(sevenzip.MAGIC + bytes(100)) == "broken-archive"
    torn = bytearray(whole)
    torn[40] ^= 0xFF
    assert refused(bytes(torn)) == "broken-archive"
    assert refused(packed({"serveur.py": SERVER}, password="x")) == "encrypted-archive"


def test_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "lien.py").symlink_to("serveur.py")
    (tmp_path / "serveur.py").write_bytes(SERVER)
    out = io.BytesIO()
    with py7zr().SevenZipFile(out, "w") as archive:
        for name in ("lien.py", "serveur.py"):
            archive.write(tmp_path / name, name)
    found = gathered(out.getvalue())
    assert found.files == {"serveur.py": SERVER}
    assert found.notes == {"link-refused": ["lien.py"]}


def test_a_bomb_is_refused_or_left_out() -> None:
    bomb = packed({"a.bin": bytes(40 * MIB), "serveur.py": SERVER})
    assert refused(bomb) == "too-large"
    found = gathered(bomb, Bounds(ratio=10**9))
    assert found.files == {"serveur.py": SERVER}
    assert found.notes == {"file-too-large": ["a.bin"]}


def with_dictionary(data: bytes, size: int) -> bytes:
    """The archive, its packed header asking for another dictionary, all sums right again."""
    offset, length, _ = struct.unpack_from("<QQI", data, 12)
    header = bytearray(data[32 + offset : 32 + offset + length])
    at = header.index(b"\x21\x01\x18")  # LZMA2, one byte of properties: 16 MiB
    header[at + 2] = size
    start = struct.pack("<QQI", offset, length, zlib.crc32(header))
    return b"".join(
        [data[:8], struct.pack("<I", zlib.crc32(start)), start, data[32 : 32 + offset], header]
    )


def test_a_dictionary_of_gigabytes_is_not_given_its_memory() -> None:
    data = packed({"serveur.py": SERVER * 50})
    assert gathered(with_dictionary(data, 24)).files  # 16 MiB, as it was
    assert refused(with_dictionary(data, 39)) == "too-large"  # 3 GiB


def test_data_does_not_crowd_out_programs() -> None:
    files = {f"a{n}.dat": bytes([n]) * 1000 for n in range(9)}
    bounds = Bounds(total_bytes=2500, file_bytes=2000)
    found = gathered(packed({**files, "z.py": SERVER}), bounds)
    assert set(found.files) == {"a0.dat", "a1.dat", "z.py"}
    assert set(found.notes) == {"too-many-files"}


def test_an_archive_in_a_7z_is_opened() -> None:
    inner = packed({"serveur.py": SERVER})
    found = gathered(packed({"tp9.7z": inner}))
    archives.unwrap(found, 1)
    assert found.files == {"serveur.py": SERVER}
