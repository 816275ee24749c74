"""Grades every sample by `check`, by pytest and by pytest on two processes: do all say the same?

    python tests/soak/plugin_equals_check.py [--labs tp09,calc] [--jobs 2] [--result FILE]

The samples of `submissions/` and of each lab, whole commands as their users give them. Of each
criterion in each scenario the status is compared, and its points; of advice, whether it holds; and
the exit statuses. The result (JSON, with commit and date) names each difference.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULT = Path(__file__).resolve().parent / "results" / "plugin_equals_check.json"
WAYS: dict[str, tuple[str, ...]] = {"pytest": (), "pytest -n 2": ("-n", "2")}
# Every other plugin that is installed costs each start a second or more.
_PLUGINS = ("-p", "wiregrade", "-p", "xdist", "-p", "no:cacheprovider")
_ORDER = ("pass", "partial", "not_run", "fail")
_FOUND = {"failure": "fail", "error": "not_run", "skipped": "advice-not"}


@dataclass(frozen=True)
class Told:
    """What a command came to: `status` by role::scenario::criterion, and the points of those."""

    exit: int
    status: dict[str, str]
    points: dict[str, float]
    said: str = ""
    """Where it came to nothing: why."""
    why: dict[str, str] = field(default_factory=dict)
    """Of what has no verdict, the reason."""


@dataclass
class Compared:
    """All that was compared until now."""

    submissions: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    verdicts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    differing: list[dict[str, object]] = field(default_factory=list)


def samples() -> dict[str, list[Path]]:
    """The samples of each lab, `tp09` first."""
    roots = {"tp09": ROOT / "submissions"}
    roots |= {path.parent.name: path for path in sorted(ROOT.glob("scenarios/*/samples"))}
    return {
        lab: sorted(path for path in root.iterdir() if path.is_dir()) for lab, root in roots.items()
    }


def by_check(lab: str, sample: Path) -> Told:
    """What `check --format json` says."""
    command = ("-m", "grader", "check", str(sample), "--lab", lab, "--format", "json")
    done = _run((*command, "--no-config"), {})
    try:
        whole = json.loads(done.stdout)
    except ValueError:
        return Told(done.returncode, {}, {}, done.stderr[-1000:])
    runs = {run["id"]: run for run in whole["runs"]}
    found: dict[str, list[str]] = defaultdict(list)
    points = {}
    for criterion in whole["criteria"]:
        for finding in criterion["findings"]:
            if (run := runs.get(finding["run"])) is not None and run["graded"]:
                name = f"{run['role']}::{run['scenario']}::{criterion['id']}"
                found[name].append(finding["status"])
                points[name] = float(criterion["points"])
        if not criterion["findings"] or not any(f["run"] for f in criterion["findings"]):
            # Nothing could be tried: that stands for all scenarios alike.
            said = [f["status"] for f in criterion["findings"]] or ["not_run"]
            found[f"::{criterion['id']}"] = said
    for finding in whole["advice"]:
        run = runs[finding["run"]]
        found[f"{run['role']}::{run['scenario']}::advice"].append(finding["status"])
    return Told(done.returncode, {name: _worst(each) for name, each in found.items()}, points)


def by_pytest(lab: str, sample: Path, more: Iterable[str]) -> Told:
    """What the tests come to."""
    with tempfile.TemporaryDirectory(prefix="wiregrade-soak-") as place:
        xml = Path(place, "out.xml")
        command = [*("-m", "pytest"), *_PLUGINS, "-q", "--rootdir", place, "-c", os.devnull]
        command += ["--wiregrade", str(sample), "--wiregrade-lab", lab, f"--junitxml={xml}"]
        done = _run((*command, *more), {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, place)
        if not xml.exists():
            return Told(done.returncode, {}, {}, (done.stdout + done.stderr)[-1000:])
        status, points, why = {}, {}, {}
        for case in ET.parse(xml).iter("testcase"):
            role, scenario = case.get("classname", "").rsplit(".", 2)[-2:]
            name = f"{role}::{scenario}::{case.get('name')}"
            told = {p.get("name"): p.get("value", "") for p in case.iter("property")}
            kind = next((_FOUND[child.tag] for child in case if child.tag in _FOUND), "pass")
            # A failed test may be half of what was asked.
            half = kind == "fail" and told.get("status") == "partial"
            status[name] = "partial" if half else kind
            if (error := case.find("error")) is not None:
                why[name] = f"{error.get('message')} {error.text}"[-500:]
            if "points" in told:
                points[name] = float(told["points"])
    return Told(done.returncode, status, points, why=why)


def differences(check: Told, other: Told) -> list[dict[str, object]]:
    """Each thing of which the two say something else."""
    found: list[dict[str, object]] = []
    if bool(check.said) != bool(other.said):
        found.append({"what": "no result", "check": check.said, "pytest": other.said})
    if (check.exit == 0) != (other.exit == 0):
        found.append({"what": "exit", "check": check.exit, "pytest": other.exit})
    seen = set()
    for name, status in other.status.items():
        criterion = name.rsplit("::", 1)[1]
        key = name if name in check.status else f"::{criterion}"
        seen.add(key)
        said = check.status.get(key, "absent" if criterion != "advice" else "advice-not")
        if criterion == "advice" and said != "pass":
            said = "advice-not"
        if said != status:
            found.append(
                {"what": name, "check": said, "pytest": status, "why": other.why.get(name, "")}
            )
        ours, theirs = check.points.get(key), other.points.get(name)
        if key == name and theirs is not None and ours != theirs:
            found.append({"what": f"points of {name}", "check": ours, "pytest": theirs})
    found += [
        {"what": name, "check": status, "pytest": "absent"}
        for name, status in check.status.items()
        if name not in seen
    ]
    return found


def odd_ones(place: Path) -> list[Path]:
    """Ways of handing in that no sample is: broken, with one program or none, as an archive."""
    right = ROOT / "submissions" / "juste_enonce"
    archive = shutil.make_archive(str(place / "archive"), "zip", right)
    (place / "casse.zip").write_bytes(b"PK no archive")
    for name, text in (("vide", None), ("seul", (right / "serveur.py").read_text("utf-8")),
                       ("illisible", "def broken(:\n")):  # fmt: skip
        (place / name).mkdir()
        (place / name / ("LISEZMOI.txt" if text is None else "serveur.py")).write_text(text or "x")
    return [Path(archive), *(place / name for name in ("casse.zip", "vide", "seul", "illisible"))]


def compare(lab: str, sample: Path, into: Compared) -> None:
    """Grade one sample in all ways."""
    check = by_check(lab, sample)
    for way, more in WAYS.items():
        other = by_pytest(lab, sample, more)
        into.verdicts[way] += len(other.status)
        for difference in differences(check, other):
            into.differing.append({"lab": lab, "sample": sample.name, "way": way, **difference})
            print(into.differing[-1], flush=True)
    into.submissions[lab] += 1


def _worst(statuses: Iterable[str]) -> str:
    return max(statuses, key=_ORDER.index)


def _run(
    arguments: Iterable[str], environment: Mapping[str, str], place: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", *arguments], cwd=place or ROOT, capture_output=True, text=True,
        check=False, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


def main() -> int:
    """Compare all; 1 if anything differed."""
    odd = Path(tempfile.mkdtemp(prefix="wiregrade-soak-"))
    known = samples()
    known["tp09"] = [*odd_ones(odd), *known["tp09"]]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labs", type=lambda text: text.split(","), default=list(known))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True, cwd=ROOT).strip()
    start = time.monotonic()
    into = Compared()
    work = [(lab, sample) for lab in given.labs for sample in known[lab]]
    with ThreadPoolExecutor(given.jobs) as pool:
        for done in as_completed([pool.submit(compare, *each, into) for each in work]):
            done.result()
            result = {
                "commit": commit,
                "date": datetime.now(UTC).date().isoformat(),
                "submissions": into.submissions,
                "of": {lab: len(found) for lab, found in known.items()},
                "verdicts": into.verdicts,
                "differing": into.differing,
                "seconds": round(time.monotonic() - start),
                "machine": {"cores": os.cpu_count(), "kernel": platform.release()},
            }
            # After each sample: an interrupted job has not run in vain.
            text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
            given.result.write_text(text, encoding="utf-8")
    print(f"{len(work)} samples, {len(into.differing)} differences", flush=True)
    shutil.rmtree(odd)
    return 1 if into.differing else 0


if __name__ == "__main__":
    sys.exit(main())
