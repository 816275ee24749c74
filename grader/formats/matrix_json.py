"""`matrix.json`: the class's matrix for programs."""

from __future__ import annotations

import json

import grader
from grader.judge.matrix import Matrix, Member
from grader.lab.model import Lab
from grader.view.bytes_view import TYPOGRAPHY, escaped

SCHEMA_VERSION = 1


def matrix_json(lab: Lab, matrix: Matrix, language: str) -> bytes:
    """The document: who is in it, and what each pair came to.

    `code` is stable (`grader.judge.pair_words`); `blame` is the role that keeps the pair from
    getting to the end, null where it is both or neither. `submissions` counts the class.
    """
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "wiregrade", "version": grader.__version__},
        "lab": {"id": lab.id, "title": _safe(lab.title.in_language(language))},
        "submissions": matrix.of,
        "sample": matrix.sample,
        "seed": matrix.seed,
        "servers": [_member(member) for member in matrix.servers],
        "clients": [_member(member) for member in matrix.clients],
        "pairs": [
            {
                "server": cell.server,
                "client": cell.client,
                "works": cell.verdict.works,
                "code": cell.verdict.code,
                "blame": cell.verdict.blame,
                "text": _safe(cell.verdict.text.in_language(language)),
                "seconds": round(cell.seconds, 3),
            }
            for cell in matrix.cells
        ],
        "left_out": [
            {"name": escaped(one.name), "reason": _safe(one.reason.in_language(language))}
            for one in matrix.left_out
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _member(member: Member) -> dict[str, str]:
    return {"id": member.id, "name": escaped(member.name), "file": escaped(member.program)}


def _safe(text: str) -> str:
    return escaped(text, keep=TYPOGRAPHY)
