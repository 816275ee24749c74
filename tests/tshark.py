"""Opens a capture file with tshark, as Wireshark would."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from namespaces import missing

CHECKED = ("-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE")


def read(file: Path, *fields: str) -> list[tuple[str, ...]]:
    """These fields of each frame; several values of a field are joined by `|`."""
    asked = [word for field in fields for word in ("-e", field)]
    options = ["-T", "fields", "-E", "separator=/t", "-E", "aggregator=|"]
    return [tuple(line.split("\t")) for line in run(file, *options, *asked).splitlines()]


def run(file: Path, *options: str) -> str:
    """What tshark prints."""
    program = shutil.which("tshark")
    if program is None:
        missing("tshark is not installed")
    done = subprocess.run(
        [program, "-n", "-r", str(file), *CHECKED, *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
