"""What an answer to an upload says: words, how sure they are, and in which language. Pure."""

from __future__ import annotations

import contextlib
import json
import math
from dataclasses import dataclass
from typing import Any

from app.providers.base import Usage
from app.providers.openai import loose
from app.providers.openai.sse import EventReader

NO_SPEECH_ABOVE = 0.6
UNLIKELY_BELOW = -1.0
"""Whisper's own measure: a segment beyond both was made up from silence."""

_EVENTS = 'data: {"type":'
_NAMES = (
    "af afrikaans ar arabic hy armenian az azerbaijani be belarusian bs bosnian bg bulgarian "
    "ca catalan zh chinese hr croatian cs czech da danish nl dutch en english et estonian "
    "fi finnish fr french gl galician de german el greek he hebrew hi hindi hu hungarian "
    "is icelandic id indonesian it italian ja japanese kn kannada kk kazakh ko korean lv latvian "
    "lt lithuanian mk macedonian ms malay mr marathi mi maori ne nepali no norwegian fa persian "
    "pl polish pt portuguese ro romanian ru russian sr serbian sk slovak sl slovenian es spanish "
    "sw swahili sv swedish tl tagalog ta tamil th thai tr turkish uk ukrainian ur urdu "
    "vi vietnamese cy welsh"
).split()
_CODES = dict(zip(_NAMES[1::2], _NAMES[::2], strict=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """Words of one upload; `confidence` (0..1), `language` (ISO 639-1), `usage` where told.

    `dropped` are words that were made up from silence.
    """

    text: str
    confidence: float | None = None
    language: str = ""
    usage: Usage | None = None
    dropped: str = ""


def read_answer(answer: object) -> Answer | None:
    """Read a decoded answer; None where it has no text at all."""
    text = loose.field(answer, "text")
    if not isinstance(text, str):
        return None
    if text.startswith(_EVENTS):
        return _read_events(text)
    segments = [segment for segment in loose.items(answer, "segments") if isinstance(segment, dict)]
    kept = [segment for segment in segments if not _is_silence(segment)]
    dropped = ""
    if len(kept) < len(segments):
        text = "".join(loose.text(segment, "text") for segment in kept)
        silent = [segment for segment in segments if _is_silence(segment)]
        dropped = "".join(loose.text(segment, "text") for segment in silent).strip()
    confidence = _of_segments(kept) if segments else _of_tokens(loose.items(answer, "logprobs"))
    return Answer(text.strip(), confidence, _language(answer), _usage(answer), dropped)


def _read_events(text: str) -> Answer | None:
    """Some relays put a whole stream of events into the text."""
    for data in EventReader().feed(f"{text}\n\n".encode()):
        with contextlib.suppress(ValueError):
            event = json.loads(data)
            if loose.text(event, "type") == "transcript.text.done":
                return read_answer(event)
    return None


def mean(answers: list[Answer]) -> float | None:
    """The confidence of all, by the length of their words; None where one has none."""
    known = [(len(answer.text), answer.confidence) for answer in answers if answer.text]
    total = sum(length for length, _ in known)
    if not total or any(confidence is None for _, confidence in known):
        return None
    return sum(length * (confidence or 0.0) for length, confidence in known) / total


def billed(answers: list[Answer]) -> Usage | None:
    """What all uploads were billed for; None where one did not tell."""
    told = [answer.usage for answer in answers if answer.usage is not None]
    if not told or len(told) < len(answers):
        return None
    return Usage(
        sum(usage.input_tokens for usage in told),
        sum(usage.output_tokens for usage in told),
        audio_s=sum(usage.audio_s for usage in told),
    )


def _usage(answer: object) -> Usage | None:
    """Seconds of some models, tokens of others."""
    told = loose.record(answer, "usage")
    if (seconds := _number(told, "seconds")) is not None:
        return Usage(audio_s=seconds)
    sent, written = loose.number(told, "input_tokens"), loose.number(told, "output_tokens")
    return None if sent is None or written is None else Usage(sent, written)


def _is_silence(segment: dict[str, Any]) -> bool:
    silence, likely = _number(segment, "no_speech_prob"), _number(segment, "avg_logprob")
    if silence is None or likely is None:
        return False
    return silence > NO_SPEECH_ABOVE and likely < UNLIKELY_BELOW


def _of_segments(segments: list[dict[str, Any]]) -> float | None:
    """By length in time, how likely the words are and that there were any."""
    total, sure = 0.0, 0.0
    for segment in segments:
        likely = _number(segment, "avg_logprob")
        if likely is None:
            return None
        begins, ends = _number(segment, "start") or 0.0, _number(segment, "end") or 0.0
        lasts = max(ends - begins, 0.01)
        total += lasts
        sure += lasts * math.exp(min(likely, 0.0)) * (1 - (_number(segment, "no_speech_prob") or 0))
    return min(1.0, max(0.0, sure / total)) if total else None


def _of_tokens(logprobs: list[Any]) -> float | None:
    """The geometric mean of the tokens' probabilities."""
    known = [likely for token in logprobs if (likely := _number(token, "logprob")) is not None]
    return math.exp(min(sum(known) / len(known), 0.0)) if known else None


def _language(answer: object) -> str:
    """`languages` of the newer models, or the name or code that Whisper tells."""
    for entry in loose.items(answer, "languages"):
        code = loose.text(entry, "code").lower().partition("-")[0]
        if len(code) == 2:
            return code
    told = loose.text(answer, "language").lower()
    return told if len(told) == 2 else _CODES.get(told, "")


def _number(value: object, name: str) -> float | None:
    found = loose.field(value, name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        return None
    return float(found)
