"""Frames without a socket: however the bytes are cut, the same messages come out, and garbage never crashes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitator.live import frames
from tests.live.raw_phone import masked

LIMIT = 70_000
keys = st.binary(min_size=4, max_size=4)
texts = st.tuples(st.just(frames.TEXT), st.lists(st.binary(max_size=300), min_size=1, max_size=4))
pings = st.tuples(
    st.sampled_from([frames.PING, frames.PONG]), st.lists(st.binary(max_size=125), min_size=1, max_size=1)
)


def _written(opcode, parts, key):
    last = len(parts) - 1
    return b"".join(
        masked(frames.CONTINUATION if number else opcode, part, final=number == last, key=key)
        for number, part in enumerate(parts)
    )


def _read(data, cuts):
    reader = frames.Reader(LIMIT)
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [message for start, end in pairwise(edges) for message in reader.feed(data[start:end])]


@given(st.lists(st.one_of(texts, pings), max_size=6), keys, st.lists(st.integers(0, 10_000), max_size=8))
def test_messages_come_out_whole_however_the_bytes_are_cut(messages, key, cuts):
    data = b"".join(_written(opcode, parts, key) for opcode, parts in messages)
    assert _read(data, cuts) == [(opcode, b"".join(parts)) for opcode, parts in messages]


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_waited_for(data):
    codes = []
    try:
        _read(data, [])
    except frames.ProtocolError as error:
        codes.append(error.code)
    assert codes in ([], [frames.PROTOCOL_ERROR], [frames.NOT_TEXT], [frames.TOO_BIG])


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_every_kind_of_length_survives_the_way_there_and_back(size):
    payload = bytes(number % 251 for number in range(size))
    assert _read(masked(frames.TEXT, payload), [3, 7]) == [(frames.TEXT, payload)]
    frame = frames.encode(frames.TEXT, payload)
    assert (frame[-size:] if size else b"") == payload
    assert len(frame) == size + (2 if size < 126 else 4 if size < 65_536 else 10)
