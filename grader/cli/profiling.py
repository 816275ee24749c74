"""`grade --profile`: a meter where one is asked for, and what it has heard."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.cli.streams import note
from grader.run.meter import OFF, Meter


def meter(given: argparse.Namespace) -> Meter:
    """One that listens, if a profile is asked for."""
    if given.profile is None:
        return OFF
    from grader.batch.profile import Profile

    return Profile()


def tell(given: argparse.Namespace, heard: Meter, workers: int, runs: int) -> None:
    """Say where the time went, on stderr, and write it where that is asked for.

    Raises:
        OSError: it cannot be written.
    """
    from grader.batch.profile import Profile

    if not isinstance(heard, Profile):
        return
    from grader.formats import profile

    told = heard.told(runs, workers)
    shown = profile.text(told, given.lang)
    note("\n" + shown)
    if given.profile:
        path = Path(given.profile)
        whole = profile.document(told) if path.suffix == ".json" else shown + "\n"
        path.write_text(whole, encoding="utf-8")
