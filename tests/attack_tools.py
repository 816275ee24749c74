"""The hostile programs of `tests/attacks`: what each expects, and how they become a class."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml  # noqa: TID251 -- our own fixtures, read by tests only
from samples import SUBMISSIONS

from grader.lab.model import Role

ATTACKS = Path(__file__).resolve().parent / "attacks"
HELPER = "attaque.py"
EXPECTED = "attack.yaml"
ESCAPED, TRIED = b"ESCA" + b"PED row=", b"TRI" + b"ED row="
"""How a program tells that it got through, and that it was stopped. No source holds them."""
_KEYS = ["rows", "tries", "proof", "behaves", "lost", "open", "outcome", "limit", "says"]
_WHY = "why"
_PROGRAMS: dict[str, Role] = {"serveur.py": "server", "client.py": "client"}


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One hostile program. `rows` are those of the table of threats that it tries."""

    name: str
    rows: tuple[int, ...]
    tries: str
    proof: str
    """What would prove that it got through."""
    behaves: str
    """When it does what the statement asks: `first`, `last` or `never`."""
    lost: frozenset[str]
    """Criteria of its role that it loses; it keeps the others."""
    open: frozenset[str]
    """Criteria that may go either way: the attack decides how far it comes."""
    outcome: frozenset[str]
    """How its graded runs may end. `limit` stands for `timeout` as well."""
    limit: frozenset[str]
    """Which limits may end them; empty: none."""
    says: bool
    """It comes so far that it says what it tried."""
    role: Role
    why: str
    """Why it may come out in more than one way; empty: it does not."""

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return ATTACKS / self.name


@cache
def attacks() -> dict[str, Attack]:
    """All of them, by name.

    Raises:
        ValueError: an `attack.yaml` is absent or not of the form of `attacks/README.md`.
    """
    folders = sorted(path for path in ATTACKS.iterdir() if path.is_dir())
    return {folder.name: _attack(folder) for folder in folders if folder.name != "__pycache__"}


def _attack(folder: Path) -> Attack:
    fields = yaml.safe_load((folder / EXPECTED).read_text(encoding="utf-8"))
    if not isinstance(fields, dict) or [key for key in fields if key != _WHY] != _KEYS:
        raise ValueError(f"{folder.name}: the keys must be {', '.join(_KEYS)}, in this order")
    (role,) = (role for name, role in _PROGRAMS.items() if (folder / name).is_file())
    lost = _criteria(role) if fields["lost"] == "all" else fields["lost"]
    return Attack(
        name=folder.name,
        rows=tuple(fields["rows"]),
        tries=fields["tries"].strip(),
        proof=fields["proof"].strip(),
        behaves=fields["behaves"],
        lost=frozenset(lost),
        open=frozenset(fields["open"]),
        outcome=frozenset(fields["outcome"]),
        limit=frozenset(fields["limit"]),
        says=fields["says"],
        role=role,
        why=fields.get(_WHY, "").strip(),
    )


def _criteria(role: Role) -> list[str]:
    from engine_tools import tp09

    return [c.id for c in tp09().criteria if c.role == role]


def lay_out(attack: Attack, submissions: Path, known: Mapping[str, object]) -> Path:
    """Put one attack into a folder of submissions, its helper told what an attacker may know."""
    folder = submissions / attack.name
    leave = shutil.ignore_patterns(EXPECTED, "__pycache__")
    shutil.copytree(attack.folder, folder, ignore=leave)
    (folder / HELPER).write_text(helper(known), encoding="utf-8")
    return folder


def helper(known: Mapping[str, object]) -> str:
    """The text of the helper that programs import."""
    text = (ATTACKS / HELPER).read_text(encoding="utf-8")
    # Not in clear: what an attack finds elsewhere must not be a copy of this file.
    packed = base64.b64encode(json.dumps(dict(known)).encode()).decode()
    told = text.replace("KNOWN = {}", f"KNOWN = json.loads(base64.b64decode({packed!r}))", 1)
    if told == text:
        raise ValueError(f"{HELPER} has no place for what is known")
    return told


def honest(submissions: Path, **renamed: str) -> None:
    """Put right and wrong samples beside them: `name=sample`."""
    for name, sample in renamed.items():
        leave = shutil.ignore_patterns("expected.yaml", "__pycache__")
        shutil.copytree(SUBMISSIONS / sample, submissions / name, ignore=leave)
