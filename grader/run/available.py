"""What can be read now from something that does not block."""

from __future__ import annotations

from collections.abc import Callable

_CHUNK = 1 << 16


def available(read: Callable[[int], bytes], limit: int) -> tuple[bytes, bool]:
    """What `read` gives, `limit` bytes at most; whether the end was seen.

    Any error but that there is nothing yet is an end: nothing more can come.
    """
    parts: list[bytes] = []
    total = 0
    while total < limit:
        try:
            data = read(min(_CHUNK, limit - total))
        except BlockingIOError:
            return b"".join(parts), False
        except OSError:
            return b"".join(parts), True
        if not data:
            return b"".join(parts), True
        parts.append(data)
        total += len(data)
    return b"".join(parts), False
