"""The sample submissions of `submissions/` and what is expected of each."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import yaml  # noqa: TID251 -- our own fixtures, read by tests only

SUBMISSIONS = Path(__file__).resolve().parent.parent / "submissions"
PROGRAMS = Path(__file__).resolve().parent / "programs"
"""More of them, which nobody needs to read: odd but right ones, each mistake in other forms."""
EXPECTED = "expected.yaml"
_KEYS = ["about", "score", "criteria", "diagnoses", "runs"]


@dataclass(frozen=True)
class Sample:
    """A sample submission with its expected result."""

    name: str
    folder: Path
    about: str
    score: Fraction
    criteria: dict[str, str]
    """Status by criterion id, in the order of the file."""
    diagnoses: tuple[str, ...]
    """Ids of errors that must be named; others may be."""
    runs: dict[str, str]
    """Outcome by run id, only where it matters."""

    @property
    def is_right(self) -> bool:
        """Its name says that it deserves all points."""
        return self.name.startswith("juste_")

    @property
    def programs(self) -> tuple[Path, ...]:
        """The files handed in, in the order of their names."""
        files = (f for f in self.folder.rglob("*") if f.is_file() and f.name != EXPECTED)
        return tuple(sorted(f for f in files if "__pycache__" not in f.parts))


def load_samples(root: Path = SUBMISSIONS) -> list[Sample]:
    """All samples, in the order of their names.

    Raises:
        ValueError: an `expected.yaml` is absent or does not have the form of
            `submissions/README.md`; the message names the sample.
    """
    return [load_sample(folder) for folder in sorted(root.iterdir()) if folder.is_dir()]


def load_sample(folder: Path) -> Sample:
    """One sample. Raises ValueError as `load_samples` does."""
    try:
        fields = yaml.safe_load((folder / EXPECTED).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ValueError(f"{folder.name}: {error}") from error
    if not isinstance(fields, dict) or list(fields) != _KEYS:
        raise ValueError(f"{folder.name}: the keys must be {', '.join(_KEYS)}, in this order")
    score = fields["score"]
    if isinstance(score, bool) or not isinstance(score, int | str):
        raise ValueError(f"{folder.name}: score must be exact: a whole number or a quoted one")
    try:
        points = Fraction(score)
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"{folder.name}: score is no number: {score!r}") from error
    return Sample(
        name=folder.name,
        folder=folder,
        about=_text(folder, "about", fields["about"]),
        score=points,
        criteria=_texts(folder, "criteria", fields["criteria"]),
        diagnoses=_list(folder, "diagnoses", fields["diagnoses"]),
        runs=_texts(folder, "runs", fields["runs"]),
    )


def _text(folder: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{folder.name}: {key} must be a text, not {value!r}")
    return value.strip()


def _texts(folder: Path, key: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError(f"{folder.name}: {key} must be a mapping, not {value!r}")
    return {_text(folder, key, k): _text(folder, f"{key}.{k}", v) for k, v in value.items()}


def _list(folder: Path, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{folder.name}: {key} must be a list, not {value!r}")
    return tuple(_text(folder, key, item) for item in value)
