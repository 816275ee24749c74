"""What the matrix's page shows, as plain data: the heat map, its sums, and why pairs fail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.judge.matrix import Cell, Matrix, Member, works
from grader.judge.model import Status
from grader.judge.pair_words import SHORT
from grader.lab.model import Lab
from grader.view.bytes_view import Run, prose, runs
from grader.view.words import SYMBOLS, count, words

_SYMBOLS = {"both": "⇄", "server": "S", "client": "C"}
"""Of pairs that fail: who keeps them from getting to the end."""


@dataclass(frozen=True, kw_only=True)
class CellView:
    """A pair as a cell. `title` names both and says how it came out."""

    anchor: str
    """Empty: nothing more is said of it."""
    status: Status
    symbol: str
    word: str
    client: tuple[Run, ...]
    own: bool
    """Both programs are one student's."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A server's row, or a client's head: the name, and how many of its pairs work."""

    name: tuple[Run, ...]
    program: tuple[Run, ...]
    sum: str
    share: float
    cells: tuple[CellView, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why one pair fails."""

    anchor: str
    client: tuple[Run, ...]
    symbol: str
    status: Status
    word: str
    text: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class MatrixPage:
    """Everything on the page, from top to bottom."""

    lab: str
    lead: str
    """Whom it is about: the class, or a sample of it."""
    tiles: tuple[tuple[str, str], ...]
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    reasons: tuple[tuple[str, int, float], ...]
    """How pairs come out: in short words, how many, and which share of all."""
    legend: tuple[tuple[Status, str, str], ...]
    deadlocks: tuple[tuple[str, tuple[Run, ...], tuple[Run, ...]], ...]
    """Pairs that wait for each other: anchor, server, client."""
    failures: tuple[tuple[tuple[Run, ...], tuple[Failure, ...]], ...]
    """By server."""
    left_out: tuple[tuple[tuple[Run, ...], tuple[Run, ...]], ...]


def matrix_page(lab: Lab, matrix: Matrix, language: str) -> MatrixPage:
    """Build the page."""
    maker = _Maker(matrix, language)
    done, played = works(matrix.cells)
    table = words(language)
    waiting = [cell for cell in matrix.cells if cell.verdict.deadlock]
    tiles = (
        (count(len(matrix.cells), language), table["x_pairs"]),
        (f"{_percent(done, played)}", table["x_work"]),
        (count(len(waiting), language), table["x_deadlocks"]),
    )
    return MatrixPage(
        lab=lab.title.in_language(language),
        lead=maker.lead(),
        tiles=tiles,
        rows=tuple(maker.row(server) for server in matrix.servers),
        columns=tuple(maker.column(client) for client in matrix.clients),
        reasons=maker.reasons(),
        legend=maker.legend(),
        deadlocks=tuple(
            (maker.anchor(c), maker.name(c.server), maker.name(c.client)) for c in waiting
        ),
        failures=tuple(maker.failures()),
        left_out=tuple(
            (runs(one.name), prose(one.reason.in_language(language))) for one in matrix.left_out
        ),
    )


class _Maker:
    def __init__(self, matrix: Matrix, language: str) -> None:
        self.matrix = matrix
        self.language = language
        self.words = words(language)
        self.cells: Mapping[tuple[str, str], Cell] = matrix.by_ids()
        self.rows = {member.id: i for i, member in enumerate(matrix.servers)}
        self.columns = {member.id: i for i, member in enumerate(matrix.clients)}
        self.names = {m.id: runs(m.name) for m in (*matrix.servers, *matrix.clients)}

    def lead(self) -> str:
        matrix = self.matrix
        key = "x_lead_all" if matrix.sample is None else "x_lead_sample"
        return self.words[key].format(
            servers=len(matrix.servers), clients=len(matrix.clients), sample=matrix.sample,
            of=matrix.of, seed=matrix.seed,
        )  # fmt: skip

    def name(self, identifier: str) -> tuple[Run, ...]:
        return self.names[identifier]

    def anchor(self, cell: Cell) -> str:
        return f"p{self.rows[cell.server]}-{self.columns[cell.client]}"

    def row(self, server: Member) -> Line:
        cells = [self.cells.get((server.id, client.id)) for client in self.matrix.clients]
        views = tuple(
            self._cell(cell, client)
            for cell, client in zip(cells, self.matrix.clients, strict=True)
        )
        return self._line(server, cells, views)

    def column(self, client: Member) -> Line:
        return self._line(
            client, [self.cells.get((server.id, client.id)) for server in self.matrix.servers]
        )

    def _line(
        self, member: Member, cells: Sequence[Cell | None], views: tuple[CellView, ...] = ()
    ) -> Line:
        done, played = works(cell for cell in cells if cell is not None)
        return Line(
            name=runs(member.name),
            program=runs(member.program),
            sum=f"{done}/{played}",
            share=100 * done / played if played else 0.0,
            cells=views,
        )

    def _cell(self, cell: Cell | None, client: Member) -> CellView:
        if cell is None:
            return CellView(
                anchor="", status=Status.NOT_RUN, symbol="–", word=self.words["not_run"],
                client=runs(client.name), own=False,
            )  # fmt: skip
        status, symbol = _look(cell)
        return CellView(
            anchor="" if cell.verdict.works else self.anchor(cell),
            status=status,
            symbol=symbol,
            word=self._short(cell.verdict.code),
            client=runs(client.name),
            own=cell.server == cell.client,
        )

    def _short(self, code: str) -> str:
        return SHORT[code][1 if self.language == "en" else 0]

    def reasons(self) -> tuple[tuple[str, int, float], ...]:
        total = len(self.matrix.cells) or 1
        merged: dict[str, int] = {}
        for code, number in self.matrix.counts():
            short = self._short(code)
            merged[short] = merged.get(short, 0) + number
        return tuple((short, number, 100 * number / total) for short, number in merged.items())

    def legend(self) -> tuple[tuple[Status, str, str], ...]:
        return (
            (Status.PASS, SYMBOLS[Status.PASS], self.words["x_ok"]),
            (Status.FAIL, "S", self.words["x_server"]),
            (Status.FAIL, "C", self.words["x_client"]),
            (Status.PARTIAL, "⇄", self.words["x_both"]),
            (Status.NOT_RUN, SYMBOLS[Status.NOT_RUN], self.words["not_run"]),
        )

    def failures(self) -> Iterable[tuple[tuple[Run, ...], tuple[Failure, ...]]]:
        for server in self.matrix.servers:
            own = [self.cells.get((server.id, client.id)) for client in self.matrix.clients]
            failed = tuple(self._failure(c) for c in own if c is not None and not c.verdict.works)
            if failed:
                yield runs(server.name), failed

    def _failure(self, cell: Cell) -> Failure:
        status, symbol = _look(cell)
        return Failure(
            anchor=self.anchor(cell),
            client=self.names[cell.client],
            symbol=symbol,
            status=status,
            word=self._short(cell.verdict.code),
            text=prose(cell.verdict.text.in_language(self.language)),
        )


def _look(cell: Cell) -> tuple[Status, str]:
    """The colour and the sign of a cell."""
    if not cell.played:
        return Status.NOT_RUN, SYMBOLS[Status.NOT_RUN]
    if cell.verdict.works:
        return Status.PASS, SYMBOLS[Status.PASS]
    if cell.verdict.blame is None:
        return Status.PARTIAL, _SYMBOLS["both"]
    return Status.FAIL, _SYMBOLS[cell.verdict.blame]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part // whole}\u00a0%" if whole else "–"
