"""Hostile tar archives."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile

from attack_made import EVADED, MIB, OUTSIDE, RIGHT, Entries, write

ENTRIES = Entries()


def tarred(
    *members: tuple[tarfile.TarInfo, bytes], right: bool = True, form: int = tarfile.PAX_FORMAT
) -> bytes:
    """A tar of a right submission behind some members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, data in (RIGHT if right else {}).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def member(
    name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "", mode: int = 0o644
) -> tuple[tarfile.TarInfo, bytes]:
    """One member."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, mode
    if kind in (tarfile.CHRTYPE, tarfile.BLKTYPE):
        info.devmajor, info.devminor = 1, 1
    return info, data


def long_links() -> tuple[tuple[tarfile.TarInfo, bytes], ...]:
    """Links so long that a path that is checked is another one than that which is written."""
    step, members, path = "d" * 247, [], ""
    for letter in "abcdefghijklmnop":
        members.append(member(f"{path}{step}", kind=tarfile.DIRTYPE, mode=0o755))
        members.append(member(f"{path}{letter}", kind=tarfile.SYMTYPE, link=step))
        path = f"{path}{step}/"
    short = "/".join("abcdefghijklmnop")
    members.append(member(f"{short}/{'l' * 254}", kind=tarfile.SYMTYPE, link="../" * 16))
    members.append(member("escape", kind=tarfile.SYMTYPE, link=f"{short}/{'l' * 254}/../.."))
    members.append(member(f"escape/{EVADED}", b"x"))
    return tuple(members)


_SYM, _HARD = tarfile.SYMTYPE, tarfile.LNKTYPE
ENTRIES.add(
    "tar-slip.tar",
    (40,),
    "members that climb out",
    write(lambda: tarred(*(member(n, b"x") for n in OUTSIDE))),
)
ENTRIES.add(
    "tar-absolute.tgz", (40,), "a member at an absolute place",
    write(lambda: gzip.compress(tarred(member(f"/tmp/{EVADED}", b"x")))),
)  # fmt: skip
ENTRIES.add(
    "tar-link.tar", (41,), "a link to the folder above, then a member below it",
    write(lambda: tarred(member("ici", kind=_SYM, link=".."), member(f"ici/{EVADED}", b"x"))),
)  # fmt: skip
ENTRIES.add(
    "tar-link-absolute.tar", (41,), "a link to /, and one to a program",
    write(
        lambda: tarred(
            member("client.py", kind=_SYM, link="/etc/passwd"), member("r", kind=_SYM, link="/"),
            member(f"r/tmp/{EVADED}", b"x"),
        )
    ),
)  # fmt: skip
ENTRIES.add(
    "tar-hard-link.tar", (41,), "a hard link to a file of the host",
    write(lambda: tarred(member("vu.txt", kind=_HARD, link="/etc/passwd"))),
)  # fmt: skip
ENTRIES.add(
    "tar-long-links.tar",
    (41,),
    "links that are longer than a path may be",
    write(lambda: tarred(*long_links())),
)
ENTRIES.add(
    "tar-specials.tar", (43, 15), "devices, a FIFO, and programs of everybody and root",
    write(
        lambda: tarred(
            member("disque", kind=tarfile.BLKTYPE), member("memoire", kind=tarfile.CHRTYPE),
            member("tube", kind=tarfile.FIFOTYPE), member("racine", b"x", mode=0o6777),
        )
    ),
)  # fmt: skip
ENTRIES.add(
    "tar-program-fifo.tar", (43, 15), "programs that are FIFOs", problem="empty-submission",
    build=write(
        lambda: tarred(
            member("serveur.py", kind=tarfile.FIFOTYPE), member("client.py", kind=tarfile.FIFOTYPE),
            right=False,
        )
    ),
)  # fmt: skip
ENTRIES.add(
    "tar-bomb-gz.tar.gz", (42,), "24 MB of zeros", problem="too-large",
    build=write(lambda: gzip.compress(tarred(member("z.txt", bytes(24 * MIB))), 9)),
)  # fmt: skip
ENTRIES.add(
    "tar-bomb-xz.tar.xz", (42,), "24 MB of zeros in 10 kB", problem="too-large",
    build=write(lambda: lzma.compress(tarred(member("z.txt", bytes(24 * MIB))), preset=0)),
)  # fmt: skip
ENTRIES.add(
    "tar-bomb-bz2.tar.bz2", (42,), "24 MB of zeros in 300 bytes", problem="too-large",
    build=write(lambda: bz2.compress(tarred(member("z.txt", bytes(24 * MIB))))),
)  # fmt: skip
ENTRIES.add(
    "tar-size.tar", (42, 44), "a size of many terabytes", problem="broken-archive",
    build=write(lambda: tarred()[:124] + b"\x80" + b"\x7f" * 11 + tarred()[136:]),
)  # fmt: skip
ENTRIES.add(
    "tar-negative.tar", (44,), "a size below nothing", problem="broken-archive",
    build=write(lambda: tarred()[:124] + b"\xff" * 12 + tarred()[136:]),
)  # fmt: skip
ENTRIES.add(
    "tar-garbage.tar",
    (44,),
    "no tar at all",
    write(lambda: bytes(range(256)) * 8),
    problem="broken-archive",
)
ENTRIES.add(
    "tar-cut.tar.gz",
    (44,),
    "the end is gone",
    write(lambda: gzip.compress(tarred())[:200]),
    problem="broken-archive",
)
ENTRIES.add(
    "tar-pax.tar", (44, 42), "headers that are longer than all programs", problem="broken-archive",
    build=write(lambda: _pax_bomb()),
)  # fmt: skip


def _pax_bomb() -> bytes:
    info, _ = member("serveur.py")
    info.pax_headers = {"comment": "x" * 20 * MIB}
    return tarred((info, b""), right=False)
