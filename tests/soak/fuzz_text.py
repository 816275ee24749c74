"""Fuzzes all that reads and shows what students (and authors of labs) wrote.

    python tests/soak/fuzz_text.py [--inputs 100000] [--only TARGET] [--seed N] [--result FILE]

The targets and what must hold are those of `tests/fuzz_targets.py`; each gets its share of the
inputs and a process of its own. The result (JSON, with commit and date) says for each target
how many inputs it had and which failed, the first ones with their input.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from fuzz_targets import TARGETS
from hypothesis import HealthCheck, Phase, given, seed, settings

RESULT = Path(__file__).resolve().parent / "results" / "fuzz_text.json"
BATCH = 500
"""Inputs of one seed."""
KEPT = 10
"""Failures of a target that are told with their input."""


def fuzz(name: str, inputs: int, first_seed: int) -> dict[str, object]:
    """Give the target of that name so many inputs; what it came to."""
    target = next(one for one in TARGETS if one.name == name)
    failures: list[dict[str, str]] = []
    done = failed = 0
    began = time.monotonic()

    def check(found: tuple[object, ...]) -> None:
        nonlocal done, failed
        for one in found:
            done += 1
            try:
                target.check(one)
            except Exception as error:  # whatever it is, it is a failure
                failed += 1
                if len(failures) < KEPT:
                    failures.append({"input": repr(one)[:4000], "error": repr(error)[:1000]})

    number = first_seed
    while done < inputs:
        wrapped = given(target.inputs)(check)
        limits = settings(
            max_examples=min(BATCH, inputs - done),
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
            database=None,
            deadline=None,
        )
        seed(number)(limits(wrapped))()
        number += 1
    seconds = round(time.monotonic() - began, 1)
    return {"inputs": done, "failed": failed, "seconds": seconds, "failures": failures}


def main() -> int:
    """Fuzz; status 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--only", choices=[target.name for target in TARGETS])
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--result", type=Path, default=RESULT)
    given_ = parser.parse_args()
    chosen = [target for target in TARGETS if given_.only in (None, target.name)]
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parent,
    ).stdout.strip()  # fmt: skip
    told: dict[str, dict[str, object]] = {}
    with ProcessPoolExecutor(len(chosen)) as pool:
        begun = {
            pool.submit(fuzz, target.name, -(-given_.inputs * target.share // 1000), given_.seed):
            target.name for target in chosen
        }  # fmt: skip
        for future in as_completed(begun):
            name = begun[future]
            told[name] = one = future.result()
            print(name, one["inputs"], "inputs,", one["failed"], "failed", flush=True)
            write(given_.result, commit, given_.seed, told)
    return 1 if any(one["failed"] for one in told.values()) else 0


def write(result: Path, commit: str, first: int, told: dict[str, dict[str, object]]) -> None:
    """Write what is known so far."""
    document = {
        "commit": commit,
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "seed": first,
        "inputs": sum(int(str(one["inputs"])) for one in told.values()),
        "failed": sum(int(str(one["failed"])) for one in told.values()),
        "targets": {target.name: told[target.name] for target in TARGETS if target.name in told},
    }
    result.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
