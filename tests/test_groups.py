"""What is written to a run's group and read from it; where a process's group lies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.lab.model import Limits
from grader.run import groups
from grader.run.groups import Told

LIMITS = replace(Limits(), memory=256 << 20, processes=40)

UNIFIED = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-u7.scope\n"
UNIFIED_MOUNT = (
    "29 22 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 "
    "rw,nsdelegate,memory_recursiveprot\n"
)
HYBRID = "4:memory:/jobs/7\n1:name=systemd:/\n0::/\n"
HYBRID_MOUNT = (
    "30 29 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "31 29 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
)
DOCKER = "0::/\n"
DOCKER_MOUNT = "1 2 0:26 /../.. /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
BIND = "0::/docker/abc/in ner\n"
BIND_MOUNT = r"1 2 0:26 /docker/abc /sys/fs/c\040g rw - cgroup2 cgroup rw" + "\n"
SECOND_BIND = "1 2 0:26 /docker/other /mnt rw - cgroup2 cgroup rw\n" + UNIFIED_MOUNT


@pytest.mark.parametrize(
    ("cgroup", "mounts", "expected"),
    [
        (UNIFIED, UNIFIED_MOUNT, f"/sys/fs/cgroup{UNIFIED[3:-1]}"),
        (HYBRID, HYBRID_MOUNT, "/sys/fs/cgroup/unified"),
        (BIND, BIND_MOUNT, "/sys/fs/c g/in ner"),
        (BIND, SECOND_BIND, "/sys/fs/cgroup/docker/abc/in ner"),
        (DOCKER, DOCKER_MOUNT, None),
        (UNIFIED, HYBRID_MOUNT.splitlines()[0], None),
        ("4:memory:/jobs/7\n", HYBRID_MOUNT, None),
        ("0::/../outside\n", UNIFIED_MOUNT, None),
        ("", "", None),
        (UNIFIED, " - cgroup2\n- - -\n", None),
    ],
)
def test_where_a_group_lies(cgroup: str, mounts: str, expected: str | None) -> None:
    assert groups.base_of(cgroup, mounts) == expected


def test_limits_stand_behind_what_is_watched() -> None:
    written = dict(groups.settings(LIMITS, ("cpu", "memory", "pids")))
    assert int(written.pop("memory.max")) > LIMITS.memory
    assert written == {"memory.swap.max": "0", "memory.oom.group": "1", "pids.max": "40"}
    assert groups.settings(LIMITS, ("pids",)) == [("pids.max", "40")]
    assert groups.settings(LIMITS, ()) == []
    assert [name for name in ("memory.max", *written) if groups.optional(name)] == [
        "memory.swap.max", "memory.oom.group",
    ]  # fmt: skip


def test_what_a_group_tells() -> None:
    texts = {
        "cpu.stat": "usage_usec 1234567\nuser_usec 1200000\ncore_sched.force_idle_usec 0\n",
        "memory.events": "low 0\nhigh 0\nmax 12\noom 1\noom_kill 4\noom_group_kill 1\n",
        "pids.events": "max 7\n",
    }
    assert groups.told(texts) == Told(cpu=1_234_567_000, killed=4, refused=7)
    assert groups.told({"memory.events": "oom 1\n"}) == Told()
    assert groups.told({"cpu.stat": "usage_usec x\n\nusage_usec\n"}) == Told()


@pytest.mark.parametrize(
    ("text", "lives"), [("populated 0\nfrozen 0\n", False), ("populated 1\n", True), ("", True)]
)
def test_what_is_not_known_to_be_empty_is_not(text: str, lives: bool) -> None:
    assert groups.populated(text) is lives


@pytest.mark.parametrize(
    ("name", "maker"),
    [
        ("wiregrade-12-3", 12), ("wiregrade-12", None), ("wiregrade-12-3.scope", None),
        ("xwiregrade-1-1", None), ("wiregrade-a-1", None), ("us", None),
    ],
)  # fmt: skip
def test_whose_a_group_is(name: str, maker: int | None) -> None:
    assert groups.owner_of(name) == maker


def test_controllers_that_are_to_be_given_on_and_those_that_lack() -> None:
    assert groups.to_enable("cpu io memory pids\n", "memory\n") == ("pids",)
    assert groups.to_enable("hugetlb\n", "\n") == ()
    assert groups.lacking(("cpu", "pids")) == ("memory",)


def test_a_scope_is_ones_own_managers() -> None:
    assert "--user" not in groups.scope_command("/bin/systemd-run", root=True)
    assert groups.scope_command("/bin/systemd-run", root=False)[:3] == [
        "/bin/systemd-run", "--user", "--scope",
    ]  # fmt: skip
    assert "--property=Delegate=yes" in groups.scope_command("x", root=False)
