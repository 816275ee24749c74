"""What writing the class's files takes of memory: results.json, grades.csv, index.html.

    python tests/bench/class_files.py OUT [--class 10000] [--write FILE]

OUT is an output folder of `wiregrade grade submissions/`; nothing in it is changed. A class is
its submissions again and again, under other names (they share what they are made of: what grades
take is not measured). Printed as JSON: the memory (VmHWM, MiB) before the files are made and its
peak when they have been written, and for each submission what that added (KiB).
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

from flood import peak_size  # noqa: E402
from render_pages import samples  # noqa: E402

from grader.batch import output, pages  # noqa: E402
from grader.batch.pages import PageSettings, slim  # noqa: E402


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--class", dest="number", type=int, default=10_000)
    parser.add_argument("--write", metavar="FILE", type=Path)
    given = parser.parse_args()
    lab, language, listed = samples(given.out)
    bare = [slim(one.grade) for one in listed]
    names = [f"{i:05}-{bare[i % len(bare)].id}" for i in range(given.number)]
    grades = [replace(bare[i % len(bare)], id=n, name=n) for i, n in enumerate(names)]
    del listed
    gc.collect()
    settings = PageSettings(isolation="full", language=language)
    with tempfile.TemporaryDirectory() as folder, output.opened(Path(folder) / "out") as out:
        pages.write_class(out, lab, settings, grades[:1])  # imports and templates
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak so far
        before, begun = peak_size(), time.process_time()
        pages.write_class(out, lab, settings, grades)
        after, spent = peak_size(), time.process_time() - begun
        sizes = {name: out.size(name) for name in ("results.json", "grades.csv", "index.html")}
    document = {
        "submissions": len(grades),
        "before_mib": before,
        "peak_mib": after,
        "added_kib_each": round((after - before) * 1024 / len(grades), 1),
        "cpu_s": round(spent, 1),
        "bytes": sizes,
    }
    text = json.dumps(document, indent=1)
    print(text)
    if given.write:
        given.write.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
