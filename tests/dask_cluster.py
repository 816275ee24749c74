"""A Dask cluster of processes on this machine, in a process of its own: `with cluster(2)`.

Run as a script it is that process: it says where the scheduler is, and ends with its stdin.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CALM = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
}
"""As docs/cluster.md advises: idle, Dask's processes take a third of what they would."""
TP09 = Path(__file__).resolve().parent.parent / "scenarios" / "tp09"


@dataclass(frozen=True)
class Started:
    """`address` is as `grade --executor` takes it; workers are children of `pid`."""

    address: str
    pid: int


@contextlib.contextmanager
def cluster(workers: int, env: dict[str, str] | None = None) -> Iterator[Started]:
    """A scheduler and so many workers of one thread; gone when the block has ended."""
    process = subprocess.Popen(
        [sys.executable, "-P", __file__, str(workers)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, env={**os.environ, **CALM, **(env or {})}, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        try:
            address = process.stdout.readline().strip().replace("tcp://", "dask://")
            yield Started(address, process.pid)
        finally:
            process.stdin.close()
            process.wait()


class Supervised:
    """A process that is started again whenever it ends, until the block is left."""

    def __init__(self, base: Path, env: dict[str, str], module: str, *arguments: str) -> None:
        self._base = base
        self._env = {**os.environ, **CALM, "PYTHONPATH": str(TP09.parents[1]), **env}
        self._command = [sys.executable, "-P", "-m", module, *arguments]
        self._ending = False
        self._lock = threading.Lock()
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep)
        self._keeper.start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, cwd=self._base, stdout=subprocess.DEVNULL,
            stderr=(self._base / "dask.log").open("ab"), env=self._env,
        )  # fmt: skip

    def _keep(self) -> None:
        while True:
            self._process.wait()
            with self._lock:
                if self._ending:
                    return
                self._process = self._start()

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it; another one comes."""
        self._process.send_signal(number)

    def close(self) -> None:
        """End it for good."""
        with self._lock:
            self._ending = True
            self.kill(signal.SIGTERM)
        self._keeper.join()


@dataclass(frozen=True)
class Cluster:
    """`address` is as `grade --executor` takes it, whatever is killed meanwhile."""

    address: str
    scheduler: Supervised
    workers: Sequence[Supervised]


@contextlib.contextmanager
def supervised(base: Path, workers: int, env: dict[str, str] | None = None) -> Iterator[Cluster]:
    """A scheduler and so many workers of one thread, each started again whenever it ends.

    Their log is `base/dask.log`; `env` may be that of `tls`.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    protocol, common = "tls" if env else "tcp", ("--no-dashboard", "--host", "127.0.0.1")
    with contextlib.ExitStack() as stack:

        def start(module: str, *arguments: str) -> Supervised:
            made = Supervised(base, env or {}, f"distributed.cli.{module}", *arguments, *common)
            stack.callback(made.close)
            return made

        scheduler = start("dask_scheduler", "--port", str(port), "--protocol", protocol)
        address = f"{protocol}://127.0.0.1:{port}"
        alone = ("--nthreads", "1", "--no-nanny", "--local-directory", str(base))
        made = [start("dask_worker", address, *alone) for _ in range(workers)]
        yield Cluster(address.replace("tcp://", "dask://"), scheduler, made)


def tls(folder: Path) -> dict[str, str]:
    """Dask's settings for TLS, with a certificate made in `folder`: for cluster and client."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    made = {
        f"DASK_DISTRIBUTED__COMM__TLS__{who}__{what}": str(path)
        for who in ("CLIENT", "SCHEDULER", "WORKER")
        for what, path in (("KEY", key), ("CERT", certificate))
    }
    return {
        **made,
        "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(certificate),
        "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True",
    }


def graded_lab(place: Path) -> Path:
    """tp09 without its advice, which is most of its runs and gives no points."""
    if not place.exists():
        shutil.copytree(TP09, place)
        whole = (place / "lab.yaml").read_text()
        for path in place.glob("*.yaml"):
            if re.search(r"^level: *advice", path.read_text(), re.MULTILINE):
                path.unlink()
                whole = re.sub(rf"^ *- *{path.stem}\b.*\n", "", whole, flags=re.MULTILINE)
        (place / "lab.yaml").write_text(whole)
    return place


def main() -> None:
    """The scheduler with its workers, until nobody wants them any more."""
    from distributed import LocalCluster

    protected = bool(os.environ.get("DASK_DISTRIBUTED__COMM__TLS__SCHEDULER__CERT"))
    with LocalCluster(
        n_workers=int(sys.argv[1]), threads_per_worker=1, processes=True, dashboard_address=None,
        host="127.0.0.1", protocol="tls" if protected else "tcp",
        security=_security() if protected else None,
    ) as started:  # fmt: skip
        print(started.scheduler_address, flush=True)
        sys.stdin.read()


def _security() -> object:
    from distributed.security import Security

    return Security()


if __name__ == "__main__":
    main()
