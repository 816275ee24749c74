from pathlib import Path

import pytest

from grader.resources import data_root, samples_root, scenarios_root


def test_the_checkout_has_labs_and_samples() -> None:
    assert (scenarios_root() / "tp09" / "lab.yaml").is_file()
    assert samples_root().parent == scenarios_root().parent == data_root()


def test_a_wheel_has_them_inside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "grader"
    (package / "data" / "scenarios").mkdir(parents=True)
    # Another distribution may have put a folder of that name beside us.
    (tmp_path / "scenarios").mkdir()
    assert data_root(package) == package / "data"


def test_an_incomplete_installation_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="missing"):
        data_root(tmp_path / "grader")
