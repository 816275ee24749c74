"""Control groups that are not the kernel's: its rules, in memory, over real processes."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
from dataclasses import dataclass, field
from pathlib import PurePosixPath

ALL = ("cpu", "memory", "pids")
_OF_CONTROLLER = {"memory.": "memory", "pids.": "pids"}


@dataclass
class Node:
    """One group."""

    procs: set[int] = field(default_factory=set)
    enabled: set[str] = field(default_factory=set)
    files: dict[str, str] = field(default_factory=dict)
    owner: int = 0


class FakeFiles:
    """`grader.run.cgroup.Files`: a delegated group at `base`, in which `strangers` live too."""

    def __init__(
        self, *strangers: int, controllers: tuple[str, ...] = ALL, denied: bool = False
    ) -> None:
        self.base = "/user/ours"
        self.controllers = controllers
        self.denied = denied
        """The group is somebody else's."""
        self.nodes = {self.base: Node(procs={os.getpid(), *strangers})}

    def make(self, folder: str) -> None:
        parent, _ = self._split(folder)
        self._node(parent)
        if self.denied:
            raise PermissionError(errno.EACCES, "Permission denied", folder)
        if folder in self.nodes:
            raise FileExistsError(errno.EEXIST, "File exists", folder)
        self.nodes[folder] = Node()

    def remove(self, folder: str) -> None:
        if self._node(folder).procs or self.below(folder):
            raise OSError(errno.EBUSY, "Device or resource busy", folder)
        del self.nodes[folder]

    def write(self, path: str, text: str) -> None:
        folder, name = self._split(path)
        node = self._node(folder)
        match name:
            case "cgroup.procs":
                if node.enabled:  # a group that gives controllers on holds no process
                    raise OSError(errno.EBUSY, "Device or resource busy", path)
                for other in self.nodes.values():
                    other.procs.discard(int(text))
                node.procs.add(int(text))
            case "cgroup.subtree_control":
                self._give_on(folder, node, text)
            case "cgroup.kill":
                for pid in self._all_procs(folder):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                for below in self._subtree(folder):
                    self.nodes[below].procs.clear()
            case _:
                if not self._has(folder, name):
                    raise FileNotFoundError(errno.ENOENT, "No such file", path)
                node.files[name] = text

    def read(self, path: str) -> str:
        folder, name = self._split(path)
        node = self._node(folder)
        match name:
            case "cgroup.procs":
                return "".join(f"{pid}\n" for pid in sorted(node.procs))
            case "cgroup.controllers":
                return " ".join(sorted(self._available(folder))) + "\n"
            case "cgroup.subtree_control":
                return " ".join(sorted(node.enabled)) + "\n"
            case "cgroup.events":
                return f"populated {int(bool(self._all_procs(folder)))}\nfrozen 0\n"
            case "cpu.stat":
                return node.files.get(name, "usage_usec 0\nuser_usec 0\nsystem_usec 0\n")
        if not self._has(folder, name):
            raise FileNotFoundError(errno.ENOENT, "No such file", path)
        return node.files.get(name, "max 0\noom_kill 0\n")

    def below(self, folder: str) -> list[str]:
        self._node(folder)
        return sorted(PurePosixPath(x).name for x in self.nodes if self._split(x)[0] == folder)

    def give(self, folder: str, uid: int) -> None:
        self._node(folder).owner = uid

    def settle(self, folder: str) -> None:
        self._node(folder)

    def _give_on(self, folder: str, node: Node, text: str) -> None:
        sign, controller = text[0], text[1:]
        if sign == "-":
            if any(controller in self.nodes[f"{folder}/{x}"].enabled for x in self.below(folder)):
                raise OSError(errno.EBUSY, "Device or resource busy", folder)
            node.enabled.discard(controller)
            return
        if controller not in self._available(folder):
            raise FileNotFoundError(errno.ENOENT, "No such controller", folder)
        if node.procs:
            raise OSError(errno.EBUSY, "Device or resource busy", folder)
        node.enabled.add(controller)

    def _available(self, folder: str) -> set[str]:
        parent, _ = self._split(folder)
        return set(self.controllers) if folder == self.base else self.nodes[parent].enabled

    def _has(self, folder: str, name: str) -> bool:
        needed = next((c for start, c in _OF_CONTROLLER.items() if name.startswith(start)), None)
        return needed in self._available(folder)

    def _subtree(self, folder: str) -> list[str]:
        return [x for x in self.nodes if x == folder or x.startswith(f"{folder}/")]

    def _all_procs(self, folder: str) -> set[int]:
        return {pid for x in self._subtree(folder) for pid in self.nodes[x].procs}

    def _node(self, folder: str) -> Node:
        if folder not in self.nodes:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", folder)
        return self.nodes[folder]

    @staticmethod
    def _split(path: str) -> tuple[str, str]:
        folder, _, name = path.rpartition("/")
        return folder, name
