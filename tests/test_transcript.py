"""Transcripts are kept as they were, whatever bytes they hold; a cut one is refused."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import transcript as tr

_texts = st.text(max_size=8)
_numbers = st.integers(min_value=0, max_value=2**62)
_times = st.integers(min_value=0, max_value=2**62)
_data = st.binary(max_size=24)
_address = st.tuples(_texts, st.integers(0, 65535))
_calls = st.builds(
    tr.Call, pid=_numbers, tid=_numbers, name=_texts, fd=st.none() | st.integers(0, 300),
    target=_texts, size=st.none() | _numbers, limited=st.booleans(),
)  # fmt: skip
_sockets = st.builds(
    tr.Socket, protocol=_texts, state=_texts, local=_address, remote=_address,
    receive_queue=_numbers, send_queue=_numbers,
)  # fmt: skip
_frames = st.builds(tr.Frame, file=_texts, line=_numbers, function=_texts)
_headers = st.builds(
    tr.Header, run=_texts, scenario=_texts, role=_texts, program=_texts,
    texts=st.dictionaries(_texts, _texts, max_size=3), port=st.integers(0, 65535),
    delivery=_texts, seed=_texts, isolation=_texts, facts=_texts, interpreter=_texts,
    started=_texts, schema_version=st.just(tr.SCHEMA_VERSION),
)  # fmt: skip
_ends = st.builds(
    tr.Ended, t=_times, outcome=_texts, limit=st.none() | _texts, status=st.none() | _numbers,
    signal=st.none() | _texts, cpu=_numbers, problem=_texts,
)  # fmt: skip
_FIELDS: dict[str, st.SearchStrategy[object]] = {
    "data": _data,
    "messages": st.lists(_texts, max_size=2).map(tuple),
    "local": _address,
    "remote": _address,
    "calls": st.lists(_calls, max_size=2).map(tuple),
    "sockets": st.lists(_sockets, max_size=2).map(tuple),
    "frames": st.one_of(_numbers),
}


def _entries_of(kind: type[tr.AnyEntry]) -> st.SearchStrategy[tr.AnyEntry]:
    """Any entry of this kind: each field by its type."""
    by_type: dict[object, st.SearchStrategy[object]] = {
        int: _numbers, str: _texts, bool: st.booleans(), bytes: _data,
        int | None: st.none() | _numbers, str | None: st.none() | _texts,
    }  # fmt: skip
    fields = {
        f.name: by_type[f.type] if f.type in by_type else _FIELDS[f.name]
        for f in msgspec.structs.fields(kind)
    }
    if kind is tr.Position:
        fields["frames"] = st.lists(_frames, max_size=3).map(tuple)
    return st.builds(kind, **fields)


KINDS: tuple[type[tr.AnyEntry], ...] = (
    tr.Started, tr.Listener, tr.Connected, tr.Refused, tr.Dialed, tr.Sent, tr.Received,
    tr.EndOfStream, tr.ConnectionReset, tr.Closed, tr.Consumed, tr.Stdout, tr.Stderr,
    tr.Keyboard, tr.Step, tr.State, tr.Position, tr.Exited, tr.Killed, tr.LimitReached,
    tr.WireLoss, tr.Ended,
)  # fmt: skip
_entries = st.one_of([_entries_of(kind) for kind in KINDS])
_transcripts = st.builds(
    lambda header, entries, end: tr.of(header, [*entries, end]),
    _headers,
    st.lists(_entries, max_size=6),
    _ends,
)


def sample(*entries: tr.AnyEntry) -> tr.Transcript:
    header = tr.Header(
        run="r", scenario="s", role="server", program="p.py", texts={"hello": "é"}, port=1,
        delivery="separate", seed="00", isolation="full", facts="kernel", interpreter="3",
        started="now",
    )  # fmt: skip
    return tr.of(header, [*entries, tr.Ended(t=9, outcome="completed", status=0)])


@settings(max_examples=150)
@given(_transcripts)
def test_a_saved_transcript_is_the_same(transcript: tr.Transcript) -> None:
    assert tr.load(tr.dump(transcript)) == transcript


@settings(max_examples=80)
@given(_transcripts, st.data())
def test_a_cut_one_is_refused(transcript: tr.Transcript, data: st.DataObject) -> None:
    """Cut anywhere: before its last line is whole, it is none."""
    saved = tr.dump(transcript).rstrip(b"\n")
    cut = saved[: data.draw(st.integers(0, len(saved) - 1))]
    lines = cut.splitlines()
    # Of several ends in a row the first ones make a whole transcript too.
    if len(lines) > 1 and b'"type":"ended"' in lines[-1] and lines[-1].endswith(b"}"):
        return
    with pytest.raises(ValueError):  # noqa: PT011 -- any: the decoder's, the file's, ours
        tr.load(cut)


@given(st.binary(max_size=200))
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- any: the decoder's, the file's, ours
        tr.load(data)


@given(st.text(alphabet="\r\n\x0b\x0c\x1c\x85\u2028é\0 ", max_size=12))
def test_line_breaks_inside_do_not_break_lines(text: str) -> None:
    transcript = sample(tr.Refused(t=1, reason=text), tr.Stdout(t=2, data=text.encode()))
    assert tr.load(tr.dump(transcript)) == transcript


def test_streams_are_joined() -> None:
    transcript = sample(
        tr.Stdout(t=1, data=b"a\n"), tr.Stderr(t=2, data=b"x"), tr.Stdout(t=3, data=b"b\n")
    )
    assert (transcript.stdout, transcript.stderr) == (b"a\nb\n", b"x")
    assert transcript.end.outcome == "completed"


def test_one_without_an_end_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="no end"):
        tr.of(sample().header, [tr.Started(t=0)])
    with pytest.raises(ValueError, match="empty"):
        tr.load(b"")


def test_an_unknown_kind_of_entry_is_refused() -> None:
    saved = tr.dump(sample(tr.Started(t=0))).replace(b'"started","t"', b'"surprise","t"')
    with pytest.raises(ValueError, match="surprise"):
        tr.load(saved)
