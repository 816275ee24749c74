"""The class's table in a real browser: order, filters, the address, more rows, CSV, keyboard."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from class_samples import HARD, made_class
from late_grades import origin
from playwright.sync_api import Browser, Page
from report_samples import lab

from grader.batch.late import with_origin
from grader.formats.csv import grades_csv
from grader.judge.model import Grade, Status
from grader.view.class_table import FIRST_ROWS, STEP
from grader.view.html import class_html
from grader.view.people import by_name

PATIENCE = 60_000
"""Milliseconds: a deadline, for a browser that hangs."""
SMALL = made_class(60)
LATE = [
    with_origin(g, origin(("0", "1", "3/2")[i % 3], 3600 * (1 + i % 5))) if i % 4 == 1 else g
    for i, g in enumerate(SMALL)
]
BIG = made_class(FIRST_ROWS + 3 * STEP)
SHOWN = (
    "Array.from(document.getElementById('results').tBodies[0].rows, (r) => r.cells[0].textContent)"
)
LINKS = (
    "Array.from(document.getElementById('results').tBodies[0].rows, (r) => "
    "r.querySelector('a').getAttribute('href').split('/')[0])"
)
ROWS = (
    "Array.from(document.getElementById('results').tBodies[0].rows, "
    "(r) => r.outerHTML.replace(/>\\s+</g, '><'))"
)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    for name, grades in (("small", SMALL), ("big", BIG), ("late", LATE)):
        page = class_html(lab(), grades, "fr", isolation="full")
        (folder / f"{name}.html").write_text(page, "utf-8")
    hidden = class_html(lab(), LATE, "en", pseudonym_key=b"key")
    (folder / "anonymous.html").write_text(hidden, "utf-8")
    return folder


@pytest.fixture
def show(browser: Browser, files: Path) -> Iterator[Open]:
    """Opens a page; in the end nothing may be in its console, and nothing asked for."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    told: list[str] = []

    def opened(name: str, state: str = "") -> Page:
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.goto((files / f"{name}.html").as_uri() + state)
        return page

    yield opened
    asked = [r for page in context.pages for r in page.evaluate(
        "performance.getEntriesByType('resource').map((one) => one.name)")]  # fmt: skip
    context.close()
    assert told == []
    assert asked == []


def ids(page: Page) -> list[str]:
    found: list[str] = page.evaluate(LINKS)
    return found


def head(page: Page, key: str) -> Any:
    return page.locator(f'th[data-key="{key}"]')


def failed(grade: Grade, criterion: str) -> bool:
    return any(j.criterion.id == criterion and j.status is Status.FAIL for j in grade.criteria)


def test_the_script_writes_the_rows_that_the_template_wrote(show: Open) -> None:
    page = show("small")
    before = page.evaluate(ROWS)
    page.locator("#criterion").select_option("server.listen")
    page.locator("#reset").click()
    assert page.evaluate(ROWS) == before[:STEP]
    assert page.evaluate(SHOWN)[7].startswith("</script><script>alert(1)</script>")


def test_a_head_sorts_both_ways_and_says_so(show: Open) -> None:
    page = show("small")
    head(page, "score").get_by_role("button").click()
    assert head(page, "score").get_attribute("aria-sort") == "ascending"
    places = by_name(g.name for g in SMALL)
    order = sorted(range(len(SMALL)), key=lambda i: (
        SMALL[i].score / SMALL[i].max_score if SMALL[i].max_score else -1, places[i]))  # fmt: skip
    assert ids(page) == [SMALL[i].id for i in order][:STEP]
    head(page, "score").get_by_role("button").click()
    assert head(page, "score").get_attribute("aria-sort") == "descending"
    assert ids(page)[0] == SMALL[max(order, key=lambda i: (SMALL[i].score, -places[i]))].id
    head(page, "name").get_by_role("button").click()
    assert head(page, "score").get_attribute("aria-sort") is None
    assert ids(page) == [SMALL[i].id for i in sorted(range(60), key=places.__getitem__)][:STEP]
    assert page.locator("#shown").inner_text() == (
        f"60 remises, les {STEP} premières affichées, triées par «\u00a0Remise\u00a0»"
    )


def test_filters_join_and_the_address_keeps_them(show: Open) -> None:
    page = show("small")
    page.locator("#criterion").select_option("server.print2")
    page.locator("#verdict").select_option("f")
    page.locator("#mistake").select_option("no-print")
    wanted = [
        g.id for g in SMALL
        if failed(g, "server.print2") and any(d.id == "no-print" for d in g.diagnoses)
    ]  # fmt: skip
    assert 0 < len(wanted) < STEP
    assert ids(page) == wanted
    assert page.locator("#shown").inner_text() == f"{len(wanted)} remises sur 60"
    state = page.evaluate("location.hash")
    assert state == "#criterion=server.print2&verdict=f&mistake=no-print"
    again = show("small", state)
    assert ids(again) == wanted
    assert again.locator("#mistake").input_value() == "no-print"
    assert again.evaluate("document.activeElement.id") == "table"


def test_back_and_forward_lead_through_what_was_shown(show: Open) -> None:
    page = show("small")
    page.locator("#verdict").select_option("n")
    first = ids(page)
    # A word is one step, however many letters it has.
    page.locator("#q").press_sequentially("dupont")
    both = ids(page)
    head(page, "score").get_by_role("button").click()
    page.go_back()
    assert (ids(page), page.locator("#q").input_value()) == (both, "dupont")
    assert page.locator("[aria-sort]").count() == 0
    page.go_back()
    assert (ids(page), page.locator("#q").input_value()) == (first, "")
    page.go_back()
    assert len(ids(page)) == STEP
    page.go_forward()
    assert ids(page) == first


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("lefevre", lambda g: "Lefèvre" in g.name),
        ("ÉMILE dup", lambda g: "Émile" in g.name and "Dupont" in g.name),
        ("s-00012", lambda g: g.id == "s-00012"),
        ("<script>", lambda g: "<script>" in g.name),
        ("no such name", lambda g: False),
    ],
)
def test_search_is_without_case_and_accents(
    show: Open, typed: str, wanted: Callable[[Grade], bool]
) -> None:
    page = show("small")
    page.locator("#q").fill(typed)
    assert ids(page) == [g.id for g in SMALL if wanted(g)]
    assert page.locator("#shown").get_attribute("role") == "status"
    if typed == "no such name":
        assert page.locator("#shown").inner_text() == "Aucune remise ne correspond."


def test_links_of_the_page_show_whom_they_speak_of(show: Open) -> None:
    page = show("small")
    page.locator("#plan ~ ol summary").first.click()
    page.locator('#plan ~ ol a[href^="#mistake="]').first.click()
    key = page.evaluate("location.hash").partition("=")[2]
    assert ids(page) == [g.id for g in SMALL if any(d.id == key for d in g.diagnoses)][:STEP]
    assert page.evaluate("document.activeElement.id") == "table"
    page.get_by_text("En tableau", exact=True).click()
    page.locator('a[href="#min=20"]').click()
    full = [g.id for g in SMALL if g.max_score and g.score == g.max_score]
    assert ids(page) == full[:STEP]
    page.locator("#reset").click()
    page.locator("#eyes").select_option("identical")
    assert len(ids(page)) == 6
    # A plain anchor leads to a part of the page and leaves the table as it stands.
    page.locator('.toc a[href="#plan"]').click()
    assert len(ids(page)) == 6


@pytest.mark.parametrize(
    "state",
    ["#sort=nothing&criterion=x&verdict=q&min=abc&eye=&mistake=__proto__&constructor=1", "#=&&=%",
     "#q=%20&sort=--score"],
)  # fmt: skip
def test_an_address_that_means_nothing_changes_nothing(show: Open, state: str) -> None:
    page = show("small", state)
    assert ids(page) == [g.id for g in SMALL]


def test_more_rows_come_by_button_and_by_scrolling(show: Open) -> None:
    page = show("big")
    assert len(ids(page)) == FIRST_ROWS
    head(page, "name").get_by_role("button").click()
    assert len(ids(page)) == STEP
    button = page.locator("#more")
    assert button.inner_text() == f"Montrer {STEP} de plus"
    button.focus()
    page.keyboard.press("Enter")
    assert len(ids(page)) == 2 * STEP
    focused = "document.activeElement.closest('tr').rowIndex - 2"
    assert page.evaluate(focused) == STEP
    page.evaluate("document.querySelector('.heat').scrollTop = 1e6")
    page.wait_for_function(f"{SHOWN}.length > {2 * STEP}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(ids(page)) == len(BIG)
    assert not button.is_visible()


def saved(page: Page) -> str:
    with page.expect_download() as download:
        page.locator("#csv").click()
    assert download.value.suggested_filename == "tp09-grades.csv"
    return download.value.path().read_bytes().decode()


def test_the_csv_is_that_of_grades_csv(show: Open) -> None:
    page = show("big")
    text = saved(page)
    assert text == grades_csv(lab(), BIG, "fr")
    # Hard names are among them, and no cell of any is a formula.
    assert {g.name for g in BIG} & set(HARD[:4])
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]


def test_the_csv_of_a_view_has_its_rows_in_its_order(show: Open) -> None:
    page = show("small", "#verdict=n&sort=-name")
    rows = list(csv.DictReader(io.StringIO(saved(page))))
    assert [row["id"] for row in rows] == ids(page)
    assert {row["complete"] for row in rows} == {"false"}
    assert len(rows) == sum(not g.complete for g in SMALL)


def test_being_late_has_a_column_where_somebody_was(show: Open) -> None:
    assert head(show("small"), "late").count() == 0
    page = show("late")
    before = page.evaluate(ROWS)
    page.locator("#criterion").select_option("server.listen")
    page.locator("#reset").click()
    assert page.evaluate(ROWS) == before[:STEP]
    head(page, "late").get_by_role("button").click()
    head(page, "late").get_by_role("button").click()
    longest = max(g.origin.late.seconds for g in LATE if g.origin and g.origin.late)
    first = next(g for g in LATE if g.id == ids(page)[0])
    assert first.origin
    assert first.origin.late
    assert first.origin.late.seconds == longest
    page.locator("#reset").click()
    text = saved(page)
    assert text == grades_csv(lab(), LATE, "fr")
    assert text.splitlines()[0].endswith(",late_seconds,late_penalty")
    assert head(show("anonymous"), "late").count() == 0


def test_an_anonymous_page_links_nowhere_whatever_is_shown(show: Open) -> None:
    page = show("anonymous")
    head(page, "score").get_by_role("button").click()
    page.locator("#more").click()
    assert page.locator('a:not([href^="#"])').count() == 0
    text = saved(page)
    assert not any(g.name in text for g in SMALL if len(g.name) > 3)


def test_without_a_script_the_first_rows_are_there(browser: Browser, files: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((files / "big.html").as_uri())
    assert page.locator("#results tbody tr").count() == FIRST_ROWS
    assert (
        page.locator("#shown")
        .inner_text()
        .startswith(f"Les {FIRST_ROWS} premières remises sur {len(BIG)}.")
    )
    assert not page.locator("#q").is_visible()
    context.close()


def test_everything_to_filter_with_has_a_name(show: Open) -> None:
    page = show("small")
    for role, name in (
        ("searchbox", "Nom"), ("combobox", "Critère"), ("combobox", "Verdict"),
        ("combobox", "Erreur"), ("combobox", "À regarder"), ("spinbutton", "Note, de"),
        ("spinbutton", "à"), ("button", "Tout montrer"), ("button", "Télécharger en CSV"),
    ):  # fmt: skip
        assert page.get_by_role(role, name=name, exact=True).count() == 1, name  # type: ignore[arg-type]
