from __future__ import annotations

import json

import pytest

from app.errors import AppError, Code
from app.files.formats import Format, cues, rendered
from app.files.transcript import FileTranscript, PartText, Segment, segments_of

TALK = FileTranscript(
    "talk.mp3", 730_000, "built in", "en",
    [
        Segment(500, 2500, "Hello there. This is <b> & more."),
        Segment(720_000, 725_000, None),
        Segment(726_000, 728_000, "And the end."),
    ],
    AppError(Code.SERVER_ERROR, "example.org"),
)  # fmt: skip


def part(number: int, begins_s: int, ends_s: int, text: str | None, overlaps=False) -> PartText:
    times = (begins_s * 1000, ends_s * 1000)
    return PartText(number, *times, times, overlaps, text)


def test_text_names_each_gap_on_its_own_line() -> None:
    assert rendered(TALK, Format.TXT) == (
        "Hello there. This is <b> & more.\n[00:12:00–00:12:05 not transcribed]\nAnd the end.\n"
    )


def test_failed_neighbours_are_one_gap() -> None:
    found = segments_of(
        [part(0, 0, 10, "a"), part(1, 10, 20, None), part(2, 20, 30, None), part(3, 30, 40, "b")]
    )
    assert [(s.begins_ms, s.ends_ms, s.text) for s in found] == [
        (0, 10_000, "a"), (10_000, 30_000, None), (30_000, 40_000, "b"),
    ]  # fmt: skip


def test_an_overlap_is_in_one_segment_only() -> None:
    found = segments_of([part(0, 0, 12, "one two three four"), part(1, 9, 20, "four five", True)])
    assert [s.text for s in found] == ["one two three four", "five"]


def test_silent_parts_are_no_segments() -> None:
    assert segments_of([part(0, 0, 10, "")]) == []


def test_srt() -> None:
    assert rendered(TALK, Format.SRT) == (
        "1\n00:00:00,500 --> 00:00:02,500\nHello there. This is <b> & more.\n\n"
        "2\n00:12:00,000 --> 00:12:05,000\n[00:12:00–00:12:05 not transcribed]\n\n"
        "3\n00:12:06,000 --> 00:12:08,000\nAnd the end.\n"
    )


def test_vtt() -> None:
    text = rendered(TALK, Format.VTT)
    assert text.startswith(
        "WEBVTT\n\n00:00:00.500 --> 00:00:02.500\nHello there. This is &lt;b&gt;"
    )
    assert "&amp; more.\n\n00:12:00.000 --> " in text


def test_json_says_where_its_times_come_from_and_what_is_missing() -> None:
    told = json.loads(rendered(TALK, Format.JSON))
    assert (told["times"], told["complete"], told["duration_s"]) == ("cuts", False, 730.0)
    assert told["segments"][1] == {
        "begins_s": 720.0, "ends_s": 725.0, "text": None, "confidence": None
    }  # fmt: skip
    assert told["error"]["code"] == "server_error"
    assert (told["file"], told["by"], told["language"]) == ("talk.mp3", "built in", "en")


@pytest.mark.parametrize(
    "text",
    [
        "word " * 90,
        "A short one. " * 30,
        "我们去了老港口。" * 40,
        "x" * 200,
    ],
)
def test_long_texts_become_subtitles_that_fit_and_follow_one_another(text: str) -> None:
    found = cues([Segment(1000, 31_000, text.strip())])
    assert len(found) > 1 or " " not in text
    assert found[0].begins_ms == 1000
    assert found[-1].ends_ms == 31_000
    for cue, following in zip(found, found[1:], strict=False):
        assert cue.begins_ms < cue.ends_ms <= following.begins_ms
    assert all(len(cue.text) <= 84 for cue in found if " " in text)
    assert "".join(c.text for c in found).replace(" ", "") == text.replace(" ", "")
