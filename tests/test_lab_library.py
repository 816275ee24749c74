from pathlib import Path

import pytest

from grader.lab.library import UnknownLabError, builtin_labs, find_lab, find_scenario
from grader.resources import scenarios_root


def test_built_in_labs_are_known_by_name() -> None:
    assert {"tp09", "echo", "calc"} <= {*builtin_labs()}
    assert find_lab("tp09") == scenarios_root() / "tp09"


def test_a_path_to_a_lab(tmp_path: Path) -> None:
    (tmp_path / "lab.yaml").touch()
    assert find_lab(str(tmp_path)) == tmp_path
    assert find_lab(str(tmp_path / "lab.yaml")) == tmp_path


def test_the_current_folder_takes_no_built_in_labs_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tp09").mkdir()
    (tmp_path / "tp09" / "lab.yaml").touch()
    monkeypatch.chdir(tmp_path)
    assert find_lab("tp09") == scenarios_root() / "tp09"
    assert find_lab("./tp09") == Path("tp09")


def test_an_unknown_lab_names_the_near_and_all() -> None:
    with pytest.raises(UnknownLabError) as caught:
        find_lab("tp9")
    assert caught.value.near == ("tp09",)
    assert "tp09" in caught.value.known
    assert "there is no lab 'tp9'; did you mean tp09? (built-in labs: " in str(caught.value)
    assert caught.value.blame == "author"


def test_a_folder_without_a_lab(tmp_path: Path) -> None:
    with pytest.raises(UnknownLabError, match=r"no lab\.yaml in the folder"):
        find_lab(str(tmp_path))


def test_a_scenario_of_a_lab(tmp_path: Path) -> None:
    for name in ("lab", "mine"):
        (tmp_path / f"{name}.yaml").touch()
    tp09 = scenarios_root() / "tp09"
    assert find_scenario("tp09/client-nominal") == (tp09, "client-nominal")
    assert find_scenario("client-nominal") == (tp09, "client-nominal")
    assert find_scenario(f"{tmp_path}/mine") == (tmp_path, "mine")
    assert find_scenario(f"{tmp_path}/mine.yaml") == (tmp_path, "mine")


def test_an_unknown_scenario_names_the_near() -> None:
    with pytest.raises(UnknownLabError, match="did you mean client-nominal") as caught:
        find_scenario("tp09/client-nominl")
    assert "server-drawn" in caught.value.known
    with pytest.raises(UnknownLabError):
        find_scenario("tp09/lab")
    with pytest.raises(UnknownLabError, match="there is no lab 'tp10'"):
        find_scenario("tp10/client-nominal")


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(UnknownLabError, match="such a long name"):
        find_lab("x" * 5000)
