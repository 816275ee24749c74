"""Opens pages in the system's headless Chromium, through Playwright, and notes what they do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from namespaces import missing
from playwright.sync_api import Browser, CDPSession, ConsoleMessage, Page, Request, sync_playwright

PATIENCE = 60
"""Seconds for one answer of the browser: a deadline, for a browser that hangs."""
_FLAGS = (
    "--disable-quic", "--disable-gpu",
    # Nothing but loopback has a name or an address; what a page asks of it is let through.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-features=LocalNetworkAccessChecks",
    # The same letters on every machine, whatever its screen.
    "--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb",
)  # fmt: skip

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with an empty profile; skips (fails in CI) where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        missing("chromium is not installed")
    with sync_playwright() as playwright:
        # Playwright's own browsers would have to be downloaded; the system's does as well.
        browser = playwright.chromium.launch(
            executable_path=program, args=list(_FLAGS), timeout=PATIENCE * 1000
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A page that is open, and what it did so far."""

    page: Page
    devtools: CDPSession
    console: list[str] = field(default_factory=list)
    """Everything in the console: logs, errors, violations of the policy, exceptions."""
    asked_for: list[str] = field(default_factory=list)
    """Every address that was asked for, the page's own first; blocked ones too."""
    _world: int | None = None

    @property
    def requests(self) -> list[str]:
        """What was asked for besides the document."""
        return self.asked_for[1:]

    def look(self, script: str, *, own: bool = True) -> Any:
        """Evaluate an expression in a world apart from the page's own scripts, on its document.

        The page's security policy stays in force, and neither side sees the other's variables.
        `await` and what the console knows (`getEventListeners`) may be used. Unless `own`, it
        is evaluated in the page's world.
        """
        if self._world is None:
            frame = self.devtools.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
            made = self.devtools.send("Page.createIsolatedWorld", {"frameId": frame})
            self._world = made["executionContextId"]
        asked = {
            "expression": script, "returnByValue": True, "awaitPromise": True,
            "replMode": True, "includeCommandLineAPI": True,
            **({"contextId": self._world} if own else {}),
        }  # fmt: skip
        answer = self.devtools.send("Runtime.evaluate", asked)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def settle(self) -> None:
        """Wait until nothing is fetched any more and all that the page did has been noted."""
        self.page.wait_for_load_state("networkidle")
        self.look("1")

    def dress(
        self, *, scheme: Scheme = "light", width: int = 1200, height: int = 900,
        media: str = "screen",
    ) -> None:  # fmt: skip
        """Show the page in these colours, in so large a window (CSS pixels), on this medium."""
        self.page.emulate_media(
            color_scheme=scheme, media="print" if media == "print" else "screen"
        )
        self.page.set_viewport_size({"width": width, "height": height})


@contextmanager
def visit(browser: Browser, path: Path, *, idle: bool = False) -> Iterator[Visit]:
    """Open a file in a profile of its own; with `idle`, wait until its network is."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    seen = Visit(page, context.new_cdp_session(page))

    def console(message: ConsoleMessage) -> None:
        seen.console.append(f"{message.type}: {message.text}")

    def error(raised: Exception) -> None:
        seen.console.append(f"exception: {raised}")

    def request(asked: Request) -> None:
        seen.asked_for.append(asked.url)

    page.on("console", console)
    page.on("pageerror", error)
    page.on("request", request)
    try:
        page.goto(path.as_uri(), wait_until="commit")
        page.wait_for_load_state("networkidle" if idle else "load")
        yield seen
    finally:
        context.close()
