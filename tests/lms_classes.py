"""Classes with hard names, written as each platform writes its downloads.

The forward direction of `grader.intake.layouts`, from `reference` facts and not from our
recognisers: who handed in what is known first, then named.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

HARD_NAMES = (
    "Élodie Çelik", "Jean-Pierre O'Neill", "D’Artagnan Noël", "Anne Marie de La Tour",
    "Zoë Ångström", "Łukasz Żółć", "Nguyễn Thị Ánh", "Müller Groß", "María José Ñúñez",
    "Ivan Иванов", "Ольга Петрова",
    "王 小明", "田中 太郎", "김 민수", "محمد علي", "דוד כהן", "अमित शर्मा", "Ελένη Παπαδοπούλου",
    "İpek Şahin", "Jean Martin", "Jean Martin", "Jean  Martin-Durand", "Marie Dupont 2",
    "Participant 12", "12345 Dupont", "LATE Jean", "anon Dupond", "submission 7", "client serveur",
    "assignsubmission file", "X", "Jean - Paul Sartre", "O. (Léa) Petit", "e\u0301tienne N F D",
    "Kevin attempt", "CON",
)  # fmt: skip
"""Accents in both forms, apostrophes, double names, scripts, directions, ids lookalike, twins."""
CLIENT, SERVER = b"# client\n", b"# serveur\n"


@dataclass
class Downloaded:
    """A download and the truth: for each row its name (as the platform can say it) and files."""

    files: dict[str, bytes] = field(default_factory=dict)
    rows: list[tuple[str, dict[str, bytes]]] = field(default_factory=list)
    roster: list[dict[str, str]] = field(default_factory=list)
    late: int = 0

    def folder(self, root: Path) -> Path:
        """Unpacked."""
        for name, data in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return root

    def zip(self, path: Path, *, inside: str = "") -> Path:
        """As it is downloaded, or once more in a folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in self.files.items():
                archive.writestr(inside + name, data)
        return path


def programs(who: int) -> dict[str, bytes]:
    """What student number `who` handed in: no two alike."""
    mark = b"# %d\n" % who
    return {"client.py": CLIENT + mark, "serveur.py": SERVER + mark}


def _zip(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def moodle(*, folders: bool, old: bool = False, form: Literal["NFC", "NFD"] = "NFC") -> Downloaded:
    """Moodle: folders (before 4.1 with an underscore more) or flat; every fourth a zip."""
    made = Downloaded()
    for place, name in enumerate(HARD_NAMES):
        pid, said = 9000 + place, name.replace("_", " ")
        base = unicodedata.normalize(form, f"{said}_{pid}_assignsubmission_file")
        mine = programs(place)
        handed = {"tp9.zip": _zip(mine)} if place % 4 == 3 else mine
        for file, data in handed.items():
            end = ("_/" if old else "/") if folders else "_"
            made.files[f"{base}{end}{file}"] = data
        if place % 5 == 0:  # a text typed online is in a folder beside it
            text = f"{said}_{pid}_assignsubmission_onlinetext"
            made.files[f"{text}{'/' if folders else '_'}onlinetext.html"] = b"<p>"
        made.rows.append((unicodedata.normalize("NFC", said), mine))
        made.roster.append({"Identifiant": f"Participant {pid}", "Nom complet": f"N {place}"})
    return made


def moodle_blind() -> Downloaded:
    """Moodle with blind marking: « Participant » and a number for everybody."""
    made = Downloaded()
    for place in range(len(HARD_NAMES)):
        for file, data in programs(place).items():
            made.files[f"Participant_{700 + place}_assignsubmission_file/{file}"] = data
        made.rows.append((f"Participant {700 + place}", programs(place)))
    return made


def moodle_teams() -> Downloaded:
    """Moodle's groups of three, named; one pair handed in without a group."""
    made = Downloaded()
    for team in range(len(HARD_NAMES) // 3):
        for file, data in programs(team).items():
            made.files[f"Groupe É{team}_{50 + team}_assignsubmission_file/{file}"] = data
        for name in HARD_NAMES[3 * team : 3 * team + 3]:
            made.roster.append(
                {"Nom complet": name, "Groupe": f"Groupe É{team}", "Numéro": str(len(made.roster))}
            )
            made.rows.append((unicodedata.normalize("NFC", " ".join(name.split())), programs(team)))
    for file, data in programs(99).items():
        made.files[f"Groupe par défaut_assignsubmission_file/{file}"] = data
    made.rows.append(("Groupe par défaut", programs(99)))
    return made


def canvas_name(name: str) -> str:
    """« Doe, Jane » in lower case, without what is no letter, mark, digit or underscore."""
    words = name.split()
    turned = ", ".join((words[-1], " ".join(words[:-1]))) if len(words) > 1 else name
    lower = unicodedata.normalize("NFC", turned.lower())
    return "".join(c for c in lower if c == "_" or unicodedata.category(c)[0] in "LNM")


def canvas() -> Downloaded:
    """Canvas: flat, some late, some uploaded again (`-1`, `-2`)."""
    made = Downloaded()
    for place, name in enumerate(HARD_NAMES):
        uid, late = 3000 + place, "_LATE" if place % 3 == 0 else ""
        made.late += bool(late)
        for number, (file, data) in enumerate(programs(place).items()):
            again = place % 4 if file == "client.py" else 0
            named = file.replace(".py", f"-{again}.py") if again else file
            made.files[f"{canvas_name(name)}{late}_{uid}_{80000 + 10 * place + number}_{named}"] = (
                data
            )
        made.rows.append((canvas_name(name), programs(place)))
        made.roster.append({"Student": name, "ID": str(uid), "Section": "TP"})
    return made


def canvas_anonymous() -> Downloaded:
    """Canvas, anonymous: no name, an opaque id."""
    made = Downloaded()
    for place in range(len(HARD_NAMES)):
        late = "LATE_" if place % 3 == 0 else ""
        made.late += bool(late)
        for number, (file, data) in enumerate(programs(place).items()):
            made.files[f"{late}anon_aB{place}_{70000 + 10 * place + number}_{file}"] = data
        made.rows.append((f"anon_aB{place}", programs(place)))
    return made


def canvas_groups() -> Downloaded:
    """Canvas, group assignment: the group's name and id."""
    made = Downloaded()
    for team in range(len(HARD_NAMES) // 3):
        for number, (file, data) in enumerate(programs(team).items()):
            made.files[f"équipe{team}bleue_{400 + team}_{6000 + 10 * team + number}_{file}"] = data
        for name in HARD_NAMES[3 * team : 3 * team + 3]:
            group = f"Équipe {team} Bleue"
            made.roster.append({"Name": name, "Group": group, "Number": str(len(made.roster))})
            made.rows.append((unicodedata.normalize("NFC", " ".join(name.split())), programs(team)))
    return made


def gradescope() -> Downloaded:
    """Gradescope: a folder for each submission; every sixth is a pair's."""
    made = Downloaded()
    lines = ["---"]
    place = number = 0
    while place < len(HARD_NAMES):
        size = 2 if number % 6 == 5 else 1
        folder = f"submission_{5000 + number}"
        lines += [f"{folder}:", "  :submitters:"]
        for who in range(place, min(place + size, len(HARD_NAMES))):
            name = HARD_NAMES[who].replace('"', "'")
            lines += [
                f'  - :name: "{name}"',
                f"    :sid: '{who:07}'",
                f"    :email: s{who}@ecole.fr",
            ]
            made.rows.append((name, programs(number)))
        lines += [
            f"  :created_at: 2026-10-01 10:{number % 60:02}:43.942000000 Z", "  :score: 1.0",
            "  :history: []",
        ]  # fmt: skip
        for file, data in programs(number).items():
            made.files[f"{folder}/{file}"] = data
        place, number = place + size, number + 1
    made.files["submission_metadata.yml"] = "\n".join(lines).encode() + b"\n"
    return made


def logins() -> list[str]:
    """User names: with underscores, dots and digits, one the end of another."""
    made = []
    for place, name in enumerate(HARD_NAMES):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "x"
        made.append(f"{word}{place}" if place % 2 else f"{word.replace('_', '')}{place}")
    return made


def blackboard(*, receipts: bool = True) -> Downloaded:
    """Blackboard: an attempt of everybody, two of every third; the later one counts."""
    made = Downloaded()
    for place, (name, login) in enumerate(zip(HARD_NAMES, logins(), strict=True)):
        for attempt in range(2 if place % 3 == 0 else 1):
            stem = f"TP_9 sockets_{login}_attempt_2026-10-0{1 + attempt}-10-{place:02}-00"
            mine = programs(place) if attempt or place % 3 else programs(1000 + place)
            for file, data in mine.items():
                made.files[f"{stem}_{file}"] = data
            if receipts:
                text = f"Name: {name} ({login})\nAssignment: TP_9 sockets\nComments:\nName: X (y)\n"
                made.files[f"{stem}.txt"] = text.encode()
        row = " ".join(name.split(" ")) if receipts else login
        made.rows.append((row, programs(place)))
    return made


def brightspace(*, folders: bool, french: bool = False) -> Downloaded:
    """Brightspace: a folder or flat files, two attempts of every third."""
    made = Downloaded(files={"index.html": b"<html>"})
    for place, name in enumerate(HARD_NAMES):
        for attempt in range(2 if place % 3 == 0 else 1):
            day, minute = 12 + attempt, place % 60
            when = f"Oct {day}, 2026 10{minute:02} AM"
            if french:
                when = f"{day} octobre 2026 10{minute:02}"
            mine = programs(place) if attempt or place % 3 else programs(1000 + place)
            base = f"{20000 + place}-777 - {name} - {when}"
            for file, data in mine.items():
                made.files[f"{base}/{file}" if folders else f"{base} - {file}"] = data
        made.rows.append((unicodedata.normalize("NFC", name), programs(place)))
    return made


def clones(*, slug: str = "tp9-sockets", fifty: bool = False) -> Downloaded:
    """Clones of an assignment's repositories: HEAD only, no object; of Classroom 50, its file."""
    made = Downloaded()
    for place, login in enumerate(logins()):
        login = login.replace("_", "-")
        repository = f"{slug}-{login}"
        for file, data in programs(place).items():
            made.files[f"{repository}/{file}"] = data
        made.files[f"{repository}/.git/HEAD"] = b"%040x\n" % (place + 1)
        if fifty:
            made.files[f"{repository}/.classroom50.yaml"] = b"classroom: c\n"
        made.rows.append((login, programs(place)))
        made.roster.append({"github_username": login, "name": f"N {place}"})
    return made


def plain(kind: str) -> Downloaded:
    """One folder, archive or pair of files for each; twins have a number, as they must."""
    made = Downloaded()
    for place, name in enumerate(HARD_NAMES):
        own = f"{name.strip()} {place}" if HARD_NAMES.count(name) > 1 else name
        if kind == "folders":
            made.files |= {f"{own}/{file}": data for file, data in programs(place).items()}
        elif kind == "archives":
            made.files[f"{own}.zip"] = _zip(programs(place))
        elif kind == "files":
            made.files |= {f"{own}__{file}": data for file, data in programs(place).items()}
        made.rows.append((own, programs(place)))
    return made


def google() -> Downloaded:
    """A Drive folder: names mean nothing, a mapping says whose they are."""
    made = Downloaded()
    for place, name in enumerate(HARD_NAMES):
        folder = f"Copie de devoir ({place})"
        made.files |= {f"{folder}/{file}": data for file, data in programs(place).items()}
        made.rows.append((unicodedata.normalize("NFC", " ".join(name.split())), programs(place)))
        made.roster.append({"dossier": folder, "nom": name, "courriel": f"s{place}@ecole.fr"})
    return made


LAYOUTS: dict[str, tuple[str, Callable[[], Downloaded]]] = {
    "moodle-folders": ("moodle", lambda: moodle(folders=True)),
    "moodle-old-folders": ("moodle", lambda: moodle(folders=True, old=True)),
    "moodle-flat": ("moodle", lambda: moodle(folders=False)),
    "moodle-unpacked-by-macos": ("moodle", lambda: moodle(folders=True, form="NFD")),
    "moodle-blind": ("moodle", moodle_blind),
    "canvas": ("canvas", canvas),
    "canvas-anonymous": ("canvas", canvas_anonymous),
    "gradescope": ("gradescope", gradescope),
    "blackboard": ("blackboard", blackboard),
    "blackboard-without-receipts": ("blackboard", lambda: blackboard(receipts=False)),
    "brightspace-folders": ("brightspace", lambda: brightspace(folders=True)),
    "brightspace-flat": ("brightspace", lambda: brightspace(folders=False)),
    "brightspace-french": ("brightspace", lambda: brightspace(folders=True, french=True)),
    "github": ("github", clones),
    "classroom50": ("classroom50", lambda: clones(slug="c-tp9", fifty=True)),
    "plain-folders": ("plain", lambda: plain("folders")),
    "plain-archives": ("plain", lambda: plain("archives")),
}
"""Name -> the layout that it is, and how it is made."""


def roster_csv(rows: list[dict[str, str]], *, delimiter: str = ",", bom: bool = False) -> bytes:
    """The rows as a CSV file."""
    lines = [delimiter.join(rows[0]), *(delimiter.join(f'"{v}"' for v in r.values()) for r in rows)]
    return (b"\xef\xbb\xbf" if bom else b"") + "\r\n".join(lines).encode()
