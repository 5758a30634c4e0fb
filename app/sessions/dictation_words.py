"""What is written for a transcript, as the settings want it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from app.conversation.inventions import is_mark_of_silence
from app.dictation.inventions import Dropped, Why
from app.dictation.text import Context, Written, written
from app.providers.base import Transcript
from app.settings import Settings

_LONG_CHARS = 2_000


async def words_of(
    transcript: Transcript,
    settings: Settings,
    voiced_ms: float | None = None,
    before: str | None = None,
) -> Written:
    """The text, for a place behind `before` if that is known."""
    heard, wanted = settings.transcription, settings.dictation
    context = Context(
        language="en" if heard.translate else transcript.language or heard.language,
        before=before,
        voiced_ms=voiced_ms,
        confidence=transcript.confidence,
        vocabulary=tuple(heard.vocabulary),
        replacements=wanted.replacements,
        snippets=wanted.snippets,
        spoken_marks=wanted.spoken_marks,
        numbers=wanted.numbers,
    )
    if len(transcript.text) < _LONG_CHARS:
        result = written(transcript.text, context)
    else:
        result = await asyncio.to_thread(written, transcript.text, context)
    if not transcript.dropped or is_mark_of_silence(transcript.dropped):
        return result
    earlier = Dropped(transcript.dropped, Why.KNOWN_INVENTION)
    return replace(result, dropped=(earlier, *result.dropped))


def dropped_text(result: Written) -> str:
    """The words that were taken for inventions; what the speaker took back is not wanted."""
    return " ".join(d.text for d in result.dropped if d.why is not Why.TAKEN_BACK)
