"""The responses of a Realtime session: asked for one after another, put together, ended. Pure."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from app.errors import AppError
from app.providers.openai import loose
from app.providers.openai.realtime_protocol import (
    RATE_HZ,
    item_delete,
    item_truncate,
    response_cancel,
    sound_of,
)
from app.providers.openai.realtime_protocol_asking import Asking
from app.providers.openai.realtime_protocol_response import (
    Response,
    SpokenItem,
    counts_of,
    end_of,
    texts_of,
)
from app.providers.openai.realtime_protocol_wire import Wire
from app.providers.voice_session import (
    ResponseBegun,
    ResponseCall,
    ResponseEnd,
    ResponseOver,
    ResponseSound,
    ResponseText,
)
from audio.pcm import SAMPLE_BYTES

_BYTES_PER_S = RATE_HZ * SAMPLE_BYTES
_REMEMBERED = 1024
_EARLY = 256

Take = Callable[[Mapping[str, Any]], None]


class Replies:
    """In the conversation one response goes on at a time; another is asked for when it is over."""

    def __init__(self, wire: Wire, on_begin: Callable[[], None], on_rest: Callable[[], None]):
        """`on_begin` is called before a response is told, `on_rest` when none goes on any more."""
        self.has_spoken = False
        self._wire = wire
        self._on_begin = on_begin
        self._on_rest = on_rest
        self._asking = Asking(wire)
        self._going: dict[str, Response] = {}
        self._over: dict[str, Response] = {}
        self._items: dict[str, SpokenItem] = {}
        self._early: deque[tuple[str, Take, Mapping[str, Any]]] = deque(maxlen=_EARLY)
        self._begins = False  # Whether the server says when a response begins.

    @property
    def is_active(self) -> bool:
        """Whether one goes on in the conversation, or was asked for."""
        return self._one_goes_on or self._asking.is_active

    @property
    def is_due(self) -> bool:
        """Whether the server owes anything."""
        return bool(self._going) or self._asking.is_due

    # What is asked

    def respond(self, instructions: str, *, aside: bool) -> str:
        """Ask for one, now or once the one that goes on is over."""
        ref = self._asking.respond(instructions, aside=aside)
        self._ask()
        return ref

    def cancel(self, response_id: str = "") -> None:
        """End one; without an id that of the conversation, and those that wait."""
        if response_id:
            self._cancel_one(response_id)
            return
        for response in [one for one in self._going.values() if not one.aside]:
            self._cancel_one(response.response_id)
        self._asking.cancel()

    def truncate(self, item_id: str, heard_ms: int) -> None:
        """Only so much was heard. Servers refuse more than they sent, so more is never told."""
        item = self._items.get(item_id)
        if item is None or not item.received_bytes:
            return
        item.cut = True
        at_ms = max(0, min(heard_ms, item.received_bytes * 1000 // _BYTES_PER_S))
        self._wire.send(item_truncate(self._wire.new_id("truncate"), item_id, item.part, at_ms))

    def delete(self, item_id: str) -> None:
        """Take an item out; the name of a response takes out all of its items."""
        response = self._going.get(item_id) or self._over.get(item_id)
        if response is None:
            self._delete_item(item_id)
            return
        response.deleted = True
        for inner in response.items:
            self._delete_item(inner)

    def oldest(self, *, aside: bool = True) -> str:
        """The one whose answer is due next."""
        return self._asking.oldest(aside=aside)

    def refused(self, ref: str, error: AppError, *, by_race: bool) -> None:
        """One will not begin."""
        self._asking.refused(ref, error, by_race=by_race)
        self._ask()

    # What is told

    def created(self, response: Mapping[str, Any]) -> None:
        """One begins."""
        response_id = loose.text(response, "id")
        if response_id and response_id not in self._going and response_id not in self._over:
            self._begins = True
            self._begin(response_id, loose.text(loose.record(response, "metadata"), "ref"))

    def done(self, event: Mapping[str, Any]) -> None:
        """One is over."""
        response = loose.record(event, "response")
        response_id, status = (loose.text(response, name) for name in ("id", "status"))
        if not (response_id or status):
            return
        if (
            response_id
            and not self._knows(response_id)
            and self._asking.is_asked
            and not self._begins
        ):
            self._begin(response_id, loose.text(loose.record(response, "metadata"), "ref"))
        found = self._found(response_id, self.done, event)
        if found is None:
            return
        end, detail = end_of(response)
        for item in loose.items(response, "output"):
            self._item(found, item, is_whole=end is ResponseEnd.COMPLETED)
        if end is ResponseEnd.COMPLETED:
            self._tell_calls(found, all_whole=True)
        error = None
        if end is ResponseEnd.FAILED:
            details = loose.record(response, "status_details")
            error = self._wire.judge(loose.record(details, "error"))
        self._end(found, ResponseOver(found.response_id, end, counts_of(response), detail, error))

    def cancelled(self, event: Mapping[str, Any]) -> None:
        """Another server's way to say that one is over."""
        told = loose.text(event, "response_id") or loose.text(loose.record(event, "response"), "id")
        found = self._found(told, self.cancelled, event)
        if found is not None:
            self._end(found, ResponseOver(found.response_id, ResponseEnd.CANCELLED))

    def sound(self, event: Mapping[str, Any]) -> None:
        """More of its voice."""
        found = self._found(loose.text(event, "response_id"), self.sound, event)
        pcm = sound_of(event)
        if found is None or not pcm:
            return
        item_id = self._note(found, event)
        item = self._items[item_id]
        item.part = loose.number(event, "content_index") or 0
        self.has_spoken = True
        heard = item.whole_samples(pcm)
        if heard and not found.cancelled and not item.cut:
            self._wire.tell(ResponseSound(found.response_id, item_id, heard))

    def text(self, event: Mapping[str, Any]) -> None:
        """More of its words."""
        found = self._found(loose.text(event, "response_id"), self.text, event)
        if found is not None:
            self._tell_text(found, self._note(found, event), loose.text(event, "delta"))

    def text_whole(self, event: Mapping[str, Any]) -> None:
        """All words of an item; what did not come before is told now."""
        found = self._found(loose.text(event, "response_id"), self.text_whole, event)
        if found is not None:
            item_id = self._note(found, event)
            whole = loose.text(event, "transcript") or loose.text(event, "text")
            self._tell_text(found, item_id, self._items[item_id].unheard_text(whole))

    def output_item(self, event: Mapping[str, Any], *, is_whole: bool) -> None:
        """An item of it begins, or is whole."""
        take = functools.partial(self.output_item, is_whole=is_whole)
        found = self._found(loose.text(event, "response_id"), take, event)
        if found is not None:
            self._item(found, loose.record(event, "item"), is_whole=is_whole)
            self._tell_calls(found)

    def arguments(self, event: Mapping[str, Any]) -> None:
        """The arguments of a call. Whether they are whole, its item tells."""
        found = self._found(loose.text(event, "response_id"), self.arguments, event)
        if found is not None:
            found.note_call(event, is_whole=False)

    # Within

    @property
    def _one_goes_on(self) -> bool:
        return any(not response.aside for response in self._going.values())

    def _ask(self) -> None:
        self._asking.ask(one_goes_on=self._one_goes_on)

    def _begin(self, response_id: str, ref: str) -> None:
        response = Response(response_id)
        if asked := self._asking.begun(ref):
            response = Response(response_id, asked.ref, asked.aside, asked.cancelled)
        self._going[response_id] = response
        self._on_begin()
        self._wire.tell(ResponseBegun(response_id, response.ref))
        if response.cancelled and response.aside:
            self._wire.send(response_cancel(self._wire.new_id("cancel"), response_id))
        early = [entry for entry in self._early if entry[0] == response_id]
        for entry in early:
            self._early.remove(entry)
            entry[1](entry[2])

    def _knows(self, response_id: str) -> bool:
        return response_id in self._going or response_id in self._over

    def _found(self, response_id: str, take: Take, event: Mapping[str, Any]) -> Response | None:
        """The one that goes on under this name. What comes before its beginning waits for that."""
        if not response_id:
            return next((one for one in self._going.values() if not one.aside), None)
        if not self._knows(response_id):
            self._early.append((response_id, take, event))
        return self._going.get(response_id)

    def _cancel_one(self, response_id: str) -> None:
        response = self._going.get(response_id)
        if response is None or response.cancelled:
            return
        response.cancelled = True
        self._wire.send(response_cancel(self._wire.new_id("cancel"), response_id))

    def _note(self, response: Response, event: Mapping[str, Any]) -> str:
        item_id = loose.text(event, "item_id") or f"item of {response.response_id}"
        self._note_item(response, item_id)
        self._items.setdefault(item_id, SpokenItem())
        while len(self._items) > _REMEMBERED:
            del self._items[next(iter(self._items))]
        return item_id

    def _note_item(self, response: Response, item_id: str) -> None:
        if response.note_item(item_id) and response.deleted:
            self._delete_item(item_id)

    def _item(self, response: Response, item: Any, *, is_whole: bool) -> None:
        if not isinstance(item, dict):
            return
        item_id = loose.text(item, "id")
        self._note_item(response, item_id)
        if loose.text(item, "type") == "function_call":
            is_cut = loose.text(item, "status") in ("incomplete", "in_progress")
            response.note_call(item, is_whole=is_whole and not is_cut)
        elif is_whole and item_id and (whole := texts_of(item)):
            self._note(response, {"item_id": item_id})
            self._tell_text(response, item_id, self._items[item_id].unheard_text(whole))

    def _tell_text(self, response: Response, item_id: str, text: str) -> None:
        item = self._items[item_id]
        item.text += text
        if text and not response.cancelled and not item.cut:
            self._wire.tell(ResponseText(response.response_id, item_id, text))

    def _tell_calls(self, response: Response, *, all_whole: bool = False) -> None:
        if not response.cancelled:
            for call in response.new_calls(all_whole=all_whole):
                self._wire.tell(ResponseCall(response.response_id, call))

    def _end(self, response: Response, over: ResponseOver) -> None:
        del self._going[response.response_id]
        self._over[response.response_id] = response
        while len(self._over) > _REMEMBERED:
            del self._over[next(iter(self._over))]
        self._wire.tell(over)
        if not self.is_active:
            self._on_rest()
        self._ask()

    def _delete_item(self, item_id: str) -> None:
        self._wire.send(item_delete(self._wire.new_id("delete"), item_id))
