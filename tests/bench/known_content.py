"""What known content costs: a further copy of a result, and a resume with nothing to do.

    python tests/bench/known_content.py OUT ID [--copies 300] [--write FILE]

OUT is an output folder of `wiregrade grade`, ID a complete submission in it; nothing in it is
changed. Printed as JSON, ms of wall and CPU for each submission: writing the result of somebody
who handed in the same (`copy`; `first` is the first one in a run, all others are further ones),
taking a result over (`taken_over`), and beside them what no program can do without: the same number
of links and files (`links`).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from grader import __version__  # noqa: E402
from grader.batch import index, output, saved  # noqa: E402
from grader.batch.alike import Alike  # noqa: E402
from grader.batch.copies import Copied, Copies, Owner  # noqa: E402
from grader.batch.earlier import Earlier, Shown  # noqa: E402
from grader.batch.entry import Waiting  # noqa: E402
from grader.batch.judging import judge_run  # noqa: E402
from grader.batch.keys import Marks  # noqa: E402
from grader.batch.known import Known  # noqa: E402
from grader.batch.pages import PageSettings  # noqa: E402
from grader.batch.plan import LabSource  # noqa: E402
from grader.batch.twins import Twins  # noqa: E402
from grader.batch.verify import lab_snapshot  # noqa: E402
from grader.lab.load import load_lab_bytes  # noqa: E402
from grader.run.spool import Spool  # noqa: E402
from grader.stamps import Stamp  # noqa: E402
from grader.submission import Origin, Submission  # noqa: E402


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("id")
    parser.add_argument("--copies", type=int, default=300)
    parser.add_argument("--write", metavar="FILE", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.out.parent) as folder:
        place = Path(folder)
        shutil.copytree(given.out / given.id, place / given.id)
        shutil.copy(given.out / output.MARKER, place)
        document = measured(place, given.id, given.copies)
    text = json.dumps(document, indent=1)
    print(text)
    if given.write:
        given.write.write_text(text + "\n", encoding="utf-8")


def measured(place: Path, identifier: str, copies: int) -> dict[str, object]:
    """The figures, in a folder of that one submission."""
    with output.opened(place) as folder:
        marker = folder.marker()
        assert marker is not None
        files = lab_snapshot(marker)
        source = LabSource(lab=load_lab_bytes(files), files=files)
        settings = PageSettings(isolation=marker.options["isolation"], language=marker.language)
        shown = Shown(settings=settings, given={})
        marks = Marks(__version__, source.digest, marker.options)
        twins = Twins(folder, marks.content)
        copying = Copies(folder, source, shown, judge_run, twins)
        earlier = Earlier(folder, source, shown, judge_run, Spool(place))
        found = saved.load(folder, identifier)
        assert found is not None
        content = marks.content(found)
        twins.know(content, identifier)
        origin = Origin(layout="plain")

        def copy(number: int) -> object:
            owner = Owner(id=f"copy{number}", name=f"Élève {number}", origin=origin, mark="mark")
            return copying.copy(content, owner)

        def take_over(number: int) -> object:
            return earlier.taken_over(f"copy{number}", "mark", traced=False, kept_too=True)

        begun = time.process_time()
        # The first copy is that of a content which nobody has: it is judged and shown once more.
        if copy(0) is None or take_over(0) is None:
            raise SystemExit(f"{identifier} cannot be copied: is it complete and whole?")
        first = time.process_time() - begun
        with index.opened(place, "") as cache:
            known = Known(folder, cache, source.lab, shown.of, Alike())
            entries = [
                Waiting(f"copy{number}", f"Élève {number}", _nothing, origin, lambda: ("", OLD))
                for number in range(copies + 1)
            ]

            def note(number: int) -> None:
                made = copy(number)
                assert isinstance(made, Copied)
                handed = known.handed(entries[number])
                known.note(made.grade, handed, made.files, made.shape)

            def know(number: int) -> None:
                if known.grade(entries[number], known.handed(entries[number])) is None:
                    raise SystemExit("a stamp is not believed")

            copied = timed(note, copies)
            while cache.now() <= (place / f"copy{copies}").stat().st_ctime_ns:
                pass
            known.settle()
            by_stamps = timed(know, copies)

        def link(number: int) -> None:
            bare(place, identifier, number)

        pages = sum(folder.size(f"{identifier}/{name}") for name in ("index.html", "result.json"))
        return {
            "files": len(found.artifacts),
            "page_bytes": pages,
            "first_ms": {"cpu": round(first * 1e3)},
            "links_ms": timed(link, copies),
            "copy_ms": copied,
            "known_ms": by_stamps,
            "taken_over_ms": timed(take_over, copies),
            "load": os.getloadavg(),
        }


OLD = Stamp(b"stamp", b"", 1)


def _nothing() -> Submission:
    raise SystemExit("nothing is to be read")


def bare(place: Path, identifier: str, number: int) -> None:
    """The links and files of a copy, and nothing else."""
    there = place / f"bare{number}"
    for name in ("runs", "source"):
        os.makedirs(f"{there}/{name}")  # noqa: PTH103
        for file in os.listdir(f"{place}/{identifier}/{name}"):  # noqa: PTH208
            os.link(f"{place}/{identifier}/{name}/{file}", f"{there}/{name}/{file}")
    for name in ("index.html", "result.json", "submission.json"):
        data = (place / identifier / name).read_bytes()
        (there / name).write_bytes(data)


def timed(work: Callable[[int], object], times: int) -> dict[str, float]:
    """Of each call, on the average: wall and CPU in ms."""
    wall, cpu = time.perf_counter(), time.process_time()
    for number in range(1, times + 1):
        work(number)
    spent = (time.perf_counter() - wall, time.process_time() - cpu)
    return {"wall": round(spent[0] / times * 1e3, 3), "cpu": round(spent[1] / times * 1e3, 3)}


if __name__ == "__main__":
    main()
