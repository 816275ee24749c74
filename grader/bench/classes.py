"""Classes to measure with: samples with other names and comments, so that no two are alike."""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import re
import shutil
import tokenize
from pathlib import Path
from typing import Literal

from grader.resources import samples_root, scenarios_root

Kind = Literal["right", "wrong", "stuck", "class"]
RIGHT = (
    "juste_enonce", "juste_fonctions", "juste_classe", "juste_create_server", "juste_reuseaddr",
    "juste_double_pile", "juste_settimeout",
)  # fmt: skip
WRONG = (
    "faute_autre_texte", "faute_sans_accueil", "faute_sans_print", "faute_de_frappe", "faute_port",
    "faute_syntaxe", "faute_sans_encode", "faute_un_seul_recv", "faute_print_stderr",
    "faute_fin_en_erreur", "faute_second_message_absent", "faute_affichage_deforme",
)  # fmt: skip
STUCK = (
    "faute_attend_encore", "faute_ne_ferme_jamais", "faute_sans_accept", "faute_boucle_accept",
    "faute_client_fil_bloque",
)  # fmt: skip
_PLAYED = ("server-nominal", "client-nominal")
_OF_TEN: tuple[Kind, ...] = ("right", "right", "wrong", "right", "right", "stuck", "right", "right",
                             "wrong", "right")  # fmt: skip
"""A class is this again and again: a fifth wrong, a tenth stuck."""
_NAMES = ("ada", "bob", "chloe", "dmitri", "elsa", "farid", "gaelle", "hugo", "ines", "jules")


def statement_lab(place: Path) -> Path:
    """All criteria of tp09, and of its scenarios the statement's exchange in both roles alone."""
    whole = scenarios_root() / "tp09"
    place.mkdir(parents=True, exist_ok=True)
    for name in _PLAYED:
        shutil.copy(whole / f"{name}.yaml", place)
    listed = f"scenarios: [{', '.join(_PLAYED)}]\n"
    text = (whole / "lab.yaml").read_text("utf-8")
    text = re.sub(r"^scenarios:\n(?:  - .*\n|  #.*\n)+", listed, text, flags=re.MULTILINE)
    (place / "lab.yaml").write_text(text, "utf-8")
    return place


def make_class(place: Path, kind: Kind, count: int, start: int = 0) -> None:
    """That many submissions; those from `start` on differ from those before."""
    for number in range(start, start + count):
        sample, one = sample_of(kind, number), place / f"{_NAMES[number % 10]}_{number:05}"
        for path in sorted((samples_root() / sample).rglob("*.py")):
            # The names that the statement gives: other harnesses know no others.
            role = "serveur.py" if "serv" in path.name.lower() else "client.py"
            one.mkdir(parents=True, exist_ok=True)
            (one / role).write_text(varied(path.read_text("utf-8"), number), "utf-8")


def sample_of(kind: Kind, number: int) -> str:
    """Which sample the submission of that number is made from."""
    if kind == "class":
        kind = _OF_TEN[number % 10]
        number //= 10
    pool = {"right": RIGHT, "wrong": WRONG}.get(kind, STUCK)
    return pool[number % len(pool)]


def varied(source: str, number: int) -> str:
    """The same program with names of its own chosen anew, and comments."""
    name = _NAMES[number % 10]
    text = renamed(source, f"_{name}{number}") if number % 3 else source
    return f"# TP 09, {name} {number}\n{text.rstrip()}\n# fin ({number})\n"


def renamed(source: str, suffix: str) -> str:
    """The source with `suffix` at each variable of its own; as it is where it is no Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    own = {
        node.id for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }  # fmt: skip
    other = {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword | ast.arg)}
    other |= {alias.asname or alias.name for node in ast.walk(tree)
              if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}  # fmt: skip
    other |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    other |= {one.id for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
              for one in ast.walk(node) if isinstance(one, ast.Name)}  # fmt: skip
    own -= other | set(dir(builtins)) | set(keyword.kwlist)
    lines = source.splitlines(keepends=True)
    before = ""
    edits: list[tuple[int, int]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and token.string in own and before != ".":
            edits.append(token.end)
        before = token.string
    for row, column in reversed(edits):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + suffix + line[column:]
    return "".join(lines)
