"""`wiregrade merge`: parts of a class, each graded elsewhere, become one output folder."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

import msgspec

from grader.batch import output
from grader.batch.merging import MergeError, bring_together, merged_marker
from grader.cli.bar import LiveBar
from grader.cli.destination import refuse_around
from grader.cli.errors import CommandError
from grader.cli.report import rewrite
from grader.cli.streams import is_live


def run(given: argparse.Namespace) -> int:
    """Copy the parts into `--out`, then judge and write the whole as `report` does."""
    out = Path(given.out)
    output.check(out)
    try:
        with contextlib.ExitStack() as opened:
            parts = [opened.enter_context(output.looked_at(Path(one))) for one in given.parts]
            for part in parts:
                refuse_around(out, part.path)
            whole_before = output.OutputFolder(out).marker()
            marker = merged_marker(parts, whole_before, partial=given.partial)
            whole = opened.enter_context(output.opened(out))
            # Until all is there, a list of before would speak of what is not.
            whole.remove("results.json")
            whole.mark(msgspec.structs.replace(marker, language=given.lang or marker.language))
            ids = _brought_together(parts, whole)
            return rewrite(whole, given, ids)
    except MergeError as error:
        raise CommandError(error.text) from error


def _brought_together(parts: list[output.OutputFolder], whole: output.OutputFolder) -> list[str]:
    with LiveBar() if is_live(sys.stderr) else contextlib.nullcontext() as bar:
        begun = False

        def tell(identifier: str, total: int) -> None:
            nonlocal begun
            if bar is None:
                return
            if not begun:
                bar.begin(total)
                begun = True
            bar.advance(identifier)

        return bring_together(parts, whole, tell)
