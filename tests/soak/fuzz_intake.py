"""Hands damaged and hostile archives and folders to intake: is each one read or refused?

    python tests/soak/fuzz_intake.py [--inputs 100000] [--result FILE]

The properties of `tests/test_intake_*.py` that take drawn input, each with its share of the
inputs, drawn anew each time. The result (JSON, with commit and date) says how many inputs each
was tried with and what failed; what fails is printed with the input that Hypothesis found.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from hypothesis import HealthCheck, settings

RESULT = Path(__file__).resolve().parent / "results" / "fuzz_intake.json"
PROPERTIES = (
    ("test_intake_archives", "test_random_bytes_are_read_or_refused"),
    ("test_intake_archives", "test_damaged_archives_are_read_or_refused"),
    ("test_intake_archives", "test_tar_headers_with_right_sums_are_read_or_refused"),
    ("test_intake_archives", "test_any_names_are_read_or_refused"),
    ("test_intake_names", "test_ids_are_unique_valid_and_independent_of_order"),
    ("test_intake_paths", "test_a_clean_path_stays_inside_whatever_was_given"),
    ("test_intake_roles", "test_the_order_of_files_never_matters"),
    ("test_intake_sourcetext", "test_any_text_can_be_looked_at"),
    ("test_intake_sourcetext", "test_any_bytes_can_be_looked_at"),
)
_SHARES = {"test_damaged_archives_are_read_or_refused": 4}
"""Where most of what can break lies."""


def tried(module: str, name: str, inputs: int) -> dict[str, object]:
    """Try one property with that many inputs; `failed` has the last line of what went wrong."""
    drawn: Any = getattr(importlib.import_module(module), name)
    inner = drawn.hypothesis.inner_test
    count = [0]

    def counting(*arguments: object, **named: object) -> None:
        count[0] += 1
        inner(*arguments, **named)

    drawn.hypothesis.inner_test = counting
    # What the decorator does, which refuses a test that has settings of its own.
    drawn._hypothesis_internal_use_settings = settings(
        max_examples=inputs, deadline=None, database=None, suppress_health_check=[*HealthCheck]
    )
    start, failed = time.monotonic(), ""
    try:
        drawn()
    except Exception as error:
        traceback.print_exc()
        failed = f"{type(error).__name__}: {error}"[:500]
    seconds = round(time.monotonic() - start, 1)
    return {"property": name, "inputs": count[0], "failed": failed, "seconds": seconds}


def main() -> int:
    """Try all of them; 1 if any failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True, cwd=ROOT).strip()
    shares = sum(_SHARES.get(name, 1) for _, name in PROPERTIES)
    done: list[dict[str, object]] = []
    for module, name in PROPERTIES:
        part = -(-given.inputs * _SHARES.get(name, 1) // shares)
        done.append(tried(module, name, part))
        print(done[-1], flush=True)
        result = {
            "commit": commit,
            "date": datetime.now(UTC).date().isoformat(),
            "inputs": sum(int(str(one["inputs"])) for one in done),
            "properties": done,
            "machine": {"cores": os.cpu_count(), "kernel": platform.release()},
        }
        # After each one: an interrupted job has not run in vain.
        given.result.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 1 if any(one["failed"] for one in done) else 0


if __name__ == "__main__":
    sys.exit(main())
