"""The catalogue of diagnoses: its texts, its errors, and what a lab may say of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_lab_load import LAB, load, problems

from grader.judge.conditions import CAUSES, all_ids
from grader.lab.catalogue import FIELD, Confidence, Entry, catalogue, read_catalogue
from grader.lab.problems import LabError
from grader.lab.sayings import Sayings, sayings_of

BASE = catalogue()
ENTRIES = {
    f"{e.id}/{e.variant}": e for variants in BASE.entries.values() for e in variants.values()
}
SMALL = """\
notions:
  reading: {fr: a, en: b}
diagnoses:
  lost:
    rank: 3
    confidence: likely
    notion: reading
    title: {fr: t, en: t}
    explanation: {fr: "e {line}", en: "e {line}"}
    variants:
      twice:
        rank: 4
        level: remark
        title: {fr: u, en: u}
        explanation: {fr: f, en: f}
"""


def test_what_lies_behind_a_notion_is_read_by_notion() -> None:
    further = "further:\n  reading: {fr: plus, en: more}\n"
    read = read_catalogue(Path("c.yaml"), (further + SMALL).encode())
    assert read.further["reading"].in_language("en") == "more"
    assert read_catalogue(Path("c.yaml"), SMALL.encode()).further == {}
    assert "'raeding'" in broken(further.replace("reading", "raeding") + SMALL)[0]


def test_a_lab_quotes_its_statement_by_notion() -> None:
    quoted = load(lab=LAB + "passages: {receive: {fr: '« recv() »'}}\n")
    assert quoted.passages["receive"].in_language("fr") == "« recv() »"
    assert "'recieve'" in problems(lab=LAB + "passages: {recieve: {fr: a}}\n")[0]


def broken(text: str) -> list[str]:
    with pytest.raises(LabError) as caught:
        read_catalogue(Path("c.yaml"), text.encode())
    return [str(problem) for problem in caught.value.problems]


def test_every_mistake_has_words_and_every_words_a_condition() -> None:
    assert set(BASE.entries) == all_ids()


def test_conditions_name_entries_that_are_there() -> None:
    for condition in CAUSES:
        assert set(condition.ids) <= set(BASE.names)


def test_the_order_of_the_file_is_the_order_of_the_ranks() -> None:
    ranks = [BASE.entry(name).rank for name in BASE.entries]
    assert ranks == sorted(ranks)


def test_enough_of_them() -> None:
    assert len(BASE.entries) >= 35


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_texts_are_well_set(entry: Entry) -> None:
    for text in (entry.title, entry.explanation):
        assert set(text.by_language) == {"fr", "en"}
        french, english = text.by_language["fr"], text.by_language["en"]
        assert set(FIELD.findall(french)) == set(FIELD.findall(english))
        # No-break spaces before high marks and inside quotes; apostrophes as printers set them.
        assert not re.search(r" [:;!?»]|« |\w'\w", french.replace("b'...'", ""))
        assert not re.search(r"[^\s\u00a0(][;!?»]", french)
        assert "{" not in FIELD.sub("", french + english)
    assert len(entry.explanation.by_language["fr"]) < 400


def test_a_variant_takes_over_what_it_does_not_say() -> None:
    small = read_catalogue(Path("c.yaml"), SMALL.encode())
    plain, twice = small.entry("lost"), small.entry("lost", "twice")
    assert (plain.rank, plain.level, plain.confidence) == (3, "error", Confidence.LIKELY)
    assert (twice.rank, twice.level, twice.confidence) == (4, "remark", Confidence.LIKELY)
    assert twice.notion == "reading"
    assert small.entry("lost", "never") is plain
    assert small.names == ("lost", "lost/twice")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("likely", "likley", "c.yaml:6:17: confidence: unknown 'likley'; did you mean 'likely'?"),
        ("notion: reading", "notion: riding", "c.yaml:7:13: notion: unknown 'riding'"),
        ("rank: 3", "rank: no", "c.yaml:5:11: rank must be a whole number from 0 to 1000"),
        ("level: remark", "level: hint", "c.yaml:13:16: level: unknown 'hint'"),
        ("{fr: t, en: t}", "{fr: t}", "c.yaml:8:12: title: French and English"),
        ("{fr: a, en: b}", "{en: b}", "c.yaml:2:12: reading: no text in the lab's language 'fr'"),
        ('en: "e {line}"', "en: e", "c.yaml:9:18: explanation: French and English, with the same"),
        ("    rank: 3\n", "", "c.yaml:5:5: diagnosis 'lost': 'rank' is missing"),
        ("  lost:", "  Lost:", "c.yaml:4:3: diagnoses: an id is made of a-z, 0-9 and '-'"),
        ("        rank: 4", "        rnak: 4", "unknown key 'rnak'; did you mean 'rank'?"),
    ],
)
def test_errors_have_their_place(old: str, new: str, told: str) -> None:
    assert told in "\n".join(broken(SMALL.replace(old, new, 1)))


# --- what a lab says ---------------------------------------------------------------------


def said(section: str) -> Sayings:
    return sayings_of(load(lab=LAB + section))


def test_a_lab_says_it_in_its_own_words() -> None:
    sayings = said(
        "diagnoses:\n"
        "  never-closes: {title: {fr: Fermez, en: Close}}\n"
        "  both-wait-first/client: {explanation: {fr: 'Attend {call}{line}'}}\n"
        "notions: {receive: {fr: 'chapitre 4'}}\n"
    )
    entry = sayings.entry("never-closes")
    assert entry is not None
    assert entry.title.by_language == {"fr": "Fermez", "en": "Close"}
    assert entry.explanation == BASE.entry("never-closes").explanation
    client, server = (sayings.entry("both-wait-first", v) for v in ("client", "server"))
    assert client is not None
    assert client.explanation.by_language == {"fr": "Attend {call}{line}"}
    assert server == BASE.entry("both-wait-first", "server")
    assert sayings.notion("receive").by_language["fr"] == "chapitre 4"
    assert sayings.notion("receive").in_language("en") == BASE.notions["receive"].in_language("en")


def test_a_lab_switches_one_off() -> None:
    sayings = said("diagnoses:\n  never-closes: {enabled: false}\n  no-listen: {enabled: true}\n")
    assert sayings.entry("never-closes") is None
    assert sayings.entry("no-listen") is not None
    whole = said("diagnoses:\n  endless-loop: {enabled: false}\n")
    assert whole.entry("endless-loop", "accept") is None


@pytest.mark.parametrize(
    ("section", "told"),
    [
        (
            "diagnoses:\n  never-close: {enabled: false}\n",
            "lab.yaml:15:3: diagnoses: no diagnosis 'never-close'; did you mean 'never-closes'?",
        ),
        (
            "diagnoses:\n  endless-loop/acept: {enabled: false}\n",
            "no diagnosis 'endless-loop/acept'; did you mean 'endless-loop/accept'?",
        ),
        (
            "diagnoses:\n  never-closes: off\n",
            "lab.yaml:15:17: diagnosis 'never-closes' must be {enabled: false}, or its title and"
            " explanation reworded, not the text 'off'",
        ),
        ("diagnoses:\n  never-closes: false\n", "must be {enabled: false}, or its title and"),
        (
            "diagnoses:\n  never-closes: {enabled: off}\n",
            "enabled must be true or false, not the text 'off'; did you mean false?",
        ),
        (
            "diagnoses:\n  never-closes: {title: 'a {seen} b {line}'}\n",
            "lab.yaml:15:25: nothing is filled in for {seen}; there are: {at}, {line}, {notion}",
        ),
        ("diagnoses:\n  never-closes: {titel: a}\n", "unknown key 'titel'; did you mean 'title'?"),
        ("diagnoses: [never-closes]\n", "diagnoses must be `id:` lines with what belongs"),
        (
            "notions: {recieve: {fr: a}}\n",
            "notions: unknown key 'recieve'; did you mean 'receive'?",
        ),
    ],
)
def test_errors_of_a_lab_say_what_was_meant(section: str, told: str) -> None:
    assert told in "\n".join(problems(lab=LAB + section))
