"""The user's side of a Realtime session: what was committed, and its words. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from app.errors import AppError, Code
from app.providers.openai import loose
from app.providers.openai.realtime_protocol import (
    LEAST_COMMITTED_MS,
    RATE_HZ,
    append,
    clear,
    commit,
)
from app.providers.openai.realtime_protocol_wire import Frame, Wire
from app.providers.voice_session import Committed, Refused, UserWords, UserWordsFailed
from audio.pcm import SAMPLE_BYTES, samples_for_ms

_LEAST_BYTES = samples_for_ms(RATE_HZ, LEAST_COMMITTED_MS) * SAMPLE_BYTES
_PIECE_BYTES = 5 * RATE_HZ * SAMPLE_BYTES
_REMEMBERED = 512
_LONGEST_S = 86_400


class Turns:
    """Keeps which commit made which item, however a server names them.

    `counts`: only our own commits empty the buffer, so what it holds is known. `has_words`: the
    server transcribes.
    """

    def __init__(self, wire: Wire) -> None:
        self.counts = True
        self.has_words = True
        self._wire = wire
        self._buffered = 0
        self._commits: deque[str] = deque()
        self._nameless: deque[str] = deque()
        self._items: dict[str, None] = {}
        self._unclaimed: deque[str] = deque(maxlen=8)
        self._heard: dict[str, str] = {}
        self._settled: dict[str, None] = {}

    @property
    def is_due(self) -> bool:
        """Whether the server owes the acknowledgement of a commit."""
        return bool(self._commits)

    def append(self, pcm: bytes) -> None:
        """More sound, in pieces that no server refuses."""
        for at in range(0, len(pcm), _PIECE_BYTES):
            piece = pcm[at : at + _PIECE_BYTES]
            text = append(piece, self._wire.new_id("append"))
            self._wire.out.append(Frame("input_audio_buffer.append", text))
        self._buffered += len(pcm)

    def clear(self) -> None:
        """Forget what was not committed."""
        self._buffered = 0
        self._wire.send(clear(self._wire.new_id("clear")))

    def commit(self) -> str:
        """The sound so far is a turn; what is too short to be taken gets silence behind it."""
        ref = self._wire.new_id("commit")
        if self.counts and not self._buffered:
            self._wire.tell(Refused(ref, AppError(Code.NOTHING_HEARD)))
            return ref
        if self.counts and self._buffered < _LEAST_BYTES:
            self.append(bytes(_LEAST_BYTES - self._buffered))
        self._buffered = 0
        self._commits.append(ref)
        self._wire.send(commit(ref))
        return ref

    def oldest(self) -> str:
        """The commit that is answered next."""
        return self._commits[0] if self._commits else ""

    def refused(self, ref: str, error: AppError) -> None:
        """A commit was not done."""
        if ref in self._commits:
            self._commits.remove(ref)
            self._wire.tell(Refused(ref, error))

    def committed(self, event: Mapping[str, Any]) -> None:
        """The server acknowledges a commit, or says that it ended a turn by itself."""
        item_id = loose.text(event, "item_id")
        if item_id and item_id in self._items:
            return
        ref = self._commits.popleft() if self._commits else ""
        if not item_id and self._unclaimed:
            item_id = self._unclaimed.popleft()
        if item_id:
            self._name(item_id, ref)
        else:
            self._nameless.append(ref)

    def item(self, item: Mapping[str, Any]) -> None:
        """An item joined the conversation: that of a commit which was not named, perhaps."""
        parts = loose.items(item, "content")
        is_spoken = any(loose.text(part, "type") == "input_audio" for part in parts)
        item_id = loose.text(item, "id")
        if loose.text(item, "role") != "user" or not is_spoken or item_id in self._items:
            return
        if self._nameless:
            self._name(item_id, self._nameless.popleft())
        elif item_id and item_id not in self._unclaimed:
            self._unclaimed.append(item_id)

    def response_begins(self) -> None:
        """Commits that nothing has named by now are named here."""
        while self._nameless:
            self._name(self._wire.new_id("item"), self._nameless.popleft())

    def forget(self, item_id: str) -> None:
        """The words of an item that was taken out are of no interest."""
        self._settle(item_id)

    def words(self, event: Mapping[str, Any]) -> None:
        """More words of an item."""
        item_id = self._known(event)
        if item_id in self._settled or not loose.text(event, "delta"):
            return
        text = self._heard.get(item_id, "") + loose.text(event, "delta")
        self._heard[item_id] = text
        self._wire.tell(UserWords(item_id, text, final=False))

    def words_whole(self, event: Mapping[str, Any]) -> None:
        """All words of an item."""
        item_id = self._known(event)
        if item_id in self._settled or not isinstance(event.get("transcript"), str):
            return
        self._settle(item_id)
        usage = loose.record(event, "usage")
        seconds = usage.get("seconds")
        if not isinstance(seconds, int | float) or not 0 < seconds < _LONGEST_S:
            seconds = 0.0
        text = loose.text(event, "transcript").strip()
        self._wire.tell(UserWords(item_id, text, final=True, seconds=float(seconds)))

    def words_failed(self, event: Mapping[str, Any]) -> None:
        """They will not come."""
        item_id = self._known(event)
        if item_id not in self._settled:
            self._settle(item_id)
            error = self._wire.judge(loose.record(event, "error"))
            self._wire.tell(UserWordsFailed(item_id, error))

    def _known(self, event: Mapping[str, Any]) -> str:
        item_id = loose.text(event, "item_id")
        if item_id and item_id not in self._items and self._nameless:
            self._name(item_id, self._nameless.popleft())
        return item_id

    def _name(self, item_id: str, ref: str) -> None:
        _remember(self._items, item_id)
        self._wire.tell(Committed(item_id, ref))
        if not self.has_words and item_id not in self._settled:
            self._settle(item_id)
            self._wire.tell(UserWordsFailed(item_id, AppError(Code.NOT_UNDERSTOOD)))

    def _settle(self, item_id: str) -> None:
        self._heard.pop(item_id, None)
        _remember(self._settled, item_id)


def _remember(names: dict[str, None], name: str) -> None:
    names[name] = None
    while len(names) > _REMEMBERED:
        del names[next(iter(names))]
