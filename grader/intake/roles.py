"""Which program plays which role: by its name, else by a bounded look at its text.

The rules are those of the lab's statement: `serveur.py`, `server.py`, `client.py` in any
letter case, with a prefix or a suffix, often some folders down. Of several candidates one
is taken by a fixed order, and a remark says which and why.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.intake import paths, texts
from grader.intake.bounds import BOUNDS, Bounds
from grader.intake.sourcetext import Signs, is_empty, signs_of
from grader.judge.model import Problem, Programs, Remark
from grader.lab.model import ROLES, Role, RoleFiles, Text
from grader.submission import MissingRole, SourceFile

DEFAULT_ROLES: Mapping[Role, RoleFiles] = {
    "server": RoleFiles(words=("serveur", "server")),
    "client": RoleFiles(words=("client",)),
}
"""Where no lab is at hand."""

_SPARE = re.compile(
    r"(?<![a-z])(?:old|copie|copy|backup|bak|sauvegarde|ancien|test|tests|brouillon|draft)(?![a-z])"
)
_SEPARATORS = " ._-"


@dataclass(frozen=True)
class Assignment:
    """The outcome: a program or a reason for each role."""

    programs: Programs
    missing: tuple[MissingRole, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class _Rank:
    """How good a candidate is; the smaller, the better, first field first."""

    empty: bool
    depth: int
    inexact: bool
    inside_a_word: bool
    spare: bool
    version: int
    path: str

    def reason_over(self, other: _Rank) -> Text:
        """Why this one was taken and not `other`, for « ..., because ... »."""
        if self.empty != other.empty:
            return Text({"fr": "il n’est pas vide", "en": "it is not empty"})
        if self.depth != other.depth:
            return Text({"fr": "il est le moins enfoui", "en": "it lies in the fewest folders"})
        if self.inexact != other.inexact:
            return Text({"fr": "son nom est exactement le rôle", "en": "its name is just the role"})
        if self.inside_a_word != other.inside_a_word:
            return Text({"fr": "son nom dit le rôle", "en": "its name says the role"})
        if self.spare != other.spare:
            return Text(
                {"fr": "les autres semblent des copies", "en": "the others look like copies"}
            )
        if self.version != other.version:
            return Text({"fr": "son numéro est le plus grand", "en": "it has the highest number"})
        return Text(
            {"fr": "il vient en premier dans l’ordre des noms", "en": "it comes first by name"}
        )


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """`name` without accents and letter case."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def named_roles(name: str, roles: Mapping[Role, RoleFiles]) -> tuple[Role, ...]:
    """The roles whose words stand in a file name (without its suffix)."""
    stem = folded(name)
    return tuple(role for role in ROLES if any(word in stem for word in _words(role, roles)))


def without_role(stem: str, role: Role, roles: Mapping[Role, RoleFiles]) -> str:
    """What is left of a stem without the word of its role: the person, `dupont`.

    Empty where nothing is left.
    """
    for word in sorted(_words(role, roles), key=len, reverse=True):
        if match := re.search(re.escape(word), stem, re.IGNORECASE):
            before = stem[: match.start()]
            after = stem[match.end() :]
            left, right = before.rstrip(_SEPARATORS), after.lstrip(_SEPARATORS)
            if left and right:
                return left + (before[len(left) :] or after[: len(after) - len(right)]) + right
            return left or right
    return stem


def program_suffixes(roles: Mapping[Role, RoleFiles]) -> tuple[str, ...]:
    """The suffixes of all roles' programs."""
    return tuple(sorted({suffix for role in ROLES for suffix in _suffixes(role, roles)}))


def stem_of(path: str, suffixes: Sequence[str]) -> str:
    """The file's name without folders and without its suffix."""
    name = path.rsplit("/", 1)[-1]
    for suffix in (*paths.HIDDEN_SUFFIXES, *suffixes):
        if paths.has_suffix(name, (suffix,)):
            return name[: -len(suffix)]
    return name


def assign(
    files: Sequence[SourceFile],
    roles: Mapping[Role, RoleFiles],
    bounds: Bounds = BOUNDS,
    *,
    only: str | None = None,
) -> Assignment:
    """Find a program for each role among the files, or in the file `only` where given."""
    candidates = [file for file in files if only in (None, file.path)]
    return _Search(candidates, roles, bounds).run()


class _Search:
    def __init__(
        self, files: Sequence[SourceFile], roles: Mapping[Role, RoleFiles], bounds: Bounds
    ) -> None:
        self._files = {file.path: file.data for file in files}
        self._roles = roles
        self._bounds = bounds
        self._found: dict[Role, str | None] = {"server": None, "client": None}
        self._missing: list[MissingRole] = []
        self._remarks: list[Remark] = []
        self._signs: dict[str, Signs] = {}

    def run(self) -> Assignment:
        for search in (self._by_name, self._by_text, self._by_hidden_suffix):
            for role in self._open_roles():
                self._take(role, search(role), search)
        for role in ROLES:
            self._account_for(role)
        return Assignment(
            Programs(server=self._found["server"], client=self._found["client"]),
            tuple(self._missing),
            tuple(self._remarks),
        )

    def _open_roles(self) -> list[Role]:
        return [r for r in ROLES if r in self._roles and self._found[r] is None]

    # --- three ways to find candidates, the surest first ---

    def _by_name(self, role: Role) -> list[str]:
        return [path for path in self._programs(role) if self._names(path) == (role,)]

    def _by_text(self, role: Role) -> list[str]:
        """Programs whose names tell nothing (or too much) and whose calls tell one role."""
        return [path for path in self._unnamed(role) if self._look(path).roles == {role}]

    def _by_hidden_suffix(self, role: Role) -> list[str]:
        """`serveur.py.txt`, or `serveur` alone: the name and the text must both say it."""
        suffixes = ("", ".txt", *paths.HIDDEN_SUFFIXES)
        candidates = []
        for path in self._files:
            name = path.rsplit("/", 1)[-1]
            hidden = paths.has_suffix(name, suffixes[1:]) or "." not in name
            if hidden and named_roles(name, self._roles) == (role,):
                candidates.append(path)
        candidates = sorted(candidates, key=_shallow)[: self._bounds.texts]
        return [path for path in candidates if role in self._look(path).roles]

    # --- taking one, or saying why there is none ---

    def _take(self, role: Role, candidates: list[str], search: object) -> None:
        if not candidates:
            return
        ranked = sorted(
            (self._rank(path, role) for path in candidates),
            key=lambda r: (
                *(r.empty, r.depth, r.inexact, r.inside_a_word, r.spare),
                *(-r.version, r.path != r.path.lower(), r.path),
            ),
        )
        best, others = ranked[0], ranked[1:]
        self._found[role] = best.path
        noun = texts.ROLE_WORDS[role]
        if others:
            self._remarks.append(
                texts.remark(
                    "several-candidates",
                    [best.path],
                    role=noun,
                    why=best.reason_over(others[0]),
                    others=texts.listed([other.path for other in others]),
                )
            )
        if search == self._by_text:
            self._remarks.append(texts.remark("role-guessed", [best.path], role=noun))
        if search == self._by_hidden_suffix:
            suffix = texts.same(self._roles[role].suffixes[0])
            self._remarks.append(texts.remark("odd-suffix", [best.path], role=noun, suffix=suffix))

    def _account_for(self, role: Role) -> None:
        path = self._found[role]
        if path is not None and is_empty(self._files[path], path):
            self._found[role] = None
            self._miss(role, "empty-program", texts.listed([path]))
        elif path is None and role in self._roles:
            unclear = [path for path in self._unnamed(role) if self._is_unclear(path, role)]
            code = "unclear-role" if unclear else "missing-file"
            self._miss(role, code, texts.listed(unclear))

    def _miss(self, role: Role, code: str, detail: Text) -> None:
        files = self._roles[role]
        problem: Problem = texts.problem(
            code,
            detail=detail,
            role=texts.ROLE_WORDS[role],
            example=texts.same(files.words[0] + self._suffix_like_the_others(files.suffixes)),
        )
        self._missing.append(MissingRole(role=role, problem=problem))

    def _suffix_like_the_others(self, suffixes: Sequence[str]) -> str:
        """Whose server is in Java is told of a client in Java."""
        found = [path for path in self._found.values() if path is not None]
        alike = (one for one in suffixes for path in found if paths.has_suffix(path, (one,)))
        return next(alike, suffixes[0])

    def _is_unclear(self, path: str, role: Role) -> bool:
        """It might be this role's program; a helper or the other role's program is not."""
        signs = self._look(path)
        return signs.sockets and (not signs.roles or role in signs.roles)

    # --- looking at files ---

    def _programs(self, role: Role) -> list[str]:
        suffixes = _suffixes(role, self._roles)
        return sorted((p for p in self._files if paths.has_suffix(p, suffixes)), key=_shallow)

    def _unnamed(self, role: Role) -> list[str]:
        taken = set(self._found.values())
        open_ = [
            path
            for path in self._programs(role)
            if path not in taken and len(self._names(path)) != 1
        ]
        return open_[: self._bounds.texts]

    def _names(self, path: str) -> tuple[Role, ...]:
        return named_roles(stem_of(path, program_suffixes(self._roles)), self._roles)

    def _look(self, path: str) -> Signs:
        if path not in self._signs:
            self._signs[path] = signs_of(self._files[path][: self._bounds.text_bytes], path)
        return self._signs[path]

    def _rank(self, path: str, role: Role) -> _Rank:
        stem = folded(stem_of(path, program_suffixes(self._roles)))
        words = "|".join(re.escape(word) for word in _words(role, self._roles))
        whole = re.search(rf"(?<![^\W\d_])(?:{words})(?![^\W\d_])", stem)
        numbers = re.findall(r"\d{1,9}", stem)
        return _Rank(
            empty=is_empty(self._files[path], path),
            depth=path.count("/"),
            inexact=re.fullmatch(words, stem) is None,
            inside_a_word=whole is None,
            spare=_SPARE.search(stem) is not None,
            version=int(numbers[-1]) if numbers else 0,
            path=path,
        )


def _shallow(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _words(role: Role, roles: Mapping[Role, RoleFiles]) -> tuple[str, ...]:
    return tuple(folded(word) for word in roles[role].words) if role in roles else ()


def _suffixes(role: Role, roles: Mapping[Role, RoleFiles]) -> tuple[str, ...]:
    return roles[role].suffixes if role in roles else ()
