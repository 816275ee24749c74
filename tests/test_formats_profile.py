"""A profile's table: what it says, in both languages, and what it makes of a strange name."""

from __future__ import annotations

import json

from grader.formats import profile

TOLD = profile.ProfileTold(
    seconds=2.5,
    submissions=2,
    runs=4,
    workers=6,
    phases={
        "read": (0.5, 0.25), "network": (0.1, 0.1), "sandbox": (1.0, 0.15), "program": (3.0, 0),
        "watching": (0, 0.25), "programs": (0, 1.0), "judge": (0.5, 0.25), "waiting": (0.75, 0),
    },
    slowest=[profile.Slow(id="a\x1b[2J", seconds=3, waited=0.5, phases={"program": 3.0})],
)  # fmt: skip


def test_the_table() -> None:
    lines = profile.text(TOLD, "en").splitlines()
    assert lines[0] == (
        "Where the time went (submissions: 2, runs played: 4): 2.50 s, 6 runs at a time"
    )
    playing = next(line for line in lines if line.startswith("playing"))
    assert playing.split()[1:4] == ["4.10", "1.50", "75%"]
    assert next(x for x in lines if "until it listens" in x).split()[-2:] == ["3.00", "·"]
    assert next(x for x in lines if "CPU of programs" in x).split()[-4:-1] == ["·", "1.00", "50%"]
    assert any("free worker" in line and "0.75" in line for line in lines)
    assert "\x1b" not in lines[-1]
    assert "program 3.00" in lines[-1]


def test_the_table_in_french() -> None:
    text = profile.text(TOLD, "fr")
    assert text.startswith(
        "Où le temps est passé (remises\u00a0: 2, essais joués\u00a0: 4)\u00a0: 2.50\u00a0s"
    )
    assert "~" not in text


def test_what_was_played_elsewhere_is_said() -> None:
    assert "played elsewhere" in profile.text(
        profile.ProfileTold(seconds=1, submissions=0, runs=0, workers=0, phases={}, slowest=[]),
        "en",
    )


def test_a_profile_is_known_by_its_beginning() -> None:
    for whole in (profile.text(TOLD, "fr"), profile.text(TOLD, "en"), profile.document(TOLD)):
        assert profile.is_profile(whole[:64])
    for other in ("", "mine", "{}", '{"seconds": 1}', "Where the time goes"):
        assert not profile.is_profile(other)


def test_as_json() -> None:
    told = json.loads(profile.document(TOLD))
    assert told["phases"]["programs"] == {"wall": 0, "cpu": 1.0}
    assert told["slowest"][0]["id"] == "a\x1b[2J"
