"""A Realtime transcription session as events. Pure: no clock, no socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.providers.base import Hints
from app.providers.openai import loose, realtime_protocol as protocol
from app.providers.openai.upload import joined

CLEAR = protocol.clear("clear")


def session_update(model: str, hints: Hints) -> dict[str, Any]:
    """Sets up a session that only listens, and ends turns when it is told to."""
    heard = {
        "format": protocol.PCM,
        "transcription": protocol.transcription_of(model, hints),
        "turn_detection": None,
    }
    session = {"type": "transcription", "audio": {"input": heard}}
    return protocol.session_update(protocol.SETUP_ID, session)


@dataclass(slots=True)
class _Part:
    """A part of the take; `text` is None until it is complete. `number` is its commit's."""

    end_bytes: int
    number: int
    item_id: str = ""
    acknowledged: bool = False
    text: str | None = None
    checked: bool = False
    dropped: str = ""


class Parts:
    """The parts of one take, in their order, however their words arrive.

    A server acknowledges commits in their order, but completes items in any. One that names no
    item when it acknowledges is taken to complete them in order.
    """

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._numbers = 0
        self._early: dict[str, str] = {}
        self._heard: dict[str, str] = {}

    @property
    def committed_bytes(self) -> int:
        """Up to where the take was committed."""
        return self._parts[-1].end_bytes if self._parts else 0

    @property
    def confirmed_bytes(self) -> int:
        """Up to where its words are known without a gap."""
        confirmed = self._confirmed()
        return confirmed[-1].end_bytes if confirmed else 0

    @property
    def pending(self) -> bool:
        """Whether the words of a part are still missing."""
        return any(part.text is None for part in self._parts)

    @property
    def text(self) -> str:
        """The words of all parts that are known without a gap."""
        return joined([part.text or "" for part in self._confirmed()])

    @property
    def dropped(self) -> str:
        """The words that were left out of those."""
        return joined([part.dropped for part in self._confirmed()])

    @property
    def text_so_far(self) -> str:
        """All words that are known, those that may still change among them."""
        known = {part.item_id for part in self._parts}
        begun = [
            self._heard.get(part.item_id, "") if part.text is None else part.text
            for part in self._parts
        ]
        begun += [text for item_id, text in self._heard.items() if item_id not in known]
        return joined(begun)

    def commit(self, end_bytes: int) -> dict[str, Any]:
        """A part ends here: the event that says so."""
        self._numbers += 1
        self._parts.append(_Part(end_bytes, self._numbers))
        return protocol.commit(f"commit-{self._numbers}")

    def unchecked(self) -> list[tuple[int, int, str]]:
        """Begin, end and words of the parts that became complete since this was asked."""
        begins = [0, *(part.end_bytes for part in self._parts)]
        found = []
        for begin, part in zip(begins, self._parts, strict=False):
            if part.text is not None and not part.checked:
                part.checked = True
                found.append((begin, part.end_bytes, part.text))
        return found

    def leave_out(self, end_bytes: int) -> None:
        """The part that ends there holds no words after all."""
        for part in self._parts:
            if part.end_bytes == end_bytes:
                part.text, part.dropped = "", part.text or part.dropped

    def restart(self) -> None:
        """Forget what is not known without a gap: it will be sent to a new session."""
        self._parts = self._confirmed()
        self._early.clear()
        self._heard.clear()

    def take(self, event: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Take what a session tells. Returns the error that ends it, if that is one."""
        item_id = loose.text(event, "item_id")
        match protocol.kind_of(event):
            case protocol.COMMITTED:
                self._acknowledge(item_id)
            case protocol.WORDS_SO_FAR:
                self._heard[item_id] = self._heard.get(item_id, "") + loose.text(event, "delta")
            case protocol.WORDS_WHOLE:
                self._complete(item_id, loose.text(event, "transcript").strip())
            case protocol.WORDS_FAILED:
                return loose.record(event, "error") or {"message": "failed"}
            case "error":
                return self._judge(loose.record(event, "error"))
        return None

    def _confirmed(self) -> list[_Part]:
        missing = (n for n, part in enumerate(self._parts) if part.text is None)
        return self._parts[: next(missing, len(self._parts))]

    def _acknowledge(self, item_id: str) -> None:
        for part in self._parts:
            if part.text is None and not part.acknowledged:
                part.acknowledged, part.item_id = True, item_id
                if item_id in self._early:
                    self._complete(item_id, self._early.pop(item_id))
                return

    def _complete(self, item_id: str, text: str) -> None:
        waiting = [part for part in self._parts if part.text is None]
        named = [part for part in waiting if part.item_id == item_id and item_id]
        nameless = [part for part in waiting if part.acknowledged and not part.item_id]
        for part in [*named, *nameless][:1]:
            part.text, part.item_id = text, item_id
            self._heard.pop(item_id, None)
            return
        self._early[item_id] = text

    def _judge(self, error: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A commit of nothing is a part without words; any other error ends the session."""
        number = loose.text(error, "event_id").removeprefix("commit-")
        if protocol.race_of(error) is protocol.Race.NOTHING_TO_COMMIT:
            waiting = [part for part in self._parts if part.text is None]
            named = [part for part in waiting if str(part.number) == number]
            for part in (named or waiting)[:1]:
                part.text = ""
            return None
        return None if loose.text(error, "event_id") == "clear" else error
