"""The one command that mends, on recorded states of machines that we do not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.run import mending

UBUNTU_24_04 = {
    "etc/os-release": 'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n',
    "proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n",
    "proc/sys/kernel/unprivileged_userns_clone": "1\n",
    "proc/sys/user/max_user_namespaces": "127032\n",
    "proc/sys/kernel/yama/ptrace_scope": "1\n",
    "proc/self/mounts": "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n",
}
DEBIAN_10 = {
    "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 10 (buster)"\nID=debian\n',
    "proc/sys/kernel/unprivileged_userns_clone": "0\n",
    "proc/sys/user/max_user_namespaces": "63432\n",
}
RHEL_7 = {
    "etc/os-release": 'NAME="Red Hat Enterprise Linux Server"\nID="rhel"\nID_LIKE="fedora"\n',
    "proc/sys/user/max_user_namespaces": "0\n",
}
HARDENED = {
    "etc/os-release": "ID=arch\n",
    "proc/sys/kernel/yama/ptrace_scope": "3\n",
    "proc/self/mounts": "proc /proc proc rw,nosuid,nodev,noexec,relatime,hidepid=invisible 0 0\n",
}
SHARED = {
    "etc/os-release": 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
    "proc/sys/kernel/yama/ptrace_scope": "1\n",
    "proc/self/mounts": "sys /sys sysfs rw 0 0\nproc /proc proc rw,gid=20,hidepid=2 0 0\n",
}
SYSTEMD = {"run/systemd/system/.there": "", "sys/fs/cgroup/cgroup.controllers": "memory pids\n"}
SYSTEMD_V1 = {"run/systemd/system/.there": "", "etc/os-release": "ID=ubuntu\n"}
DOCKER = {
    "etc/os-release": "ID=alpine\n",
    ".dockerenv": "",
    "proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n",
    "proc/self/mounts": "proc /proc proc rw,hidepid=0 0 0\n",
}
PODMAN = {"etc/os-release": "ID=fedora\n", "run/.containerenv": 'engine="podman-4.9.4"\n'}
NOTHING: dict[str, str] = {}


def made(folder: Path, recorded: dict[str, str]) -> Path:
    for name, text in recorded.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        (UBUNTU_24_04, "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
        (DEBIAN_10, "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
        (RHEL_7, "sudo sysctl -w user.max_user_namespaces=15000"),
        (NOTHING, ""),
    ],
)
def test_namespaces(recorded: dict[str, str], told: str, tmp_path: Path) -> None:
    assert mending.namespaces(made(tmp_path, recorded)) == told


@pytest.mark.parametrize("recorded", [DOCKER, PODMAN])
def test_a_container_is_mended_from_outside(recorded: dict[str, str], tmp_path: Path) -> None:
    root = made(tmp_path, recorded)
    assert mending.namespaces(root).startswith("docker run --security-opt seccomp=unconfined")
    assert mending.user({"SUDO_USER": "marie"}, root) == "docker run --user 1000 ..."
    assert mending.looking(root) == mending.namespaces(root)


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        (HARDENED, "ptrace_scope=1"),
        (SHARED, "sudo mount -o remount,hidepid=0 /proc"),
        (UBUNTU_24_04, "apparmor_restrict"),
        (NOTHING, ""),
    ],
)
def test_looking_at_programs(recorded: dict[str, str], told: str, tmp_path: Path) -> None:
    mend = mending.looking(made(tmp_path, recorded))
    assert told in mend
    assert bool(mend) == bool(told)


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        (UBUNTU_24_04, "sudo apt install libseccomp2"),
        (DEBIAN_10, "sudo apt install libseccomp2"),
        (RHEL_7, "sudo dnf install libseccomp"),
        (HARDENED, "sudo pacman -S libseccomp"),
        (SHARED, "sudo zypper install libseccomp2"),
        (DOCKER, "sudo apk add libseccomp"),
        ({"etc/os-release": "ID=haiku\n"}, ""),
        (NOTHING, ""),
    ],
)
def test_the_library(recorded: dict[str, str], told: str, tmp_path: Path) -> None:
    assert mending.filtering(made(tmp_path, recorded)) == told


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"SUDO_USER": "marie"}, "sudo -u marie wiregrade ..."),
        ({"SUDO_USER": "root"}, "sudo -u USER wiregrade ..."),
        ({"SUDO_USER": "x; reboot"}, "sudo -u USER wiregrade ..."),
        ({}, "sudo -u USER wiregrade ..."),
    ],
)
def test_who_is_root(environment: dict[str, str], told: str, tmp_path: Path) -> None:
    assert mending.user(environment, tmp_path) == told


@pytest.mark.parametrize(
    ("recorded", "user", "told"),
    [
        (SYSTEMD, "prof", "sudo loginctl enable-linger prof;"),
        (SYSTEMD, "root", ""),
        (SYSTEMD, "x; rm -rf ~", ""),
        (SYSTEMD_V1, "prof", "systemd.unified_cgroup_hierarchy=1"),
        ({**SYSTEMD_V1, "etc/os-release": "ID=fedora\n"}, "prof", "sudo grubby"),
        ({**SYSTEMD_V1, "etc/os-release": "ID=arch\n"}, "prof", ""),
        ({**SYSTEMD, **DOCKER}, "prof", ""),
        (NOTHING, "prof", ""),
    ],
)
def test_groups_of_ones_own(recorded: dict[str, str], user: str, told: str, tmp_path: Path) -> None:
    command = mending.delegation({"USER": user}, made(tmp_path, recorded))
    assert (told in command, bool(command)) == (True, bool(told))
