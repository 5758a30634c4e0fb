"""The user's words in a GPT-Live session, which tells them without turns. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import AppError, Code
from app.providers.openai.realtime_protocol_wire import Wire
from app.providers.voice_session import Committed, UserWords, UserWordsFailed

SETTLED_MS = 1_000
"""After this long without more words they are whole."""

LATEST_MS = 8_000


@dataclass(slots=True)
class _Turn:
    """Up to where it goes in what was sent, its words, and since when nothing came."""

    item_id: str
    end_ms: int
    text: str = ""
    since_ms: float = 0.0


class LiveWords:
    """Gives words to the turn in whose sound they begin."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._turns: list[_Turn] = []
        self._early = ""
        self._now_ms = 0.0

    def commit(self, end_ms: int) -> str:
        """The sound up to here is a turn. Returns its ref."""
        ref, item_id = self._wire.new_id("commit"), self._wire.new_id("item")
        turn = _Turn(item_id, end_ms, self._early, self._now_ms)
        self._early = ""
        self._turns.append(turn)
        self._wire.tell(Committed(item_id, ref))
        if turn.text:
            self._wire.tell(UserWords(item_id, turn.text.strip(), final=False))
        return ref

    def forget(self, item_id: str) -> None:
        """Its words are of no interest."""
        self._turns = [turn for turn in self._turns if turn.item_id != item_id]

    def more(self, text: str, start_ms: int) -> None:
        """More words, heard from there on."""
        turn = next((turn for turn in self._turns if start_ms < turn.end_ms), None)
        if turn is None:
            self._early += text
            return
        turn.text += text
        turn.since_ms = self._now_ms
        self._wire.tell(UserWords(turn.item_id, turn.text.strip(), final=False))

    def tick(self, now_ms: float) -> None:
        """Turns to which nothing was added for long enough are whole."""
        self._now_ms = now_ms
        for turn in list(self._turns):
            quiet_ms = now_ms - turn.since_ms
            if turn.text.strip() and quiet_ms >= SETTLED_MS:
                self._wire.tell(UserWords(turn.item_id, turn.text.strip(), final=True))
            elif quiet_ms >= LATEST_MS:
                error = AppError(Code.NOT_UNDERSTOOD)
                self._wire.tell(UserWordsFailed(turn.item_id, error))
            else:
                continue
            self._turns.remove(turn)
