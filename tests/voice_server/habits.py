"""How a Realtime server answers, how long it takes, and how it misbehaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.faults.api import Call, reply_to, said
from tests.voice_server.ear import frames_in

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: what is said, how long it sounds, what is called before."""

    text: str = ""
    sound_ms: int = 600
    calls: tuple[Call, ...] = ()


@dataclass(slots=True)
class Delays:
    """Seconds. `rate` is how many times faster than it sounds a voice is sent; 0 is at once."""

    first_sound_s: float = 0.02
    words_s: float = 0.02
    rate: float = 0.0


def numbers(pcm: bytes) -> str:
    """What is heard of numbered utterances."""
    found = frames_in(pcm)
    return " ".join(said(number) for number in found) or "Something."


def by_number(text: str, _round: int) -> Answer:
    """Names the last number that was said."""
    return Answer(reply_to(text))


@dataclass(slots=True)
class Habits:
    """What the server does wrong; nothing, by default.

    `refuse_next` responses are refused with an error event alone, `fail_next` fail once they
    began, `mute_next` are never answered. `late` kinds of events come only after the next
    `response.done`. `words` may be `never`, `failed` or `always`. `garbage` is sent around
    every event, `twice` sends each event twice, `swapped` each one after the one behind it.
    `old_names` is a server of the time before the API was settled.
    """

    refuse_next: int = 0
    refusal: Json = field(
        default_factory=lambda: {"type": "server_error", "code": "server_error", "message": "no"}
    )
    fail_next: int = 0
    failure: Json = field(
        default_factory=lambda: {"type": "server_error", "code": "server_error", "message": "no"}
    )
    mute_next: int = 0
    words: str = "always"
    late: frozenset[str] = frozenset()
    garbage: tuple[str | bytes, ...] = ()
    twice: bool = False
    swapped: bool = False
    old_names: bool = False
    hears: Callable[[bytes], str] = numbers
    answers: Callable[[str, int], Answer] = by_number


GARBAGE: tuple[str | bytes, ...] = (
    "",
    "null",
    "[]",
    "{",
    "{}",
    '{"type": 7}',
    '{"type": "response.imagined.delta", "event_id": "x", "delta": "?"}',
    '{"type": "response.output_audio.delta"}',
    '{"type": "response.output_audio.delta", "response_id": "none", "item_id": "none", '
    '"output_index": 0, "content_index": 0, "delta": "!!!"}',
    '{"type": "response.done", "response": null}',
    '{"type": "error", "error": null}',
    '{"type": "conversation.item.input_audio_transcription.completed", "item_id": "none", '
    '"content_index": 0, "transcript": 5}',
    '{"type": "response.output_audio_transcript.delta", "delta": null}',
    b"\x00\xff\xfe",
)

OLD_NAMES = {
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "conversation.item.added": "conversation.item.created",
}
"""What came before the names of today; `conversation.item.done` had none."""
