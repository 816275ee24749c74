"""Opens pages in headless Chromium and says what they did, through its DevTools pipe."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from namespaces import missing

PATIENCE = 60
"""Seconds for one answer of the browser: a deadline, for a browser that hangs."""
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--disable-extensions", "--disable-dev-shm-usage",
    # Nothing but loopback has a name or an address; what a page asks of it is let through.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-features=LocalNetworkAccessChecks", "--remote-debugging-pipe",
)  # fmt: skip

Message = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a page did until nothing moved on it any more."""

    result: Any
    """The value of the script that the test ran in it."""
    console: tuple[str, ...]
    """Everything in the console but plain logs: errors, violations of the policy, exceptions."""
    requests: tuple[str, ...]
    """Addresses that were asked for, the page's own left out; blocked ones too."""
    url: str
    """Where the page is in the end."""


class Browser:
    """A running browser; one page after the other."""

    def __init__(self, to: int, answers: int) -> None:
        self._to, self._answers = to, answers
        self._buffer = b""
        self._number = 0
        self._events: list[Message] = []

    def open(self, page: Path, script: str) -> Opened:
        """Open a file, wait until its network is idle, run `script` in it, wait again."""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._events.clear()
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable", session)
        self._ask("Page.setLifecycleEventsEnabled", session, enabled=True)
        blank = self._ask("Page.getFrameTree", session)["frameTree"]["frame"]
        self._ask("Page.navigate", session, url=page.as_uri())
        # Of the page itself, or of where it led to.
        self._until(lambda e: _is_idle(e, session, blank))
        answer = self._ask(
            "Runtime.evaluate", session, expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        events = [e for e in self._events if e.get("sessionId") == session]
        history = self._ask("Page.getNavigationHistory", session)
        self._ask("Target.closeTarget", targetId=target)
        return Opened(
            result=answer["result"].get("value"),
            console=tuple(filter(None, map(_complaint, events))),
            requests=tuple(u for u in map(_request, events) if u not in ("", page.as_uri())),
            url=history["entries"][history["currentIndex"]]["url"],
        )

    def close(self) -> None:
        """Tell the browser to end."""
        self._send("Browser.close", "")

    def _ask(self, method: str, session: str = "", **parameters: object) -> Message:
        number = self._send(method, session, **parameters)
        while (message := self._read()).get("id") != number:
            self._events.append(message)
        assert "error" not in message, message
        found: Message = message["result"]
        return found

    def _send(self, method: str, session: str, **parameters: object) -> int:
        self._number += 1
        message: Message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        return self._number

    def _until(self, wanted: Callable[[Message], bool]) -> None:
        for event in self._events:
            if wanted(event):
                return
        while not wanted(message := self._read()):
            self._events.append(message)
        self._events.append(message)

    def _read(self) -> Message:
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], deadline - time.monotonic())
            assert ready, "the browser does not answer"
            data = os.read(self._answers, 1 << 20)
            assert data, "the browser has ended"
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: Message = json.loads(line)
        return message


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with an empty profile in `folder`; skips (fails in CI) where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        missing("chromium is not installed")
    ours, theirs = os.pipe(), os.pipe()
    command = [program, *_FLAGS, f"--user-data-dir={folder}", "about:blank"]
    # The browser takes orders on descriptor 3 and answers on 4, whatever ours are called.
    shell = f'exec 3<&{ours[0]} 4>&{theirs[1]} {ours[0]}<&- {theirs[1]}>&-; exec "$@"'
    process = subprocess.Popen(
        ["bash", "-c", shell, "bash", *command],
        pass_fds=(ours[0], theirs[1]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder)},
    )
    os.close(ours[0])
    os.close(theirs[1])
    started = Browser(ours[1], theirs[0])
    try:
        yield started
        started.close()
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
        os.close(ours[1])
        os.close(theirs[0])


def _is_idle(event: Message, session: str, blank: Message) -> bool:
    """Nothing moves any more in the page that took the place of the blank one."""
    found = event.get("params", {})
    return (
        event.get("method") == "Page.lifecycleEvent"
        and event.get("sessionId") == session
        and found["name"] == "networkIdle"
        and found["frameId"] == blank["id"]
        and found["loaderId"] != blank["loaderId"]
    )


def _request(event: Message) -> str:
    if event.get("method") != "Network.requestWillBeSent":
        return ""
    url: str = event["params"]["request"]["url"]
    return url


def _complaint(event: Message) -> str:
    found = event.get("params", {})
    match event.get("method"):
        case "Log.entryAdded":
            return f"{found['entry']['level']}: {found['entry']['text']}"
        case "Runtime.exceptionThrown":
            return str(found["exceptionDetails"])
        case "Runtime.consoleAPICalled":
            return f"{found['type']}: {found['args']}"
    return ""
