"""The one command that most likely mends what does not work on this machine.

That something does not work is found by trying (`grader.run.host`); settings are read only
here, to tell why. Each function takes the folder that stands for `/`: tests give recorded
states of machines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_ROOT = Path("/")
_CONTAINER_MARKS = (".dockerenv", "run/.containerenv")
_INSTALL = {
    "debian": "sudo apt install {}",
    "fedora": "sudo dnf install {}",
    "suse": "sudo zypper install {}",
    "arch": "sudo pacman -S {}",
    "alpine": "sudo apk add {}",
}
_LIKE = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora", "opensuse": "suse"}
_SECCOMP_PACKAGE = {"debian": "libseccomp2", "suse": "libseccomp2"}
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_HIDDEN = re.compile(r"^\S+ /proc proc \S*hidepid=(?!0)", re.MULTILINE)


def namespaces(root: Path = _ROOT) -> str:
    """Lets an ordinary user, or a container, have user and network namespaces."""
    if is_container(root):
        return (
            "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
            "--security-opt systempaths=unconfined ..."
        )
    if _setting(root, "kernel/apparmor_restrict_unprivileged_userns") == "1":
        return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    if _setting(root, "kernel/unprivileged_userns_clone") == "0":
        return "sudo sysctl -w kernel.unprivileged_userns_clone=1"
    if _setting(root, "user/max_user_namespaces") == "0":
        return "sudo sysctl -w user.max_user_namespaces=15000"
    return ""


def looking(root: Path = _ROOT) -> str:
    """Lets who started a program see where it waits."""
    if _setting(root, "kernel/yama/ptrace_scope") == "3":
        # Nobody can take this back while the machine runs.
        return "echo kernel.yama.ptrace_scope=1 | sudo tee /etc/sysctl.d/60-yama.conf; sudo reboot"
    if _HIDDEN.search(_text(root / "proc/self/mounts")):
        return "sudo mount -o remount,hidepid=0 /proc"
    return namespaces(root)


def delegation(environment: Mapping[str, str], root: Path = _ROOT) -> str:
    """Lets us divide a control group (cgroup v2) that has limits; empty where nothing simple does.

    In a container it would take rights that are worth more than these limits.
    """
    if is_container(root) or not (root / "run/systemd/system").is_dir():
        return ""
    if not (root / "sys/fs/cgroup/cgroup.controllers").is_file():
        kind = _kind(root)
        unified = "systemd.unified_cgroup_hierarchy=1"
        if kind == "debian":
            return (
                f"echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX {unified}\"' | "
                "sudo tee /etc/default/grub.d/60-cgroup.cfg; sudo update-grub; sudo reboot"
            )
        return f"sudo grubby --update-kernel=ALL --args={unified}" if kind == "fedora" else ""
    name = environment.get("USER", "")
    if _USER.fullmatch(name) is None or name == "root":
        return ""
    # A manager of one's own is there for whoever is logged in, else only where one lingers.
    return f"sudo loginctl enable-linger {name}; export XDG_RUNTIME_DIR=/run/user/$(id -u)"


def filtering(root: Path = _ROOT) -> str:
    """Installs libseccomp; empty where the kind of system is not known."""
    kind = _kind(root)
    return _INSTALL[kind].format(_SECCOMP_PACKAGE.get(kind, "libseccomp")) if kind else ""


def user(environment: Mapping[str, str], root: Path = _ROOT) -> str:
    """Runs us as somebody who is not root."""
    if is_container(root):
        return "docker run --user 1000 ..."
    name = environment.get("SUDO_USER", "")
    known = _USER.fullmatch(name) is not None and name != "root"
    return f"sudo -u {name if known else 'USER'} wiregrade ..."


def is_container(root: Path = _ROOT) -> bool:
    """Docker or Podman says so."""
    return any((root / mark).exists() for mark in _CONTAINER_MARKS)


def _kind(root: Path) -> str:
    """The family of the distribution, from os-release(5)."""
    words = re.findall(r'^ID(?:_LIKE)?="?([^"\n]*)', _text(root / "etc/os-release"), re.MULTILINE)
    for word in " ".join(words).split():
        family = _LIKE.get(word.partition("-")[0], word)
        if family in _INSTALL:
            return family
    return ""


def _setting(root: Path, name: str) -> str:
    return _text(root / "proc/sys" / name).strip()


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
