"""Hostile zip archives."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib

from attack_made import EVADED, MIB, OUTSIDE, RIGHT, Entries, write

ENTRIES = Entries()


def zipped(
    files: dict[str, bytes], *infos: tuple[zipfile.ZipInfo, bytes], right: bool = True
) -> bytes:
    """A zip of a right submission and of more."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # names that come twice
        for name, data in ({**RIGHT, **files} if right else files).items():
            archive.writestr(name, data)
        for info, data in infos:
            archive.writestr(info, data)
    return out.getvalue()


def zip_link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    """A member that is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    return info, target.encode()


def _patched(data: bytes, *changes: tuple[bytes, int, bytes]) -> bytes:
    """`data` with bytes changed at an offset behind each occurrence of a signature."""
    out = bytearray(data)
    for signature, offset, new in changes:
        at = out.find(signature)
        while at >= 0:
            out[at + offset : at + offset + len(new)] = new
            at = out.find(signature, at + 4)
    return bytes(out)


def _alone(name: str, data: bytes) -> bytes:
    return zipped({name: data}, right=False)


_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def overlapping(members: int, size: int) -> bytes:
    """Many members of the directory that are all the same bytes of the file."""
    body = zlib.compress(bytes(size), 9)[2:-4]
    crc = zlib.crc32(bytes(size))
    head = struct.pack("<HHHHHIII", 20, 0, 8, 0, 33, crc, len(body), size)
    local = _LOCAL + head + struct.pack("<HH", 6, 0) + b"a00000" + body
    central = b"".join(
        _CENTRAL + struct.pack("<H", 20) + head + struct.pack("<HHHHHII", 6, 0, 0, 0, 0, 0, 0)
        + b"a%05d" % number
        for number in range(members)
    )  # fmt: skip
    end = struct.pack("<HHHHIIH", 0, 0, members, members, len(central), len(local), 0)
    return local + central + _END + end


ENTRIES.add(
    "zip-slip.zip",
    (40,),
    "members that climb out",
    write(lambda: zipped(dict.fromkeys(OUTSIDE, b"x"))),
)
ENTRIES.add(
    "zip-absolute.zip", (40,), "members at absolute places",
    write(lambda: zipped({f"/tmp/{EVADED}": b"x", f"//{EVADED}": b"x"})),
)  # fmt: skip
ENTRIES.add(
    "zip-backslash.zip", (40,), "members that climb out where \\ separates, or on a drive",
    write(lambda: zipped({f"..\\..\\{EVADED}": b"x", f"C:\\{EVADED}": b"x", f"C:{EVADED}": b"x"})),
)  # fmt: skip
ENTRIES.add(
    "zip-link.zip", (41,), "a link, then a member below it",
    write(lambda: zipped({}, zip_link("ici", ".."), (zipfile.ZipInfo(f"ici/{EVADED}"), b"x"))),
)  # fmt: skip
ENTRIES.add(
    "zip-link-program.zip", (41,), "a program that is a link to a file of the host",
    write(lambda: zipped({}, zip_link("serveur.py", "/etc/passwd"), right=False)),
    problem="empty-submission",
)  # fmt: skip
ENTRIES.add(
    "zip-bomb.zip", (42,), "24 MB of zeros beside right programs",
    write(lambda: zipped({"zeros.txt": bytes(24 * MIB)})),
)  # fmt: skip
ENTRIES.add(
    "zip-overlapping.zip", (42,), "a thousand members of 4 MB that are the same bytes",
    write(lambda: overlapping(1000, 4 * MIB)), problem="broken-archive",
)  # fmt: skip
ENTRIES.add(
    "zip-nested.zip", (42,), "bombs in a zip in a zip in a zip",
    write(lambda: zipped({"a.zip": _alone("b.zip", _alone("c.txt", bytes(24 * MIB)))})),
)  # fmt: skip
ENTRIES.add(
    "zip-lying-size.zip", (42,), "sizes that are much too small",
    write(
        lambda: _patched(
            zipped({"gros.txt": bytes(24 * MIB)}, right=False),
            (_LOCAL, 22, struct.pack("<I", 10)), (_CENTRAL, 24, struct.pack("<I", 10)),
        )
    ),
    problem="broken-archive",
)  # fmt: skip
ENTRIES.add(
    "zip-many.zip", (42,), "30,000 members", problem="too-large",
    build=write(lambda: zipped({f"f{n}.txt": b"" for n in range(30_000)})),
)  # fmt: skip
ENTRIES.add(
    "zip-truncated.zip",
    (44,),
    "the end is gone",
    write(lambda: zipped({})[:-30]),
    problem="broken-archive",
)
ENTRIES.add(
    "zip-crc.zip", (44,), "a sum that is wrong", problem="broken-archive",
    build=write(lambda: _patched(zipped({}), (_LOCAL, 14, bytes(4)), (_CENTRAL, 16, bytes(4)))),
)  # fmt: skip
ENTRIES.add(
    "zip-encrypted.zip", (44,), "members behind a password", problem="encrypted-archive",
    build=write(lambda: _patched(zipped({}), (_LOCAL, 6, b"\1\0"), (_CENTRAL, 8, b"\1\0"))),
)  # fmt: skip
ENTRIES.add(
    "zip-method.zip", (44,), "a method of packing that nobody knows", problem="unsupported-archive",
    build=write(lambda: _patched(zipped({}), (_LOCAL, 8, b"\x63\0"), (_CENTRAL, 10, b"\x63\0"))),
)  # fmt: skip
ENTRIES.add(
    "zip-utf8.zip", (44,), "names that say to be UTF-8 and are not", problem="broken-archive",
    build=write(
        lambda: _patched(zipped({"\u00e9\u00e9.py": b""}), (b"\xc3\xa9" * 2, 0, b"\xff" * 4))
    ),
)  # fmt: skip
ENTRIES.add(
    "zip-offsets.zip", (44,), "a directory that points behind the end", problem="broken-archive",
    build=write(lambda: _patched(zipped({}), (_END, 16, b"\xff\xff\xff\x7f"))),
)  # fmt: skip
ENTRIES.add("zip-empty.zip", (44,), "nothing", write(lambda: b""), problem="broken-archive")
ENTRIES.add(
    "zip-not.zip",
    (44,),
    "a page in place of an archive",
    write(lambda: b"<html>404"),
    problem="broken-archive",
)
ENTRIES.add(
    "zip-folder-and-file.zip", (44, 46), "a name that is a file and a folder",
    write(lambda: zipped({"a": b"x", "a/b.txt": b"x", "a/b.txt/c": b"x"})),
)  # fmt: skip
ENTRIES.add(
    "zip-twice.zip", (46,), "a program that comes twice: the last one counts, as for unzip",
    write(lambda: zipped({}, (zipfile.ZipInfo("serveur.py"), b""))), score=10,
)  # fmt: skip
ENTRIES.add(
    "zip-case.zip", (45, 46), "names that differ in case only",
    write(lambda: zipped({"SERVEUR.PY": b"x = (", "Serveur.py": b"x = ("})),
)  # fmt: skip
ENTRIES.add(
    "zip-names.zip", (45, 29), "names with line ends, escapes, options, HTML and formulas",
    write(
        lambda: zipped(
            dict.fromkeys(
                (
                    "a\nb.py", "-rf.py", "\x1b[31m.py", "=cmd|' /C calc'!A0.txt", "\u202eyp.txt",
                    "<script>document.title='pwned'</script>.py", "n" * 240 + ".txt", "con.py",
                    "::error::x.py", "d/" * 100 + "x.py",
                ),
                b"",
            )
        )
    ),
)  # fmt: skip
ENTRIES.add(
    "zip-dates.zip", (55,), "dates that no clock has",
    write(lambda: _patched(zipped({}), (_LOCAL, 10, b"\xff" * 4), (_CENTRAL, 12, b"\xff" * 4))),
)  # fmt: skip
