"""A new lab's files, from a few answers: it validates, is proved, and has a right program.

The texts lie in `grader/templates/lab`, in both languages: `<<fr||en>>`. What `Starter` allows
fits into every one of them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from typing import Literal

from grader.lab.expected import EXPECTED_FILE
from grader.lab.labfile import LAB_FILE
from grader.lab.model import Role
from grader.lab.schema import FILES, schema

Kind = Literal["questions", "greeting", "echo"]
KINDS: tuple[Kind, ...] = ("questions", "greeting", "echo")
LANGUAGES = ("fr", "en")
SAMPLE = "samples/right"
"""The folder of the program that earns all points."""
_CHOICE = re.compile(r"<<(.*?)\|\|(.*?)>>")
_TEXT = re.compile(r'\b(title|requirement|hint|says): "<<(.*?)\|\|(.*?)>>"')
"""A text for people, which may be in both languages."""
_POINTS = re.compile(r"^    points: ([0-9.]+)$", re.MULTILINE)
_NOT_ID = re.compile(r"[^a-z0-9]+")
_PROGRAMS: Mapping[str, Mapping[Role, str]] = {
    "fr": {"server": "serveur.py", "client": "client.py"},
    "en": {"server": "server.py", "client": "client.py"},
}


@dataclass(frozen=True, kw_only=True)
class Starter:
    """What the author has said. `roles` are those of the students' programs, one at least.

    `folder` is the name of the lab's folder, which says its id; `both` has its texts in French
    and in English, and not in `language` alone.
    """

    name: str
    folder: str
    language: str
    port: int
    roles: tuple[Role, ...]
    kind: Kind
    both: bool = False

    @property
    def id(self) -> str:
        """The lab's id: as its folder is called, as far as letters and digits allow."""
        plain = unicodedata.normalize("NFKD", self.folder).encode("ascii", "ignore").decode()
        return _NOT_ID.sub("-", plain.lower()).strip("-")[:40].strip("-") or "lab"

    @property
    def programs(self) -> tuple[str, ...]:
        """The sample's files."""
        return tuple(_PROGRAMS[self.language][role] for role in self.roles)


def starter_files(starter: Starter) -> dict[str, str]:
    """The text of each file, by its path in the lab's folder."""
    files = {LAB_FILE: _lab(starter)}
    for role in starter.roles:
        name = f"{role}-exchange.yaml"
        files[name] = _filled(f"{starter.kind}/{name}", starter)
        program = f"{SAMPLE}/{_PROGRAMS[starter.language][role]}"
        files[program] = _filled(f"{starter.kind}/{role}.py.txt", starter)
    files[f"{SAMPLE}/{EXPECTED_FILE}"] = _expected(starter, files[LAB_FILE])
    made = {file: schema(name) for name, file in FILES.items()}
    files |= {
        name: json.dumps(one, ensure_ascii=False, indent=1) + "\n" for name, one in made.items()
    }
    return files


def _lab(starter: Starter) -> str:
    parts = [_filled("head.yaml", starter), _filled(f"{starter.kind}/messages.yaml", starter)]
    words = {"server": "[serveur, server]", "client": "[client]"}
    roles = "".join(f"  {role}: {{words: {words[role]}}}\n" for role in starter.roles)
    parts.append(f"roles:\n{roles}")
    criteria = [
        _filled(name, starter)
        for role in starter.roles
        for name in (
            f"criteria.{role}.yaml", f"{starter.kind}/criteria.{role}.yaml",
            f"criteria.{role}.end.yaml",
        )
    ]  # fmt: skip
    parts.append("criteria:\n" + "".join(criteria))
    listed = ", ".join(f"{role}-exchange" for role in starter.roles)
    parts.append(f"scenarios: [{listed}]\n")
    return "\n".join(parts)


def _expected(starter: Starter, lab: str) -> str:
    """What the right program has to come to: all points."""
    total = sum((Fraction(points) for points in _POINTS.findall(lab)), Fraction(0))
    about = "Un programme juste." if starter.language == "fr" else "A right program."
    modeline = f"# yaml-language-server: $schema=../../{FILES['expected']}\n"
    return f"{modeline}about: {about}\nscore: {float(total):g}\ndiagnoses: []\n"


def _title(starter: Starter) -> str:
    title = json.dumps(starter.name, ensure_ascii=False)  # YAML reads it, too
    return f"{{fr: {title}, en: {title}}}" if starter.both else title


def _in_both(key: str, french: str, english: str) -> str:
    return f'{key}: {{fr: "{french}", en: "{english}"}}'.replace("~", "\u00a0")


def _filled(name: str, starter: Starter) -> str:
    text = (resources.files("grader.templates") / "lab" / name).read_text("utf-8")
    if starter.both:
        text = _TEXT.sub(lambda found: _in_both(found[1], found[2], found[3]), text)
    place = 2 if starter.language == "en" else 1
    text = _CHOICE.sub(lambda found: found[place].replace("~", "\u00a0"), text)
    values = {
        "@ID@": starter.id,
        "@TITLE@": _title(starter),
        "@LANG@": starter.language,
        "@PORT@": str(starter.port),
    }
    for word, value in values.items():
        text = text.replace(word, value)
    return text
