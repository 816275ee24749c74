"""What a page carries with it stays within bounds."""

from __future__ import annotations

import base64

from grader.view.links import ATTACHED, ATTACHED_IN_ALL, beside, carried


def test_a_capture_becomes_an_address() -> None:
    found = carried({"server-nominal": b"\x0a\x0d<&\"'"}.items())["server-nominal"]
    kind, encoded = found.href.split(",")
    assert kind == "data:application/octet-stream;base64"
    assert base64.b64decode(encoded) == b"\x0a\x0d<&\"'"
    assert (found.name, found.size) == ("server-nominal.pcapng", 6)


def test_one_too_big_is_only_named() -> None:
    found = carried({"a": b"x" * ATTACHED, "b": b"x" * (ATTACHED + 1)}.items())
    assert found["a"].href
    assert (found["b"].href, found["b"].size) == ("", ATTACHED + 1)


def test_all_together_are_bounded() -> None:
    found = carried({str(i): b"x" * ATTACHED for i in range(20)}.items())
    taken = [one for one in found.values() if one.href]
    assert len(taken) * ATTACHED == ATTACHED_IN_ALL


def test_beside_the_page() -> None:
    assert beside("server-nominal~2").href == "runs/server-nominal~2.pcapng"
