"""What is written for a transcript, as the settings want it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from app.conversation.inventions import is_mark_of_silence
from app.dictation.inventions import Dropped, Why
from app.providers.base import Transcript
from app.settings import Settings

if TYPE_CHECKING:
    from app.dictation.text import Written

_LONG_CHARS = 2_000


def load_words() -> None:
    """Load what texts are made with, which takes longer than a start may."""
    import app.dictation.clean_up
    import app.dictation.text  # noqa: F401 - that it is loaded is all


async def words_of(
    transcript: Transcript,
    settings: Settings,
    voiced_ms: float | None = None,
    before: str | None = None,
) -> Written:
    """The text, for a place behind `before` if that is known."""
    from app.dictation.text import Context, written  # see `load_words`

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
