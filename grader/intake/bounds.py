"""How much of one submission is read, and why not more."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Upper bounds for one submission; sizes in bytes, counted while reading."""

    archive_bytes: int = 128 * MIB
    """An archive as handed in. Forms that collect homework rarely take more than 100 MB."""
    nested_bytes: int = 32 * MIB
    """An archive inside an archive: it is held in memory beside the outer one."""
    file_bytes: int = 4 * MIB
    """One file. A program of a lab has a few kB; this leaves room for a data file."""
    total_bytes: int = 8 * MIB
    """All programs together, and again all other files together: data never crowds out
    a program. Twice this fits well into a sandbox's work space (`Limits.work_size`)."""
    files: int = 500
    """Programs kept, and again other files kept."""
    seen: int = 20_000
    """Entries looked at: a virtual environment handed in by mistake has a few thousand."""
    depth: int = 32
    """Folders above a file. Real ones have three; a path of 3000 breaks every clean-up."""
    path_bytes: int = 1000
    """A path in UTF-8: PATH_MAX is 4096 on Linux, 1024 on macOS, and a prefix is added."""
    name_bytes: int = 200
    """One name in UTF-8: NAME_MAX is 255, and a temporary suffix is added when written."""
    work_bytes: int = 256 * MIB
    """Bytes decompressed, kept or not: about two seconds of xz."""
    ratio: int = 200
    """Bytes out for each byte in. Sources give 5 to 20, zeros 1000 (deflate) to 7000 (xz)."""
    ratio_floor: int = 16 * MIB
    """Below this the ratio doesn't matter: small tars of small files are mostly zeros."""
    layers: int = 2
    """Archives inside each other: the one handed in, and one alone in it."""
    text_bytes: int = 256 * 1024
    """How much of a program's text is looked at to tell its role."""
    texts: int = 50
    """How many programs are looked at to tell their role."""

    def work_for(self, size: int) -> int:
        """Bytes that an archive of `size` bytes may decompress to."""
        return min(self.work_bytes, max(self.ratio_floor, self.ratio * size))


BOUNDS = Bounds()
