"""Where the data that ships with Wiregrade lies: labs and sample submissions.

In a checkout they are the top-level folders `scenarios/` and `submissions/`; in the wheel
the same folders lie in `grader/data/` (pyproject.toml, `force-include`).
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_root(package: Path = _PACKAGE) -> Path:
    """The folder that holds `scenarios/` and `submissions/`.

    Raises:
        FileNotFoundError: the installation is incomplete; nobody's labs are at fault.
    """
    # The wheel comes first: beside an installed package, `scenarios/` may be a stranger's.
    for root in (package / "data", package.parent):
        if (root / "scenarios").is_dir():
            return root
    raise FileNotFoundError(f"the labs that ship with Wiregrade are missing beside {package}")


def scenarios_root() -> Path:
    """The folder of the built-in labs, one folder each."""
    return data_root() / "scenarios"


def samples_root() -> Path:
    """The folder of the sample submissions, right and wrong."""
    return data_root() / "submissions"
