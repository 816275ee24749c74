"""A connection to a Dask cluster: its workers, what they can do, questions put to them."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from grader.cluster import orders
from grader.cluster.orders import Ask, Described, How, Refused, difference
from grader.run.errors import HostError

LOST = (Exception, asyncio.CancelledError)
"""What Dask raises where its scheduler is lost: many things, an AttributeError among them."""
LOOK_S = 1.0
"""How often is looked for what nobody tells: a scheduler that is gone, workers that are."""
FETCH_S = 120.0
PATIENCE_S = 600.0
"""So long without any worker, or without the scheduler: then nobody will come."""
_SAY_SOON_S = 2.0
"""So long without a worker at first, until that is said."""
_TLS = {"ca-file": "tls_ca_file", "client.cert": "tls_client_cert"}
"""What Dask has to be told to speak TLS, and its name for it; a key may be in the certificate."""
_ASKS = 5
"""So often the workers are asked what they can do, until one of them says it."""
_PATIENCE_LOOKS = 600
"""So often a worker that is there is asked for what it can do."""


class Future(Protocol):
    """Of Dask's futures what is used here."""

    key: str
    status: str

    def result(self, timeout: float | None = None) -> Any:  # noqa: ANN401 -- Dask's
        """What came back."""

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """What went wrong."""

    def add_done_callback(self, told: Callable[[Future], None]) -> None:
        """Tell when it is done."""


@dataclass(frozen=True, kw_only=True)
class Workers:
    """What the workers of a cluster say that they can do."""

    how: How
    """As most of them play."""
    fit: tuple[str, ...]
    """Addresses of those."""
    unfit: Mapping[str, str]
    """Address -> why it is not asked."""
    weaker: tuple[str, ...]


class Cluster:
    """A connection to a Dask scheduler; a context manager.

    Raises:
        HostError: it does not answer, or `distributed` is not installed.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._client: Any = None

    def __enter__(self) -> Self:
        self._client = self._connect()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()

    @property
    def client(self) -> Any:  # noqa: ANN401 -- Dask's
        """The connection; a new one where the last was given up.

        Raises:
            HostError: the scheduler does not answer.
        """
        if self._client is None or self._client.status in ("closed", "closing"):
            self._close()
            self._client = self._connect()
        return self._client

    def _connect(self) -> Any:  # noqa: ANN401 -- Dask's
        try:
            from distributed import Client
        except ImportError as error:
            raise HostError("--executor needs Dask", "pip install 'wiregrade[cluster]'") from error
        refuse_unfit_settings(self.address)
        # What it has to say of lost connections, `play` deals with.
        for name in ("distributed", "distributed.client", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            return Client(self.address, set_as_default=False, name="wiregrade")
        except (OSError, ValueError, TypeError, ImportError) as error:
            raise HostError(
                f"no Dask scheduler answers at {self.address} ({error})",
                "start it, or see docs/cluster.md",
            ) from error

    def _close(self) -> None:
        if self._client is not None:
            with suppress(Exception):
                self._client.close(timeout=5)
            self._client = None

    def workers(self) -> dict[str, int]:
        """Threads by address, of the workers that there are now; none without a scheduler.

        Raises:
            HostError: the scheduler does not answer.
        """
        client = self.client
        found: Mapping[str, Any] = client.scheduler_info(n_workers=-1).get("workers", {})
        if client.status != "running":
            return {}  # while Dask looks for its scheduler it tells of the workers of before
        return {address: int(told["nthreads"]) for address, told in found.items()}

    def ask_all(
        self,
        isolation: str,
        interpreter: str | None,
        tell_alone: Callable[[int], None] = lambda minutes: None,
    ) -> Workers:
        """What each worker can do; those that play in the way of most of them are fit.

        `tell_alone` hears that there is none yet, and for how many minutes one is awaited.

        Raises:
            HostError: there are none, or none can play so.
        """
        question = orders.encoded(Ask(isolation=isolation, interpreter=interpreter))
        for left in reversed(range(_ASKS)):
            threads = self._awaited(tell_alone)
            asked = {address: self.submit(question, (address,)) for address in threads}
            told = {address: self._told(address, future) for address, future in asked.items()}
            # Workers that are lost just now have others come in their place.
            if not left or any(isinstance(one, Described) for one in told.values()):
                break
        return fitting(told, threads)

    def _awaited(self, tell_alone: Callable[[int], None]) -> dict[str, int]:
        """The workers there are, once there is one."""
        until = time.monotonic() + PATIENCE_S
        wait, said = _SAY_SOON_S, False
        while (left := until - time.monotonic()) > 0:
            if threads := self._there_within(min(wait, left)):
                return threads
            if not said:
                tell_alone(round(PATIENCE_S / 60))
            wait, said = left, True
        raise HostError(
            f"the Dask cluster at {self.address} has no worker", f"dask worker {self.address}"
        )

    def _there_within(self, seconds: float) -> dict[str, int]:
        """The workers there are, once there is one or it was waited so long."""
        client = self.client
        try:
            with suppress(TimeoutError):
                client.wait_for_workers(1, timeout=seconds)
            return self.workers()
        except HostError:
            raise
        except LOST:
            self._close()  # the next connection waits for a scheduler
            return {}

    def _told(self, address: str, future: Future) -> Described | str:
        """What a worker says of itself, or why it says nothing."""
        for _ in range(_PATIENCE_LOOKS):
            try:
                return _description(future.result(timeout=LOOK_S))
            except TimeoutError:
                if address not in self.workers():
                    return "it is gone"
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        return "it does not answer"

    def submit(self, question: bytes, workers: Sequence[str] = ()) -> Future:
        """Put a question to one of these workers, or to any."""
        from grader.cluster import task

        made: Future = self.client.submit(
            task.ask, question, pure=False, key=f"wiregrade-{secrets.token_hex(12)}",
            workers=list(workers) or None, allow_other_workers=False,
        )  # fmt: skip
        return made


def refuse_unfit_settings(address: str) -> None:
    """What TLS wants of Dask's settings is known before anybody is called.

    Raises:
        HostError: something of it is not there, or is of no use; or they want TLS.
    """
    from distributed.security import Security

    where = "docs/cluster.md shows them, see TLS"
    try:
        security = Security()
        if not address.startswith("tls:"):
            if security.require_encryption:
                raise HostError(
                    "Dask's setting distributed.comm.require-encryption wants TLS",
                    "--executor tls://HOST:PORT",
                )
            return
        missing = [name for name, what in _TLS.items() if not getattr(security, what)]
        if missing:
            names = ", ".join(f"distributed.comm.tls.{name}" for name in missing)
            raise HostError(f"tls:// needs settings of Dask that are not there: {names}", where)
        security.get_connection_args("client")
    except (OSError, ValueError, TypeError) as error:
        raise HostError(f"Dask's settings for TLS are of no use ({error})", where) from error


def _description(data: bytes) -> Described | str:
    said = orders.reply(data)
    if isinstance(said, Described):
        return said
    return said.why if isinstance(said, Refused) else "it does not answer as a worker of ours"


def fitting(told: Mapping[str, Described | str], threads: Mapping[str, int]) -> Workers:
    """Those who play in the way of most, and why the others are not asked.

    Raises:
        HostError: nobody can play.
    """
    ways: Counter[How] = Counter()
    for address, one in told.items():
        if isinstance(one, Described):
            ways[one.how] += threads[address]
    if not ways:
        whys = "; ".join(f"{address}: {one}" for address, one in sorted(told.items()))
        raise HostError(f"no worker of the cluster can grade: {whys}")
    how = max(ways, key=lambda way: (ways[way], way.tool, way.python))
    fit = {a: one for a, one in told.items() if isinstance(one, Described) and one.how == how}
    unfit = {
        address: one if isinstance(one, str) else difference(how, one.how)
        for address, one in told.items()
        if address not in fit
    }
    weaker = tuple(dict.fromkeys(name for one in fit.values() for name in one.weaker))
    return Workers(how=how, fit=tuple(sorted(fit)), unfit=unfit, weaker=weaker)
