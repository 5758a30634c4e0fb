"""One response of a Realtime session, put together from its events. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.providers.base import ToolCall
from app.providers.openai import loose
from app.providers.voice_session import ResponseEnd, TokenCounts
from audio.pcm import SAMPLE_BYTES

_MOST_TOKENS = 10**9
_ENDS = {
    "cancelled": ResponseEnd.CANCELLED,
    "incomplete": ResponseEnd.INCOMPLETE,
    "failed": ResponseEnd.FAILED,
}


@dataclass(slots=True)
class SpokenItem:
    """What came of one item. `part` is the place of its sound, `cut` that nobody hears the rest."""

    received_bytes: int = 0
    part: int = 0
    text: str = ""
    odd: bytes = b""
    cut: bool = False

    def whole_samples(self, pcm: bytes) -> bytes:
        """`pcm` behind the rest of the last piece, as far as samples are whole."""
        self.received_bytes += len(pcm)
        data = self.odd + pcm
        whole = len(data) // SAMPLE_BYTES * SAMPLE_BYTES
        self.odd = data[whole:]
        return data[:whole]

    def unheard_text(self, whole: str) -> str:
        """What of an item's whole text did not come piece by piece."""
        if not whole.startswith(self.text):
            return ""
        return whole[len(self.text) :]


@dataclass(slots=True)
class _Call:
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    is_whole: bool = False
    is_told: bool = False


@dataclass(slots=True)
class Response:
    """One that is going on. `cancelled` is that we asked for its end, `deleted` for its items'."""

    response_id: str
    ref: str = ""
    aside: bool = False
    cancelled: bool = False
    deleted: bool = False
    items: list[str] = field(default_factory=list)
    _calls: dict[str, _Call] = field(default_factory=dict)

    def note_item(self, item_id: str) -> bool:
        """Whether this item of it is new."""
        if not item_id or item_id in self.items:
            return False
        self.items.append(item_id)
        return True

    def note_call(self, item: Mapping[str, Any], *, is_whole: bool) -> None:
        """A call, or more of what is known of it. `item` has the fields of an item or an event."""
        item_id = loose.text(item, "item_id") or loose.text(item, "id")
        call_id = loose.text(item, "call_id")
        key = item_id or call_id
        if not key:
            return
        call = self._calls.setdefault(key, _Call())
        call.call_id = call_id or call.call_id
        call.name = loose.text(item, "name") or call.name
        call.arguments = loose.text(item, "arguments") or call.arguments
        call.is_whole = call.is_whole or is_whole

    def new_calls(self, *, all_whole: bool = False) -> Iterator[ToolCall]:
        """The calls that are complete and were not given yet."""
        given = {call.call_id or key for key, call in self._calls.items() if call.is_told}
        for key, call in self._calls.items():
            if call.is_told or not call.name or not (call.is_whole or all_whole):
                continue
            call.is_told = True
            call_id = call.call_id or key
            if call_id not in given:
                given.add(call_id)
                yield ToolCall(call_id, call.name, call.arguments or "{}")


def end_of(response: Mapping[str, Any]) -> tuple[ResponseEnd, str]:
    """How it ended, and the reason where one is told."""
    details = loose.record(response, "status_details")
    reason = loose.text(details, "reason")
    end = _ENDS.get(loose.text(response, "status"), ResponseEnd.COMPLETED)
    if end is ResponseEnd.CANCELLED and reason == "turn_detected":
        end = ResponseEnd.INTERRUPTED
    if end is ResponseEnd.FAILED and not reason:
        error = loose.record(details, "error")
        reason = loose.text(error, "code") or loose.text(error, "type")
    return end, reason


def counts_of(response: Mapping[str, Any]) -> TokenCounts | None:
    """What it was billed for; None where nothing is told."""
    usage = loose.record(response, "usage")
    if not usage:
        return None
    sent, made = (loose.record(usage, f"{way}_token_details") for way in ("input", "output"))
    cached = loose.record(sent, "cached_tokens_details")
    text_in, text_out = _count(sent, "text_tokens"), _count(made, "text_tokens")
    audio_in, audio_out = _count(sent, "audio_tokens"), _count(made, "audio_tokens")
    image_in = _count(sent, "image_tokens")
    return TokenCounts(
        text_in=text_in if sent else _count(usage, "input_tokens"),
        audio_in=audio_in,
        image_in=image_in,
        cached_text=_count(cached, "text_tokens") if cached else _count(sent, "cached_tokens"),
        cached_audio=_count(cached, "audio_tokens"),
        cached_image=_count(cached, "image_tokens"),
        text_out=text_out if made else _count(usage, "output_tokens"),
        audio_out=audio_out,
    )


def texts_of(item: Mapping[str, Any]) -> str:
    """All words of a message's item."""
    parts = loose.items(item, "content")
    return "".join(loose.text(part, "transcript") or loose.text(part, "text") for part in parts)


def _count(value: object, name: str) -> int:
    return min(max(loose.number(value, name) or 0, 0), _MOST_TOKENS)
