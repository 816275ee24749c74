import bz2
import gzip
import io
import lzma
import struct
import tarfile
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake.archives import unpack, unwrap
from grader.intake.bounds import MIB, Bounds
from grader.intake.errors import Refused
from grader.intake.gathering import Gathering

SERVER = b"import socket\ns = socket.socket()\ns.listen()\n"
CLIENT = b"import socket\ns = socket.socket()\ns.connect(('localhost', 65432))\n"
BOTH = {"serveur.py": SERVER, "client.py": CLIENT}


def make_zip(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def make_tar(
    files: dict[str, bytes], form: int = tarfile.PAX_FORMAT, *extra: tarfile.TarInfo
) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in extra:
            archive.addfile(info)
    return out.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def gathered(data: bytes, bounds: Bounds | None = None) -> Gathering:
    gathering = Gathering((".py",), bounds or Bounds())
    unpack(data, gathering)
    return gathering


def refused(data: bytes, bounds: Bounds | None = None) -> str:
    with pytest.raises(Refused) as caught:
        gathered(data, bounds)
    return caught.value.code


PACKERS: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "zip": make_zip,
    "stored": lambda files: make_zip(files, zipfile.ZIP_STORED),
    "tar": make_tar,
    "gnu": lambda files: make_tar(files, tarfile.GNU_FORMAT),
    "ustar": lambda files: make_tar(files, tarfile.USTAR_FORMAT),
    "gz": lambda files: gzip.compress(make_tar(files)),
    "bz2": lambda files: bz2.compress(make_tar(files)),
    "xz": lambda files: lzma.compress(make_tar(files)),
}
packers = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS.keys())


@packers
def test_each_kind_is_read_whatever_its_suffix(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    files = {"TP9/serveur.py": SERVER, "TP9/client.py": CLIENT, "TP9/vide.txt": b""}
    found = gathered(pack(files))
    assert found.files == files
    assert not found.notes


@packers
def test_litter_in_archives_is_passed_over(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    found = gathered(pack({**BOTH, "__MACOSX/._client.py": b"\0\5", ".DS_Store": b"x"}))
    assert found.files == BOTH
    assert not found.notes


@packers
@pytest.mark.parametrize(
    "name", ["../serveur.py", "/tmp/serveur.py", "..\\serveur.py", "C:\\serveur.py", "a/../../b.py"]
)
def test_nothing_leaves_the_folder(pack: Callable[[dict[str, bytes]], bytes], name: str) -> None:
    found = gathered(pack({name: b"evil", **BOTH}))
    assert found.files == BOTH
    assert found.notes == {"unsafe-path": [name]}


@packers
def test_long_and_accented_names_survive(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    name = "Réponse/" + "d" * 90 + "/été_" + "x" * 60 + ".py"
    assert gathered(pack({name: SERVER})).files == {name: SERVER}


@packers
def test_a_truncated_archive_is_broken(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    whole = pack({"serveur.py": SERVER * 100, "client.py": bytes(range(256)) * 8})
    # A tar may end at the border of a member: what it holds by then is whole.
    cut = 512 + 700 if whole[257:262] == b"ustar" else len(whole) // 2
    assert refused(whole[:cut]) == "broken-archive"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not an archive", b"\x1f\x8b", b"x" * 2000])
def test_what_is_no_archive_is_broken(data: bytes) -> None:
    assert refused(data) == "broken-archive"


@pytest.mark.parametrize("where", ["__init__", "open"])
def test_a_machine_without_memory_is_no_students_broken_archive(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make_zip(BOTH)

    def spent(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(zipfile.ZipFile, where, spent)
    with pytest.raises(MemoryError):
        gathered(data)


@pytest.mark.parametrize("magic", [b"Rar!\x1a\x07\x00", b"\x28\xb5\x2f\xfd"])
def test_other_kinds_are_named(magic: bytes) -> None:
    assert refused(magic + bytes(100)) == "unsupported-archive"


def test_links_and_devices_in_tar_are_refused() -> None:
    extra = (
        special("lien.py", tarfile.SYMTYPE, "/etc/passwd"),
        special("dur.py", tarfile.LNKTYPE, "serveur.py"),
        special("tube.py", tarfile.FIFOTYPE),
        special("disque.py", tarfile.BLKTYPE),
        special("tty.py", tarfile.CHRTYPE),
        special("dossier", tarfile.DIRTYPE),
    )
    found = gathered(make_tar(BOTH, tarfile.PAX_FORMAT, *extra))
    assert found.files == BOTH
    assert found.notes == {
        "link-refused": ["lien.py", "dur.py"],
        "not-a-file": ["tube.py", "disque.py", "tty.py"],
    }


def test_links_in_zip_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, mode in (("lien.py", 0o120777), ("tube.py", 0o010644), ("ok.py", 0o100644)):
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = mode << 16
            archive.writestr(info, "/etc/passwd")
    found = gathered(out.getvalue())
    assert list(found.files) == ["ok.py"]
    assert found.notes == {"link-refused": ["lien.py"], "not-a-file": ["tube.py"]}


def test_bits_of_a_mode_are_not_taken_over() -> None:
    """A set-uid program is bytes like any other: what is kept has no mode."""
    info = tarfile.TarInfo("racine.py")
    info.mode, info.uid, info.uname = 0o6777, 0, "root"
    assert gathered(make_tar(BOTH, tarfile.PAX_FORMAT, info)).files == {**BOTH, "racine.py": b""}


def test_a_member_that_lies_in_another_is_broken() -> None:
    """Two entries of the directory lead to one member, whose own name is another."""
    whole = make_zip({"a.py": SERVER, "b.py": CLIENT})
    second = whole.rindex(b"PK\x01\x02")
    overlapping = bytearray(whole)
    struct.pack_into("<I", overlapping, second + 42, 0)  # where its local header is
    assert refused(bytes(overlapping)) == "broken-archive"


def flag_all(data: bytes, offsets: tuple[int, int], value: int) -> bytes:
    """The zip with a 16-bit field of every local and central header set."""
    changed = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", offsets[0]), (b"PK\x01\x02", offsets[1])):
        at = changed.find(magic)
        while at >= 0:
            struct.pack_into("<H", changed, at + offset, value)
            at = changed.find(magic, at + 4)
    return bytes(changed)


def test_an_encrypted_zip_is_said_to_be_so() -> None:
    assert refused(flag_all(make_zip(BOTH), (6, 8), 1)) == "encrypted-archive"


def test_an_unknown_compression_is_said_to_be_so() -> None:
    assert refused(flag_all(make_zip(BOTH), (8, 10), 97)) == "unsupported-archive"
    assert refused(make_zip(BOTH, zipfile.ZIP_LZMA)) == "unsupported-archive"


def test_a_wrong_sum_is_broken() -> None:
    data = make_zip({"serveur.py": SERVER}, zipfile.ZIP_STORED)
    assert refused(data.replace(b"listen", b"Listen")) == "broken-archive"


@pytest.mark.parametrize("raw", ["éç".encode(), "éç".encode("cp437"), "éç".encode("cp850")])
def test_names_without_the_utf8_flag_are_repaired(raw: bytes) -> None:
    plain = "x" * len(raw)
    data = make_zip({f"a_{plain}.py": SERVER}).replace(plain.encode(), raw)
    assert list(gathered(data).files) == ["a_éç.py"]


def test_a_name_that_is_not_the_utf8_it_says_is_broken() -> None:
    data = make_zip({"é.py": SERVER})
    assert refused(data.replace("é".encode(), b"\xff\xfe")) == "broken-archive"


def test_names_that_are_not_utf8_are_read_as_latin() -> None:
    data = make_tar({"ren\udce9.py": SERVER}, tarfile.GNU_FORMAT)
    assert list(gathered(data).files) == ["ren\xe9.py"]


def test_of_duplicate_names_the_last_is_taken() -> None:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("serveur.py", b"old")
        archive.writestr("serveur.py", b"new")
    found = gathered(out.getvalue())
    assert found.files == {"serveur.py": b"new"}
    assert "duplicate-name" in found.notes
    tar = gathered(make_tar({"./serveur.py": b"old", "serveur.py": b"new"}))
    assert tar.files == {"serveur.py": b"new"}
    assert "duplicate-name" in tar.notes


def test_case_clashes_and_path_clashes_are_settled() -> None:
    found = gathered(
        make_tar({"Client.py": b"old", "client.py": b"new", "a": b"file", "A/b.py": b"inside"})
    )
    assert [(file.path, file.data) for file in found.settled()] == [
        ("A/b.py", b"inside"),
        ("client.py", b"new"),
    ]
    assert found.notes == {"case-clash": ["Client.py"], "path-clash": ["a"]}


# --- bounds ---


@pytest.mark.parametrize(("kind", "is_refused"), [("zip", 0), ("gz", 1), ("bz2", 1), ("xz", 1)])
def test_a_bomb_costs_neither_memory_nor_time(kind: str, is_refused: bool) -> None:
    """A zip tells sizes beforehand, so the rest of it can be graded; a tar must be inflated."""
    bomb = PACKERS[kind]({"a_zeros.bin": bytes(100 * MIB), **BOTH})
    gathering = Gathering((".py",), Bounds())
    tracemalloc.start()
    if is_refused:
        with pytest.raises(Refused, match="too-large"):
            unpack(bomb, gathering)
    else:
        unpack(bomb, gathering)
        assert gathering.files == BOTH
        assert gathering.notes == {"file-too-large": ["a_zeros.bin"]}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # xz has a dictionary of 8 MiB; nothing else comes near it.
    assert peak < 12 * MIB
    assert gathering.work <= Bounds().work_for(len(bomb)) + MIB


def test_a_size_that_lies_is_caught() -> None:
    data = make_zip({"serveur.py": bytes(8 * MIB)})
    at = data.find(b"PK\x01\x02")
    lying = data[: at + 24] + struct.pack("<I", 100) + data[at + 28 :]
    assert refused(lying) == "broken-archive"


def test_members_that_share_their_bytes_are_counted_each_time() -> None:
    """The bomb without nesting: a thousand entries over one compressed kernel."""
    bounds = Bounds(ratio=10, ratio_floor=MIB)
    files = {f"{n:03}.py": bytes(512 * 1024) for n in range(40)}
    assert refused(make_zip(files), bounds) == "too-large"


def test_too_many_members_are_refused_before_they_are_read() -> None:
    files = {f"{n}.py": b"" for n in range(50)}
    assert refused(make_zip(files), Bounds(seen=49)) == "too-large"
    assert refused(make_tar(files), Bounds(seen=49)) == "too-large"
    assert len(gathered(make_tar(files), Bounds(seen=50)).files) == 50


@packers
def test_data_never_crowds_out_programs(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    data = {f"a{n}.dat": bytes([n]) * 1000 for n in range(9)}
    found = gathered(pack({**data, **BOTH}), Bounds(total_bytes=5000, files=4))
    assert set(found.files) == {"a0.dat", "a1.dat", "a2.dat", "a3.dat", *BOTH}
    assert set(found.notes) == {"too-many-files"}


def test_an_archive_that_is_too_large_is_not_opened() -> None:
    assert refused(make_zip(BOTH), Bounds(archive_bytes=100)) == "too-large"


@pytest.mark.parametrize("pack", [make_zip, make_tar])
def test_a_path_of_3000_folders_is_refused(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    found = gathered(pack({"d/" * 3000 + "x.py": b"deep", **BOTH}))
    assert found.files == BOTH
    assert set(found.notes) == {"unsafe-path"}


# --- tar, by hand ---


def header(name: bytes, size: bytes, kind: bytes = b"0") -> bytes:
    block = bytearray(512)
    block[: len(name)] = name
    block[124 : 124 + len(size)] = size
    block[148:156] = b" " * 8
    block[156:157] = kind
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.mark.parametrize(
    "data",
    [
        header(b"a.py", b"\xff" * 12),  # negative, in base 256: tarfile went backwards
        header(b"a.py", b"-0000000001\0"),
        header(b"a.py", b"99999999999\0"),
        header(b"a.py", b"\x80" + b"\x7f" * 11),
        header(b"x", b"77777777777\0", b"x"),
        header(b"x", b"00000000010\0", b"x") + b"0 a=b\n".ljust(512, b"\0"),
        header(b"x", b"00000000010\0", b"x") + b"99 a=b\n".ljust(512, b"\0"),
        header(b"x", b"00000000010\0", b"x") + b"xx\n".ljust(512, b"\0"),
        header(b"a.py", b"00000000010\0")[:300],
        header(b"a.py", b"00000000010\0"),
        header(b"a.py", b"00000000010\0").replace(b"a.py", b"b.py"),
    ],
)
def test_hostile_headers_are_broken(data: bytes) -> None:
    assert refused(data) == "broken-archive"


def test_headers_about_headers_never_recurse() -> None:
    chain = (header(b"x", b"00000000002\0", b"L") + b"a\0".ljust(512, b"\0")) * 5000
    assert refused(chain, Bounds(seen=4999)) == "too-large"
    found = gathered(chain + header(b"x", b"0\0") + bytes(1024))
    assert found.files == {"a": b""} or not found.files


def test_sparse_files_are_not_read() -> None:
    info = tarfile.TarInfo("creux.py")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.name": "creux.py"}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(info, io.BytesIO(b""))
    found = gathered(out.getvalue())
    assert not found.files
    assert found.notes == {"not-a-file": ["creux.py"]}


# --- archives in archives ---


def unwrapped(data: bytes, layers: int = 1) -> Gathering:
    found = gathered(data)
    unwrap(found, layers)
    return found


@packers
def test_an_archive_alone_in_an_archive_is_opened(
    pack: Callable[[dict[str, bytes]], bytes],
) -> None:
    found = unwrapped(pack({"LISEZMOI.txt": b"...", "tp9.zip": make_zip(BOTH)}))
    assert found.files == {"LISEZMOI.txt": b"...", **BOTH}
    assert found.notes == {"archive-opened": ["tp9.zip"]}


@packers
def test_beside_programs_an_archive_is_left_alone(
    pack: Callable[[dict[str, bytes]], bytes],
) -> None:
    found = unwrapped(pack({"old.zip": make_zip({"serveur.py": b"old"}), **BOTH}))
    assert found.files == BOTH
    assert found.notes == {"archive-ignored": ["old.zip"]}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (make_zip({"a.zip": make_zip({"b.zip": make_zip(BOTH)})}), "nested-archive"),
        (make_tar({"a.zip": make_zip(BOTH), "b.zip": make_zip(BOTH)}), "several-archives"),
        (make_zip({"a.zip": b"broken"}), "broken-archive"),
    ],
)
def test_deeper_or_several_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        unwrapped(data)
    assert caught.value.code == code


# --- fuzzing ---

VALID = [pack(BOTH | {"TP/é.txt": b"data" * 50}) for pack in PACKERS.values()]


def survives(data: bytes) -> None:
    bounds = Bounds(seen=200, file_bytes=4096, total_bytes=8192, work_bytes=MIB, ratio_floor=MIB)
    gathering = Gathering((".py",), bounds)
    try:
        unpack(data, gathering)
        unwrap(gathering, 1)
    except Refused:
        return
    for file in gathering.settled():
        assert not file.path.startswith("/")
        assert ".." not in file.path.split("/")
        assert len(file.data) <= bounds.file_bytes
    gathering.remarks()


@given(st.binary(max_size=2000))
def test_random_bytes_are_read_or_refused(data: bytes) -> None:
    survives(data)
    survives(b"PK\x03\x04" + data)
    survives(b"\x1f\x8b\x08\x00" + data)
    survives(b"\xfd7zXZ\x00" + data)


@settings(max_examples=400)
@given(
    st.sampled_from(VALID),
    st.lists(st.tuples(st.integers(0, 20_000), st.binary(max_size=6)), max_size=8),
    st.integers(0, 20_000),
)
def test_damaged_archives_are_read_or_refused(
    data: bytes, changes: list[tuple[int, bytes]], cut: int
) -> None:
    changed = bytearray(data)
    for position, new in changes:
        at = position % len(changed)
        changed[at : at + len(new)] = new[: len(changed) - at]
    survives(bytes(changed))
    survives(bytes(changed[: cut % len(changed)]))


@settings(max_examples=200)
@given(
    st.binary(max_size=100),
    st.binary(max_size=12),
    st.sampled_from([bytes([n]) for n in b"\x000123457xgLKSVD"]),
    st.binary(max_size=600),
)
def test_tar_headers_with_right_sums_are_read_or_refused(
    name: bytes, size: bytes, kind: bytes, rest: bytes
) -> None:
    survives(header(name, size, kind) + rest)
    survives(header(b"x", b"00000001000\0", b"x") + rest.ljust(512, b"\0") + header(name, size))


names = st.text(st.sampled_from("ab/.\\:é~_C \n"), min_size=1, max_size=20)


@given(st.dictionaries(names, st.binary(max_size=20), max_size=6))
def test_any_names_are_read_or_refused(files: dict[str, bytes]) -> None:
    survives(make_tar(files))
    survives(make_zip(files))
