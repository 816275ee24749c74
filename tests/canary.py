"""A listener on loopback that notes who comes: a page that fetches anything is found out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
"""A GIF of one pixel: an image that loads and runs `onload`."""


class Canary:
    """What was asked for, by path."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._seen: list[str] = []
        self._came = threading.Condition()

    def note(self, path: str) -> None:
        """Somebody came."""
        with self._came:
            self._seen.append(path)
            self._came.notify_all()

    @property
    def seen(self) -> list[str]:
        """Every path asked for so far, in order."""
        with self._came:
            return list(self._seen)

    def saw(self, path: str, seconds: float) -> bool:
        """Wait until somebody asks for `path`; False when nobody does in that time."""
        with self._came:
            return self._came.wait_for(lambda: path in self._seen, seconds)


@contextmanager
def canary() -> Iterator[Canary]:
    """A canary that listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bird.note(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/gif")
            self.send_header("Content-Length", str(len(PIXEL)))
            self.end_headers()
            self.wfile.write(PIXEL)

        do_POST = do_GET  # noqa: N815 -- the base class looks for this name

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bird = Canary(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield bird
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
