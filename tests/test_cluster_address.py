"""What is an address of a scheduler, and what is said of what is none."""

from __future__ import annotations

import pytest

from grader.cluster.address import scheduler_address


@pytest.mark.parametrize(
    ("given", "dask"),
    [
        ("dask://h:1", "tcp://h:1"),
        ("tls://h:65535/", "tls://h:65535"),
        ("dask://10.0.0.1:8786", "tcp://10.0.0.1:8786"),
        ("dask://[fe80::1%eth0]:8786", "tcp://[fe80::1%eth0]:8786"),
    ],
)
def test_an_address_is_told_as_dask_has_it(given: str, dask: str) -> None:
    assert scheduler_address(given) == dask


@pytest.mark.parametrize(
    "given",
    ["", "dask", "dask-slurm", "dask-kubernetes", "tcp://h:1", "dask://h", "dask://h:1/x", "tls://",
     "dask://h:123456", "dask://h:\u0661", "dask://\x1b[2J:1", "dask://::1:8786"],
)  # fmt: skip
def test_what_is_none_is_told_where_the_recipes_are(given: str) -> None:
    with pytest.raises(ValueError, match=r"HOST:PORT \(docs/cluster.md has recipes") as told:
        scheduler_address(given)
    assert "\x1b" not in str(told.value)


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
def test_a_port_that_cannot_be_is_said(port: str) -> None:
    with pytest.raises(ValueError, match="ports are numbers from 1 to 65535"):
        scheduler_address(f"dask://h:{port}")
