"""The expectations beside the sample submissions are complete and add up."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from samples import EXPECTED, SUBMISSIONS, Sample, load_sample, load_samples

# The contract of tp09, written out: the lab's own file is checked against it elsewhere.
POINTS = {
    "server.listen": 1,
    "server.any": 1,
    "server.greeting": 2,
    "server.print1": 2,
    "server.print2": 2,
    "server.close": 1,
    "server.exit": 1,
    "client.connect": 1,
    "client.print": 3,
    "client.send1": 2,
    "client.send2": 2,
    "client.close": 1,
    "client.exit": 1,
}
EARNED = {"pass": Fraction(1), "partial": Fraction(1, 2), "fail": Fraction(0)}
OUTCOMES = {"completed", "stuck", "crashed", "timeout", "limit", "skipped", "not_run"}
_CATALOGUE = """
    one-recv-is-one-message one-recv-two-messages send-str-not-bytes bytes-repr
    accept-tuple-not-unpacked io-on-listening-socket closes-listener-in-loop accept-once
    sequential-server never-closes ignores-end-of-stream waits-for-end-of-stream
    both-wait-first missing-terminator line-ending-mix no-reuseaddr options-ored
    client-before-server address-not-a-tuple port-not-a-number other-port-or-host
    port-byte-order no-listen datagram-instead-of-stream bound-to-one-interface
    closes-with-unread-data split-character length-prefix-wrong framing-drift
    partial-send-ignored writes-after-close dies-on-reset leaves-early error-swallowed
    keyboard-at-end-of-input output-not-flushed buffer-not-terminated sizeof-pointer
    error-result-used two-readers-one-socket thread-called-not-started extra-output
    reconnects-each-message port-taken-by-another
    hard-coded-output prints-length-only no-print prints-to-stderr speaks-first
    never-receives never-accepts wrong-text swapped-messages second-message-missing
    merged-messages non-ascii-bytes-literal decode-error syntax-error missing-module
    missing-argument missing-file empty-program waits-for-keyboard endless-loop
    sleeps-too-long exit-status output-altered
"""
DIAGNOSES = frozenset(_CATALOGUE.split())

SAMPLES = load_samples()
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)


def test_there_are_enough_of_both_kinds() -> None:
    right = [s for s in SAMPLES if s.is_right]
    assert len(right) >= 12
    assert len(SAMPLES) - len(right) >= 22


@each_sample
def test_all_criteria_are_there_in_order(sample: Sample) -> None:
    assert list(sample.criteria) == list(POINTS)
    assert set(sample.criteria.values()) <= set(EARNED)


@each_sample
def test_the_score_is_the_sum_of_the_points(sample: Sample) -> None:
    assert sample.score == sum(POINTS[c] * EARNED[s] for c, s in sample.criteria.items())


@each_sample
def test_ids_are_known(sample: Sample) -> None:
    assert set(sample.diagnoses) <= DIAGNOSES
    assert len(set(sample.diagnoses)) == len(sample.diagnoses)
    assert set(sample.runs) <= {"server-nominal", "client-nominal"}
    assert set(sample.runs.values()) <= OUTCOMES


@each_sample
def test_the_name_tells_the_kind(sample: Sample) -> None:
    assert sample.is_right or sample.name.startswith("faute_")
    assert sample.is_right == (sample.score == sum(POINTS.values()))
    if sample.is_right:
        assert not sample.diagnoses, "a right program has remarks at most"


@each_sample
def test_only_programs_lie_beside_the_expectation(sample: Sample) -> None:
    assert 1 <= len(sample.programs) <= 2
    assert {p.suffix for p in sample.programs} == {".py"}


@each_sample
def test_right_programs_are_python(sample: Sample) -> None:
    if sample.is_right:
        for program in sample.programs:
            compile(program.read_bytes(), program.name, "exec", dont_inherit=True)


def test_few_samples_need_the_deadline() -> None:
    assert sum("timeout" in s.runs.values() for s in SAMPLES) <= 3


def test_the_sources_are_kept_as_they_were_handed_in() -> None:
    windows = (SUBMISSIONS / "juste_crlf_bom" / "serveur.py").read_bytes()
    assert windows.startswith(b"\xef\xbb\xbf")
    assert windows.count(b"\r\n") == windows.count(b"\n") > 0
    latin = (SUBMISSIONS / "juste_latin1" / "serveur.py").read_bytes()
    assert "établie".encode("latin-1") in latin


GOOD = "about: x\nscore: 20\ncriteria: {a: pass}\ndiagnoses: []\nruns: {}\n"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD.replace("score: 20", "score: 17.5"), "exact"),
        (GOOD.replace("score: 20", "score: 1/0"), "no number"),
        (GOOD.replace("score: 20\n", ""), "keys"),
        (GOOD.replace("about: x", "about: ''"), "about"),
        (GOOD.replace("{a: pass}", "{a: yes}"), "criteria.a"),
        (GOOD.replace("[]", "none"), "diagnoses"),
        (GOOD.replace("runs: {}", "runs: []"), "runs"),
        ("a: [", "sample"),
    ],
)
def test_a_wrong_expectation_is_refused(tmp_path: Path, wrong: str, said: str) -> None:
    folder = tmp_path / "sample"
    folder.mkdir()
    (folder / EXPECTED).write_text(wrong, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        load_sample(folder)


def test_an_expectation_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    with pytest.raises(ValueError, match="sample"):
        load_samples(tmp_path)


def test_files_beside_the_samples_are_no_samples(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("hello", encoding="utf-8")
    assert load_samples(tmp_path) == []
