"""A document with places to fill: made once with words like no others, filled for many."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping


def word() -> str:
    """A word that nothing else contains."""
    return f"word{secrets.token_hex(16)}"


class Form:
    """Bytes, cut wherever one of some words stands."""

    def __init__(self, data: bytes, places: Mapping[str, bytes]) -> None:
        """`places` are the words by the names that `filled` knows them by."""
        names = {found: name for name, found in places.items()}
        pieces = re.split(b"(%b)" % b"|".join(map(re.escape, names)), data)
        self._fixed = pieces[::2]
        self._names = [names[found] for found in pieces[1::2]]

    @property
    def tail(self) -> bytes:
        """What the document ends in, whatever is filled in; the last piece of `filled`."""
        return self._fixed[-1]

    def filled(self, values: Mapping[str, bytes]) -> list[bytes]:
        """The document in pieces, with these values in place of the words."""
        made = [self._fixed[0]]
        for name, piece in zip(self._names, self._fixed[1:], strict=True):
            made += (values[name], piece)
        return made
