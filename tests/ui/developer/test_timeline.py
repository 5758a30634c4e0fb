"""What the developer view keeps: bounded, and neither sound nor secrets."""

from __future__ import annotations

import base64
import json

from app import redaction
from app.providers.voice_session import WireNote
from app.realtime.events import TurnTimed
from ui.developer.timeline import MOST_ROWS, Direction, Timeline, as_text, size_of
from ui.developer.turns import Step, bar_of, scale_of, told

CANARY = "canary-7f3a91c2-secret-of-a-server"
SOUND = base64.b64encode(bytes(range(256)) * 4).decode()


def note(kind: str, at_s: float = 1.0, *, sent: bool = True, detail: str = "") -> WireNote:
    return WireNote(at_s, sent, kind, 100, detail)


def test_pieces_of_a_stream_are_one_row_and_others_are_not() -> None:
    timeline = Timeline()
    for at in range(5):
        timeline.note(note("input_audio_buffer.append", 10 + at / 10))
    timeline.note(note("input_audio_buffer.append", 11, sent=False))
    for _ in range(2):
        timeline.note(note("response.create", 12))
    assert [(row.kind, row.times, row.size_bytes) for row in timeline.rows] == [
        ("input_audio_buffer.append", 5, 500),
        ("input_audio_buffer.append", 1, 100),
        ("response.create", 1, 100),
        ("response.create", 1, 100),
    ]
    assert (timeline.rows[0].at_s, timeline.rows[0].until_s) == (10, 10.4)
    assert (timeline.events, timeline.size_bytes) == (8, 800)


def test_streams_side_by_side_are_a_row_each_until_something_else_comes() -> None:
    timeline = Timeline()
    words, sound = "response.output_audio_transcript.delta", "response.output_audio.delta"
    for _ in range(3):
        timeline.note(note(words, sent=False))
        timeline.note(note(sound, sent=False))
    timeline.note(note("response.done", sent=False))
    timeline.note(note(sound, sent=False))
    assert [(row.kind, row.times) for row in timeline.rows] == [
        (words, 3),
        (sound, 3),
        ("response.done", 1),
        (sound, 1),
    ]


def test_memory_is_bounded() -> None:
    timeline = Timeline()
    for at in range(MOST_ROWS + 500):
        timeline.note(note("response.done", float(at), detail="word " * 100))
        timeline.turn(TurnTimed(f"r{at}"))
    assert len(timeline.rows) == MOST_ROWS
    assert timeline.rows[0].at_s == 500
    assert len(timeline.turns) == 100
    assert max(len(row.detail) for row in timeline.rows) <= 240
    timeline.clear()
    assert (len(timeline.rows), len(timeline.turns), timeline.events) == (0, 0, 0)


def test_neither_a_key_nor_sound_is_ever_kept_shown_copied_or_exported() -> None:
    redaction.hide(CANARY)
    timeline = Timeline()
    for detail in (
        f"{'word ' * 398}{CANARY}",
        f"Authorization: Bearer {CANARY}",
        f"wrong key {CANARY[:12]}…{CANARY[-8:]}",
        f"Incorrect API key provided: sk-proj-{CANARY}",
        base64.b64encode(CANARY.encode()).decode(),
        f'audio: "{SOUND}"',
    ):
        timeline.note(note("error", detail=detail))
    timeline.note(note(f"odd.{CANARY}"))
    timeline.turn(TurnTimed(CANARY, paused_s=1.0))
    for text in (timeline.exported(), as_text(timeline.rows, 0.0), str(timeline.rows)):
        assert CANARY not in text
        assert CANARY[:12] not in text
        assert CANARY[-8:] not in text
        assert base64.b64encode(CANARY.encode()).decode()[:20] not in text
        assert SOUND[:40] not in text


def test_what_is_exported_can_be_read_again() -> None:
    timeline = Timeline()
    timeline.note(note("session.update", 100.5, detail="14 tools"))
    timeline.note(note("response.output_audio.delta", 100.75, sent=False))
    timeline.note(note("response.output_audio.delta", 101.0, sent=False))
    timeline.turn(TurnTimed("r1", paused_s=100.5, asked_s=100.51, spoken_s=100.9))
    read = json.loads(timeline.exported())
    assert read["events"] == [
        {
            "at_s": 0.0,
            "direction": "sent",
            "kind": "session.update",
            "size_bytes": 100,
            "detail": "14 tools",
        },
        {
            "at_s": 0.25,
            "direction": "received",
            "kind": "response.output_audio.delta",
            "size_bytes": 200,
            "times": 2,
            "until_s": 0.5,
        },
    ]
    assert read["turns"] == [{"reply_id": "r1", "paused_s": 0.0, "asked_s": 0.01, "spoken_s": 0.4}]


def test_rows_are_filtered_by_words_and_direction() -> None:
    timeline = Timeline()
    timeline.note(note("response.create", detail="for item_7"))
    timeline.note(note("response.done", sent=False, detail="completed"))
    timeline.note(note("error", sent=False, detail="no active response"))
    assert len(timeline.matching("", Direction.BOTH)) == 3
    assert len(timeline.matching("RESPONSE", Direction.BOTH)) == 3
    assert [row.kind for row in timeline.matching("response", Direction.SENT)] == [
        "response.create"
    ]
    assert [row.kind for row in timeline.matching("active error", Direction.BOTH)] == ["error"]


def test_sizes_are_read_at_a_glance() -> None:
    assert [size_of(size) for size in (12, 4_130, 2_040_000)] == ["12 B", "4.1 kB", "2.0 MB"]


# Turns


def test_a_turn_is_the_steps_between_its_moments() -> None:
    bar = bar_of(
        TurnTimed(
            "r",
            paused_s=10.0,
            certain_s=10.4,
            asked_s=10.004,
            begun_s=10.18,
            first_sound_s=10.24,
            spoken_s=10.412,
        )
    )
    assert bar is not None
    assert [(part.step, round(part.to_ms)) for part in bar.parts] == [
        (Step.ASK, 4),
        (Step.SERVER, 180),
        (Step.SOUND, 240),
        (Step.HOLD, 412),
    ]
    assert told(bar) == (
        "asked after 4 ms, server begins after 180 ms, first sound after 240 ms, "
        "heard after 412 ms, turn certain after 400 ms"
    )
    assert scale_of([bar]) == (500.0, 100.0)


def test_a_turn_that_was_never_heard_has_no_time_and_no_start_is_no_bar() -> None:
    bar = bar_of(TurnTimed("r", paused_s=1.0, asked_s=1.1))
    assert bar is not None
    assert bar.heard_ms is None
    assert bar_of(TurnTimed("r")) is None
    assert scale_of([]) == (100.0, 20.0)


def test_moments_in_the_wrong_order_make_no_stretch_that_runs_backwards() -> None:
    bar = bar_of(TurnTimed("r", paused_s=2.0, asked_s=1.5, begun_s=2.5, first_sound_s=2.2))
    assert bar is not None
    assert [(part.from_ms, part.to_ms) for part in bar.parts] == [(0.0, 500.0)]


def test_later_news_of_a_turn_take_the_place_of_earlier_ones() -> None:
    timeline = Timeline()
    timeline.turn(TurnTimed("a", paused_s=1.0))
    timeline.turn(TurnTimed("b", paused_s=2.0))
    timeline.turn(TurnTimed("a", paused_s=1.0, spoken_s=1.5))
    assert [(turn.reply_id, turn.spoken_s) for turn in timeline.turns] == [("a", 1.5), ("b", None)]
