"""The JSON Schema (draft-07) of lab.yaml, a scenario's file and a sample's expected.yaml.

They are made from the loader's own tables.

An editor checks a file with it while it is written. What it can't say (that a message is there,
that steps make sense together) `wiregrade validate` says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from grader.lab import fields as f
from grader.lab import fields_lab as lab
from grader.lab import fields_scenario as scenario
from grader.lab.catalogue import catalogue
from grader.lab.fields import FieldOf
from grader.lab.languages import KNOWN, SHORT
from grader.lab.program import SOCKET_NAME

Schema = dict[str, Any]
Name = Literal["lab", "scenario", "expected"]
NAMES: tuple[Name, ...] = ("lab", "scenario", "expected")
FILES: Mapping[Name, str] = {name: f"{name}.schema.json" for name in NAMES}
_TITLES: Mapping[Name, str] = {
    "lab": "Wiregrade: lab.yaml",
    "scenario": "Wiregrade: a scenario",
    "expected": "Wiregrade: what a sample has to come to",
}
"""The files that `wiregrade new` writes beside a lab."""

_TEXT: Schema = {"type": "string", "minLength": 1}
_NAME = r"^[a-z][a-z0-9_-]*$"
_CONNECTION = r"^[a-z][a-z0-9-]{0,31}$"
_CRITERION = r"^(server|client)\.[a-z0-9][a-z0-9_-]*$"
_SCENARIO = r"^[a-z0-9][a-z0-9-]{0,62}$"
_LANGUAGES = r"^[a-z]{2,3}(-[A-Z]{2})?$"


def _matching(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern}


def _list(of: Schema, least: int = 1) -> Schema:
    return {"type": "array", "items": of, "minItems": least}


def _any(*of: Schema) -> Schema:
    return {"anyOf": list(of)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _by_name(pattern: str, of: Schema) -> Schema:
    return {
        "type": "object", "patternProperties": {pattern: of}, "additionalProperties": False,
        "minProperties": 1,
    }  # fmt: skip


_PEOPLE = _any(_TEXT, _by_name(_LANGUAGES, _TEXT))
_SCALAR = {"type": ["string", "integer"]}
_KINDS: dict[str, Schema] = {
    "text": _TEXT,
    "lab-id": _matching(r"^[a-z0-9][a-z0-9_-]{0,62}$"),
    "language": _matching(_LANGUAGES),
    "port": {"type": "integer", "minimum": 1, "maximum": 65535},
    "socket": _matching(SOCKET_NAME),
    "points": {
        "type": "number", "exclusiveMinimum": 0, "maximum": 1000, "multipleOf": 0.25,
    },
    "score": _any({"type": "number", "minimum": 0}, _matching(r"^[0-9]{1,6}(\.[0-9]{1,2})?$")),
    "diagnoses-list": _ref("diagnoses-list"),
    "number": {"type": "integer", "minimum": 0, "maximum": 10**9},
    "size": _any(
        {"type": "integer", "minimum": 1}, _matching("^[1-9][0-9]{0,8} ?(KiB|MiB|GiB)$")
    ),
    "seconds": {"type": "number", "exclusiveMinimum": 0, "maximum": 3600},
    "time": _any(
        {"type": "number", "exclusiveMinimum": 0, "maximum": 3600},
        _matching(r"^[0-9]{1,4}(\.[0-9]{1,3})? ?(s|ms)$"),
    ),
    "flag": {"type": "boolean"},
    "people": _PEOPLE,
    "people-by-name": _ref("notions"),
    "message": _matching(_NAME),
    "message-or-list": _any(_matching(_NAME), _list(_matching(_NAME))),
    "messages": _list(_any(_matching(_NAME), _ref("message"))),
    "messages-section": _by_name(_NAME, _any(_TEXT, _ref("message"))),
    "generate": _ref("generate"),
    "framing": _ref("framing"),
    "header": {
        "type": "object", "properties": {"header": _TEXT}, "required": ["header"],
        "additionalProperties": False,
    },
    "criterion": _matching(_CRITERION),
    "criterion-ids": _list(_matching(_CRITERION)),
    "criteria": _by_name(_CRITERION, _ref("criterion")),
    "scenario-id": _matching(_SCENARIO),
    "scenario-ids": _list(_matching(_SCENARIO)),
    "roles": _ref("roles"),
    "words": _list(_TEXT),
    "suffixes": _list(_matching(r"^\.[A-Za-z0-9]+$")),
    "languages": _list(_any({"enum": [*KNOWN, *SHORT]}, _ref("language"))),
    "command": _list(_SCALAR),
    "encodings": _list({"enum": list(lab.ENCODINGS)}),
    "tolerance": _ref("tolerance"),
    "limits": _ref("limits"),
    "late": _ref("late"),
    "diagnoses": _ref("diagnoses"),
    "texts": _any({"const": "drawn"}, _by_name(_NAME, _ref("drawn"))),
    "network": _ref("network"),
    "program": _ref("program"),
    "args": _list(_SCALAR),
    "env": _by_name("^[A-Z_][A-Z0-9_]{0,63}$", _SCALAR),
    "steps": _list(_ref("step")),
    "steps-by-name": _by_name(_NAME, _list(_ref("step"))),
    "repeat": _ref("repeat"),
    "either": _list(_list(_ref("step")), least=2),
    "together": {**_by_name(_CONNECTION, _list(_ref("step"))), "minProperties": 2},
    "connection": _any(_matching(_CONNECTION), {"type": "null"}),
    "name": _matching(_CONNECTION),
    "nothing": {"type": "null"},
    "delivery": _any(
        {"enum": ["separate", "coalesced"]},
        {
            "type": "object", "required": ["split"], "additionalProperties": False,
            "properties": {"split": _any(
                {"enum": ["every", "inside-character"]},
                _list({"type": "integer", "minimum": 1}),
            )},
        },
    ),
    "expect": _ref("expect"),
    "stdout": _list(_ref("stdout")),
    "exit": _ref("exit"),
    "files": _list(_ref("file")),
    "listening": _ref("listening"),
    "bound": _ref("bound"),
    "connected": _ref("connected"),
    "status": _any({"const": "any"}, {"type": "integer", "minimum": 0, "maximum": 255}),
}  # fmt: skip


_TABLES: Mapping[Name, Collection[FieldOf]] = {"lab": lab.LAB, "expected": lab.EXPECTED}


def schema(name: Name) -> Schema:
    """The schema of lab.yaml, or of a scenario's file."""
    made = {"scenario": _scenario, "lab": _lab}.get(name)
    top = made() if made is not None else _object(_TABLES[name])
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": _TITLES[name],
        **top,
        "definitions": _used(top, _definitions()),
    }


def _lab() -> Schema:
    local = {"properties": {"protocol": {"const": "unix"}}, "required": ["protocol"]}
    return {**_object(lab.LAB), "if": local, "else": {"required": ["port"]}}


def _scenario() -> Schema:
    both = {"properties": {"tests": {"const": "both"}}}
    alone = {field.name for field in scenario.SCENARIO} - {*scenario.OF_BOTH}
    return {
        **_object(scenario.SCENARIO),
        "if": both,
        "then": {
            "required": ["level", "expect", "advice"],
            "properties": dict.fromkeys(sorted(alone), False),
        },
        "else": {"required": ["reference"]},
    }


def _definitions() -> dict[str, Schema]:
    one_of = [{"required": [name]} for name in f.KINDS]
    printed = [{"required": [name]} for name in f.STDOUT_KINDS]
    where = [{"required": [name]} for name in ("port", "path")]
    role = _object(lab.ROLE)
    return {
        "message": {**_object(f.MESSAGE), "oneOf": one_of},
        "generate": _object(f.GENERATE),
        "framing": _framing(),
        "criterion": _object(lab.CRITERION),
        "language": _object(lab.LANGUAGE),
        "roles": {
            "type": "object", "properties": {"server": role, "client": role},
            "additionalProperties": False, "minProperties": 1,
        },
        "tolerance": _object(lab.TOLERANCE),
        "limits": _object(lab.LIMITS),
        "late": _object(lab.LATE),
        "diagnoses-list": _list({"enum": sorted(catalogue().entries)}, least=0),
        "notions": _of_names(catalogue().notions, _PEOPLE),
        "diagnoses": _of_names(
            {*catalogue().entries, *catalogue().names}, _object(lab.REWORDING)
        ),
        "drawn": _any({"const": "drawn"}, _object((FieldOf(
            "drawn", "number", "bytes at least", "drawn: 2000", needed=True),))),
        "network": _object(scenario.NETWORK),
        "program": _object(scenario.PROGRAM),
        "step": _step(),
        "repeat": _object(f.REPEAT, needed=("times", "steps")),
        "expect": _object(scenario.EXPECT),
        "stdout": {**_object(f.STDOUT), "oneOf": printed},
        "exit": _object(scenario.EXIT),
        "file": _object(scenario.FILE),
        "listening": {**_object(scenario.LISTENING), "oneOf": where},
        "bound": _object(scenario.BOUND),
        "connected": {**_object(scenario.CONNECTED), "oneOf": where},
    }  # fmt: skip


def _of_names(known: Collection[str], of: Schema) -> Schema:
    """What the catalogue of diagnoses has, by name."""
    return {
        "type": "object",
        "propertyNames": {"enum": sorted(known)},
        "additionalProperties": of,
    }


def _framing() -> Schema:
    plain = [field for field in f.FRAMINGS if field.name in f.PLAIN_FRAMINGS]
    own = [field for field in f.FRAMINGS if field.name not in f.PLAIN_FRAMINGS]
    kinds = [{"required": [name]} for name in ("until", "length-prefix", "size")]
    words = {
        "enum": [field.name for field in plain],
        "description": "; ".join(f"{field.name}: {field.about}" for field in plain),
    }
    return _any(words, {**_object(own), "oneOf": kinds})


def _step() -> Schema:
    """An action by itself, or one with what belongs to it."""
    bare = [field.name for field in scenario.STEP if field.kind in ("connection", "nothing")]
    known = (*scenario.STEP, *scenario.STEP_OPTIONS)
    one = {**_object(known), "oneOf": [{"required": [field.name]} for field in scenario.STEP]}
    return _any({"enum": bare, "description": "what the reference does"}, one)


def _object(table: Collection[FieldOf], needed: Collection[str] = ()) -> Schema:
    required = [field.name for field in table if field.needed or field.name in needed]
    return {
        "type": "object",
        "properties": {field.name: _field(field) for field in table},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _field(field: FieldOf) -> Schema:
    made: Schema
    options: Schema = {"enum": list(field.options)}
    if field.kind == "words-by-name":
        made = {"type": "object", "additionalProperties": options}
    elif field.kind == "word" and field.options:
        made = options
    else:
        made = _KINDS["text" if field.kind == "word" else field.kind]
    about = {"description": field.about, **({"examples": [field.example]} if field.example else {})}
    # Of draft-07: nothing beside a `$ref` counts.
    return {"allOf": [made], **about} if "$ref" in made else {**made, **about}


def _used(top: Schema, known: Mapping[str, Schema]) -> dict[str, Schema]:
    """Those definitions that are referred to, from the top on."""
    found: dict[str, Schema] = {}
    waiting = [*_refs(top)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = known[name]
            waiting += _refs(known[name])
    return dict(sorted(found.items()))


def _refs(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"].rpartition("/")[2]] if "$ref" in part else []
        return own + [name for value in part.values() for name in _refs(value)]
    if isinstance(part, list):
        return [name for value in part for name in _refs(value)]
    return []
