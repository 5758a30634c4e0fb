"""The Realtime API's events, as they are sent and named. Pure: no clock, no socket.

GA names are sent. The names of the retired beta are understood, since compatible servers send them.
Every event that is sent has an `event_id` whose first word says what was asked for.
"""

from __future__ import annotations

import base64
import binascii
import enum
import re
from collections.abc import Mapping
from typing import Any

from app.providers.base import Hints
from app.providers.catalogue import facts
from app.providers.openai import loose
from app.providers.voice_session import SESSION_RATE_HZ

Json = dict[str, Any]

RATE_HZ = SESSION_RATE_HZ
PCM = {"type": "audio/pcm", "rate": RATE_HZ}
SETUP_ID = "setup"
LEAST_COMMITTED_MS = 100
"""Servers refuse to commit less."""

CREATED = "session.created"
UPDATED = "session.updated"
COMMITTED = "input_audio_buffer.committed"
WORDS = "conversation.item.input_audio_transcription"
WORDS_SO_FAR = f"{WORDS}.delta"
WORDS_WHOLE = f"{WORDS}.completed"
WORDS_FAILED = f"{WORDS}.failed"

_OLD_NAMES = {
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
    "conversation.item.created": "conversation.item.added",
    "transcription_session.created": CREATED,
    "transcription_session.updated": UPDATED,
}


class Race(enum.Enum):
    """An error that comes of two sides acting at once, and is none."""

    ACTIVE_ALREADY = "conversation_already_has_active_response"
    NOT_ACTIVE = "response_cancel_not_active"
    NOTHING_TO_COMMIT = "input_audio_buffer_commit_empty"


_RACES = {race.value: race for race in Race}
_RACE_SENTENCES = (
    (
        Race.ACTIVE_ALREADY,
        re.compile(r"already has an active response|another response is in progress", re.I),
    ),
    (Race.NOT_ACTIVE, re.compile(r"no active response", re.I)),
    (Race.NOTHING_TO_COMMIT, re.compile(r"buffer (is )?(too small|empty)", re.I)),
)


def kind_of(event: Mapping[str, Any]) -> str:
    """The GA name of what a server sent; empty for what is no event."""
    kind = loose.text(event, "type")
    return _OLD_NAMES.get(kind, kind)


def race_of(error: Mapping[str, Any]) -> Race | None:
    """The race that an error tells of, by its code or else by its sentence."""
    if race := _RACES.get(loose.text(error, "code")):
        return race
    told = loose.text(error, "message")
    return next((race for race, pattern in _RACE_SENTENCES if pattern.search(told)), None)


def cause_of(event_id: str) -> str:
    """What was asked for by an event with this id: its first word."""
    return event_id.partition("-")[0]


def append(pcm: bytes, event_id: str) -> str:
    """The event with more sound, as it is sent. Written by hand: it is sent 30 times a second."""
    sound = base64.b64encode(pcm).decode()
    return f'{{"type":"input_audio_buffer.append","event_id":"{event_id}","audio":"{sound}"}}'


def commit(event_id: str) -> Json:
    """The sound so far is a turn."""
    return {"type": "input_audio_buffer.commit", "event_id": event_id}


def clear(event_id: str) -> Json:
    """Forgets the sound that was not committed."""
    return {"type": "input_audio_buffer.clear", "event_id": event_id}


def session_update(event_id: str, session: Mapping[str, Any]) -> Json:
    """Changes what a session was told."""
    return {"type": "session.update", "event_id": event_id, "session": dict(session)}


def item_create(event_id: str, item: Mapping[str, Any]) -> Json:
    """Puts an item into the conversation."""
    return {"type": "conversation.item.create", "event_id": event_id, "item": dict(item)}


def item_delete(event_id: str, item_id: str) -> Json:
    """Takes an item out of it."""
    return {"type": "conversation.item.delete", "event_id": event_id, "item_id": item_id}


def item_truncate(event_id: str, item_id: str, part: int, heard_ms: int) -> Json:
    """Only this much of a spoken item was heard. `part` is the place of its sound in the item."""
    return {
        "type": "conversation.item.truncate",
        "event_id": event_id,
        "item_id": item_id,
        "content_index": part,
        "audio_end_ms": heard_ms,
    }


def response_create(event_id: str, instructions: str, *, aside: bool) -> Json:
    """Asks for a response. One that is aside stays out of the conversation and calls nothing."""
    response: Json = {"metadata": {"ref": event_id}}
    if instructions:
        response["instructions"] = instructions
    if aside:
        response |= {"conversation": "none", "tool_choice": "none"}
    return {"type": "response.create", "event_id": event_id, "response": response}


def response_cancel(event_id: str, response_id: str = "") -> Json:
    """Stops a response; without an id the one that is going on."""
    event = {"type": "response.cancel", "event_id": event_id}
    return event | ({"response_id": response_id} if response_id else {})


def transcription_of(model: str, hints: Hints) -> Json:
    """How the user's side is transcribed, with the hints that the model takes."""
    abilities = facts(model).transcription
    transcription: Json = {"model": model}
    if hints.language:
        if abilities.languages:
            transcription["languages"] = [hints.language]
        else:
            transcription["language"] = hints.language
    if hints.vocabulary:
        if abilities.keywords:
            transcription["keywords"] = list(hints.vocabulary)
        elif abilities.prompt:
            transcription["prompt"] = ", ".join(hints.vocabulary)
    return transcription


def sound_of(event: Mapping[str, Any]) -> bytes | None:
    """The sound in an event, None where it cannot be read."""
    try:
        return base64.b64decode(loose.text(event, "delta"), validate=True)
    except (binascii.Error, ValueError):
        return None
