from __future__ import annotations

import json
import math
from typing import Any

import pytest

from app.providers.base import Usage
from app.providers.openai.voice_answers import Answer, billed, mean, read_answer
from app.providers.openai.voice_inventions import is_invented, loudest_dbfs
from audio.pcm import Clip

SILENT = Clip(16_000, bytes(32_000))
LOUD = Clip(16_000, (8000).to_bytes(2, "little") * 16_000)
SHORT_WORD = Clip(16_000, bytes(32_000) + (8000).to_bytes(2, "little") * 3200)


def segment(text: str, likely: float, silence: float, begins: float = 0.0) -> dict[str, Any]:
    told = {"avg_logprob": likely, "no_speech_prob": silence}
    return {"text": text, "start": begins, "end": begins + 1.0, **told}


def test_segments_tell_how_sure_the_words_are() -> None:
    segments = [segment(" Good", -0.1, 0.0), segment(" day.", -0.3, 0.1, 1.0)]
    answer = read_answer({"text": " Good day.", "language": "english", "segments": segments})
    expected = (math.exp(-0.1) + math.exp(-0.3) * 0.9) / 2
    assert answer is not None
    assert (answer.text, answer.language) == ("Good day.", "en")
    assert answer.confidence == pytest.approx(expected)


def test_a_segment_of_silence_is_left_out() -> None:
    segments = [segment(" Good day.", -0.1, 0.0), segment(" Thank you.", -1.3, 0.8, 1.0)]
    answer = read_answer({"text": "Good day. Thank you.", "segments": segments})
    assert answer is not None
    assert (answer.text, answer.dropped) == ("Good day.", "Thank you.")
    assert answer.confidence == pytest.approx(math.exp(-0.1))


@pytest.mark.parametrize(("likely", "silence"), [(-0.2, 0.9), (-1.5, 0.1)])
def test_a_segment_that_may_be_speech_is_kept(likely: float, silence: float) -> None:
    answer = read_answer({"text": "Yes.", "segments": [segment("Yes.", likely, silence)]})
    assert answer is not None
    assert answer.text == "Yes."


@pytest.mark.parametrize(
    "answer",
    [
        {"text": "x", "segments": [None, 3, {}]},
        {"text": "x", "segments": {}, "logprobs": "no", "languages": [3, {}]},
        {"text": "x", "logprobs": [{"logprob": None}, {"logprob": "1"}, {"logprob": math.nan}]},
        {"text": "x", "language": 5},
    ],
)
def test_what_is_told_oddly_is_not_known(answer: dict[str, Any]) -> None:
    found = read_answer(answer)
    assert found is not None
    assert (found.confidence, found.language) == (None, "")


def test_a_stream_inside_the_text_is_read() -> None:
    events = [
        {"type": "transcript.text.delta", "delta": "Good"},
        {"type": "transcript.text.done", "text": "Good day.", "languages": [{"code": "en"}]},
    ]
    lines = [f"data: {json.dumps(event, separators=(',', ':'))}" for event in events]
    whole = read_answer({"text": "\n\n".join([*lines, "data: [DONE]"])})
    assert whole == Answer("Good day.", None, "en")
    assert read_answer({"text": lines[0]}) is None


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"text": None}, {"text": 3}])
def test_an_answer_without_text_is_none(answer: object) -> None:
    assert read_answer(answer) is None


@pytest.mark.parametrize(
    ("told", "code"), [("german", "de"), ("de", "de"), ("klingon", ""), ("Chinese", "zh")]
)
def test_languages_are_told_by_name_or_code(told: str, code: str) -> None:
    answer = read_answer({"text": "x", "language": told})
    assert answer is not None
    assert answer.language == code


def test_the_confidence_of_pieces_counts_by_their_words() -> None:
    assert mean([Answer("abc", 1.0), Answer("a", 0.0), Answer("")]) == 0.75
    assert mean([Answer("abc", 1.0), Answer("a")]) is None
    assert mean([]) is None


@pytest.mark.parametrize(
    ("text", "clip", "confidence", "invented"),
    [
        ("Thank you.", SILENT, None, True),
        ("Thank you.", SILENT, 0.7, True),
        ("Thank you.", SILENT, 0.9, False),
        ("Thank you.", LOUD, None, False),
        ("Thank you.", LOUD, 0.3, True),
        ("Thank you.", LOUD, 0.5, False),
        ("Thank you.", SHORT_WORD, None, False),
        ("Thank you for the tea.", SILENT, 0.1, False),
        ("Thanks for watching!", SILENT, None, True),
        ("ご視聴ありがとうございました。", SILENT, None, True),
        ("Untertitel der Amara.org-Community", SILENT, None, True),
        ("[BLANK_AUDIO]", LOUD, 0.9, True),
        (" (silence) ", LOUD, None, True),
        ("♪", LOUD, None, True),
        ("(music) Play it.", LOUD, None, False),
        ("Music", LOUD, 0.9, False),
        ("Sayso, Größe", SILENT, None, True),
        ("Sayso Größe", LOUD, None, False),
        ("Sayso", SILENT, None, False),
        ("", SILENT, None, False),
    ],
)
def test_only_inventions_over_silence_are_dropped(
    text: str, clip: Clip, confidence: float | None, invented: bool
) -> None:
    assert is_invented(text, clip, confidence, ("Sayso", "Größe")) is invented


def test_the_loudest_moment_counts() -> None:
    assert loudest_dbfs(SHORT_WORD) == pytest.approx(loudest_dbfs(LOUD), abs=0.5)
    assert loudest_dbfs(SILENT) == loudest_dbfs(Clip(16_000, b"")) == -90.0


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ({"type": "duration", "seconds": 3}, Usage(audio_s=3.0)),
        ({"type": "tokens", "input_tokens": 16, "output_tokens": 6}, Usage(16, 6)),
        ({"type": "tokens", "input_tokens": 16}, None),
        ("much", None),
        (None, None),
    ],
)
def test_what_was_billed_is_read(told: object, usage: Usage | None) -> None:
    answer = read_answer({"text": "tea", "usage": told})
    assert answer is not None
    assert answer.usage == usage


def test_all_uploads_are_billed_or_nothing_is_known() -> None:
    first, second = Answer("a", usage=Usage(3, 1)), Answer("b", usage=Usage(audio_s=2.5))
    assert billed([first, second]) == Usage(3, 1, audio_s=2.5)
    assert billed([first, Answer("c")]) is None
    assert billed([]) is None
