"""Runs in the sandbox, by the students' interpreter: builds a program and hands out the result.

Only the standard library, and nothing of ours: it is given as text (`grader.run.building`).
What it writes to a descriptor is a line of JSON for each file that the build left, with the
file's bytes behind it, and a last line with the status. What the compiler says goes to
standard error.
"""

import json
import os
import subprocess
import sys
from typing import BinaryIO


def main() -> None:
    """Carry out an order, which is JSON.

    `command`, `out` (a folder), `environment`, `fd` (a descriptor), and `said`: so many bytes of
    what the compiler says are passed on; `stdin` is what it reads there.
    """
    order = json.loads(sys.argv[1])
    os.makedirs(order["out"], exist_ok=True)  # noqa: PTH103 -- as few imports as possible
    # A file, and no pipe: a program that includes /dev/stderr would wait for itself for ever.
    said = os.open(order["out"] + ".said", os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
    try:
        status = subprocess.run(
            order["command"], input=order["stdin"].encode(), stdout=said, stderr=said, check=False,
            env={**os.environ, **order["environment"]},
        ).returncode  # fmt: skip
    except OSError as error:
        os.write(said, f"{order['command'][0]}: {error.strerror}\n".encode())
        status = 256  # none that a compiler can end with
    os.lseek(said, 0, os.SEEK_SET)
    os.write(2, os.read(said, order["said"]))
    with open(order["fd"], "wb") as pipe:  # noqa: PTH123 -- it is open
        if status == 0:
            _hand_out(order["out"], pipe)
        pipe.write(json.dumps({"status": status}).encode() + b"\n")


def _hand_out(out: str, pipe: BinaryIO) -> None:
    for folder, below, names in os.walk(out):
        below.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)  # noqa: PTH118
            if os.path.islink(path) or not os.path.isfile(path):  # noqa: PTH113, PTH114
                continue
            with open(path, "rb") as file:  # noqa: PTH123
                data = file.read()
            told = {
                "path": os.path.relpath(path, out),
                "size": len(data),
                "executable": os.access(path, os.X_OK),
            }
            pipe.write(json.dumps(told).encode() + b"\n" + data)


if __name__ == "__main__":
    main()
