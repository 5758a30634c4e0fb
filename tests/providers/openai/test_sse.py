from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.providers.openai.sse import EventReader


def _read(*pieces: bytes) -> list[str]:
    reader = EventReader()
    return [event for piece in pieces for event in reader.feed(piece)]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\ndata: b\n\n", ["a", "b"]),
        (b"data:a\r\n\r\n", ["a"]),
        (b"data: a\r\rdata: b\r\r\n", ["a", "b"]),
        (b"data: a\ndata:  b\n\n", ["a\n b"]),
        (b": comment\n\nevent: x\nid: 7\ndata: a\n\n", ["a"]),
        (b"data: cut", []),
        (b"data: cut\n", []),
        (b"data\n\n", [""]),
        (b"\n\n\n", []),
        ("data: ä漢\n\n".encode(), ["ä漢"]),
    ],
)
def test_stream_becomes_events(stream: bytes, events: list[str]) -> None:
    assert _read(stream) == events


@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8")), max_size=4),
    st.data(),
)
def test_any_cut_of_the_stream_gives_the_same_events(texts: list[str], data: st.DataObject) -> None:
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    stream = "".join(f"data: {text}{end}{end}" for text in texts).encode() + b": end\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    bounds = [0, *cuts, len(stream)]
    pieces = [stream[a:b] for a, b in zip(bounds, bounds[1:], strict=False)]
    assert _read(*pieces) == texts


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        _read(b"data: \xff\n\n")
