"""Each criterion of each scenario as a test: `pytest --wiregrade PATH`.

Registered as a plugin of pytest (entry point `pytest11`), so every pytest of the environment
imports this: what takes time is imported when something is to be played.

- `--wiregrade PATH` adds the tests of a submission, `role::scenario::criterion`; named alone,
  it is all that is collected.
- With `wiregrade_submission = PATH` in the configuration, a `lab.yaml` that pytest comes upon
  is collected as it is, for that submission.
- Fixtures for checks of one's own: `student`, `reference_client`, `reference_server`.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.pytest_plugin.fixtures import reference_client, reference_server, student

if TYPE_CHECKING:
    from grader.pytest_plugin.collecting import LabFile

__all__ = ["reference_client", "reference_server", "student"]

LAB_FILE = "lab.yaml"
SUBMISSION = "wiregrade_submission"
"""In the configuration: the submission that a collected `lab.yaml` is played with."""
MARKERS = {
    "server": "the student's server is played",
    "client": "the student's client is played",
    "both": "the student's two programs are played with each other",
    "graded": "gives points",
    "advice": "costs nothing: where it does not hold, it is expected to fail",
}
_SHARED = "wiregrade_shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, all of them named after us."""
    group = parser.getgroup("wiregrade", "grading socket labs")
    group.addoption(
        "--wiregrade", metavar="PATH", help="check this submission: a folder, a program, an archive"
    )
    group.addoption(
        "--wiregrade-lab", default="tp09", metavar="LAB", help="a built-in lab, or a folder (tp09)"
    )
    group.addoption(
        "--wiregrade-lang", choices=("fr", "en"), help="language of what is said (the lab's)"
    )
    group.addoption(
        "--wiregrade-isolation", choices=("auto", "full", "none"), default="auto",
        help="what keeps the programs apart from this machine (auto)",
    )  # fmt: skip
    group.addoption(
        "--wiregrade-python", metavar="PYTHON", help="the interpreter for the students' programs"
    )
    parser.addini(SUBMISSION, "the submission that a collected lab.yaml is played with")


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, and a place where parallel processes share what was played."""
    if _is_used(config):
        for name, meaning in MARKERS.items():
            config.addinivalue_line("markers", f"{name}: {meaning} (wiregrade)")
        if config.pluginmanager.hasplugin("xdist") and not hasattr(config, "workerinput"):
            config.pluginmanager.register(_Sharing(), "wiregrade-sharing")


class _Sharing:
    """Gives the processes of xdist one folder: what one has played, the others read."""

    def __init__(self) -> None:
        self._folder: str | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: object) -> None:
        """Tell a worker that is about to start where it is."""
        self._folder = self._folder or tempfile.mkdtemp(prefix="wiregrade-pytest-")
        node.workerinput[_SHARED] = self._folder  # type: ignore[attr-defined]

    def pytest_unconfigure(self) -> None:
        """Remove it."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """`pytest --wiregrade .` is about the submission: no test file in it is run by the way.

    It could be the student's, and would run here without any isolation.
    """
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    return True if config.getoption("--wiregrade") and not named else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> LabFile | None:
    """A lab's own file, where the configuration says whose programs it is played with."""
    if file_path.name != LAB_FILE or not parent.config.getini(SUBMISSION):
        return None
    from grader.pytest_plugin.collecting import LabFile

    return LabFile.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the submission's tests, before any are deselected."""
    if config.getoption("--wiregrade"):
        from grader.pytest_plugin.collecting import submission_items

        items.extend(submission_items(session))


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is left after `-k`, `-m` and `--lf` is what has to be played."""
    if _is_used(session.config):
        from grader.pytest_plugin.collecting import want

        want(session.items)


def shared_folder(config: pytest.Config) -> Path | None:
    """Where the processes of xdist share what was played; None in a process of its own."""
    given = getattr(config, "workerinput", {}).get(_SHARED)
    return None if given is None else Path(given)


def _is_used(config: pytest.Config) -> bool:
    return bool(config.getoption("--wiregrade") or config.getini(SUBMISSION))
