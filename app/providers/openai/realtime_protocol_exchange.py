"""A Realtime session as two streams: what is asked becomes events, events become what is told.

Pure: no clock, no socket. What is to be sent and told waits in `wire`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.errors import AppError, Code
from app.providers.base import ChatMessage
from app.providers.openai import loose, realtime_protocol as protocol
from app.providers.openai.realtime_protocol import Json, Race
from app.providers.openai.realtime_protocol_items import items_of, replayed
from app.providers.openai.realtime_protocol_replies import Replies
from app.providers.openai.realtime_protocol_setup import (
    WORDS,
    difference,
    refused_part,
    remaining,
    session_of,
)
from app.providers.openai.realtime_protocol_turns import Turns
from app.providers.openai.realtime_protocol_wire import Judge, Standing
from app.providers.voice_session import Refused, SessionReady, SessionSetup, SpeechHeard, TurnEnds

_EXPIRED = "session_expired"
_REMEMBERED = 256
_NO_TIME = 2**40
_TELLING = ("type", "item_id", "response_id", "delta", "transcript")
_BEFORE_READY = frozenset({protocol.CREATED, protocol.UPDATED, "error"})
_HARMLESS = frozenset({"truncate", "delete", "cancel", "clear", "history"})
_log = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], None]


class Exchange(Standing):
    """One session."""

    def __init__(
        self,
        judge: Judge,
        words_models: Sequence[str],
        *,
        prunes: bool = False,
        without: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(judge, words_models, without)
        self._prunes = prunes
        self._turns = Turns(self.wire)
        self._replies = Replies(self.wire, self._turns.response_begins, self._sync)
        self._setup = SessionSetup("")
        self._told: Json = {}
        self._before: dict[str, Json] = {}
        self._seen: dict[str, int] = {}
        self._names_causes = False
        self._handlers = self._table()

    @property
    def is_due(self) -> bool:
        """Whether the server owes an answer."""
        return self._turns.is_due or self._replies.is_due

    # What is asked

    def set_up(self, setup: SessionSetup, history: Sequence[ChatMessage]) -> None:
        """Tell a new session what it is for, and what was said so far."""
        self._setup = setup
        self._tell_setup()
        for item in replayed(history):
            self.wire.send(protocol.item_create(self.wire.new_id("history"), item))

    def leave_out_refused(self) -> bool:
        """Tell it again without what it refused; whether there is such a part."""
        error, self.setup_error = self.setup_error or {}, None
        part = refused_part(error, self._told)
        if part is None:
            return False
        self.words_models = remaining(self.words_models, part)
        if part != WORDS:
            self.without |= {part}
        _log.info("a session is set up without %s", part)
        self._tell_setup()
        return True

    def begin(self) -> None:
        """It is set up, as far as can be known."""
        if not self.is_ready:
            self.is_ready = True
            self.wire.tell(SessionReady())
            self._sync()

    def update(self, setup: SessionSetup) -> None:
        """Change what it was told: the pace between responses, the voice before the first."""
        self._setup = setup
        self._sync()

    def append(self, pcm: bytes) -> None:
        """More of the user's sound."""
        self._turns.append(pcm)

    def clear(self) -> None:
        """Forget what was not committed."""
        self._turns.clear()

    def commit(self) -> str:
        """The sound so far is a turn."""
        return self._turns.commit()

    def add(self, messages: Sequence[ChatMessage]) -> None:
        """Put messages into the conversation."""
        for message in messages:
            for item in items_of(message):
                self.wire.send(protocol.item_create(self.wire.new_id("add"), item))

    def respond(self, instructions: str = "", *, aside: bool = False) -> str:
        """Ask for a response."""
        if instructions and not aside:
            instructions = f"{self._setup.instructions}\n\n{instructions}".strip()
        return self._replies.respond(instructions, aside=aside)

    def cancel(self, response_id: str = "") -> None:
        """End a response."""
        self._replies.cancel(response_id)

    def truncate(self, item_id: str, heard_ms: int) -> None:
        """Only so much of an item was heard."""
        self._replies.truncate(item_id, heard_ms)

    def delete(self, item_id: str) -> None:
        """Take an item, or those of a response, out of the conversation."""
        self._turns.forget(item_id)
        self._replies.delete(item_id)

    # What is told

    def take(self, event: Mapping[str, Any]) -> None:
        """An event of the server's, in whatever order and however often it comes."""
        if self._is_repeated(event):
            return
        kind = protocol.kind_of(event)
        handler = self._handlers.get(kind)
        if handler is None or not (self.is_ready or kind in _BEFORE_READY):
            _log.debug("an event that means nothing here: %s", kind[:80])
            return
        if kind != "error":
            self.last_error = None
        handler(event)

    def _table(self) -> dict[str, Handler]:
        turns, replies = self._turns, self._replies
        told: dict[str, Handler] = {
            protocol.CREATED: self._greeted,
            protocol.UPDATED: self._updated,
            "error": self._error,
            "input_audio_buffer.speech_started": lambda e: self._speech(e, "audio_start_ms"),
            "input_audio_buffer.speech_stopped": lambda e: self._speech(e, "audio_end_ms"),
            protocol.COMMITTED: turns.committed,
            "conversation.item.added": lambda e: turns.item(loose.record(e, "item")),
            "conversation.item.done": lambda e: turns.item(loose.record(e, "item")),
            protocol.WORDS_SO_FAR: turns.words,
            protocol.WORDS_WHOLE: turns.words_whole,
            protocol.WORDS_FAILED: turns.words_failed,
            "response.created": lambda e: replies.created(loose.record(e, "response")),
            "response.done": replies.done,
            "response.cancelled": replies.cancelled,
            "response.output_item.added": lambda e: replies.output_item(e, is_whole=False),
            "response.output_item.done": lambda e: replies.output_item(e, is_whole=True),
            "response.function_call_arguments.done": replies.arguments,
        }
        for way in ("output_text", "output_audio_transcript"):
            told[f"response.{way}.delta"] = replies.text
            told[f"response.{way}.done"] = replies.text_whole
        told["response.output_audio.delta"] = replies.sound
        return told

    def _is_repeated(self, event: Mapping[str, Any]) -> bool:
        """Whether the same came twice. Some servers give all events one id, so more is asked."""
        event_id = loose.text(event, "event_id")
        if not event_id:
            return False
        parts = [loose.text(event, name) for name in _TELLING]
        parts += [loose.text(loose.record(event, name), "id") for name in ("response", "item")]
        looks = hash(tuple(parts))
        if self._seen.get(event_id) == looks:
            return True
        self._seen[event_id] = looks
        while len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return False

    def _greeted(self, event: Mapping[str, Any]) -> None:
        self.is_greeted = True
        self._note_end(event)

    def _updated(self, event: Mapping[str, Any]) -> None:
        self._note_end(event)
        self._before.clear()
        if self._told:
            self.begin()

    def _note_end(self, event: Mapping[str, Any]) -> None:
        told = loose.number(loose.record(event, "session"), "expires_at")
        if told and 0 < told < _NO_TIME:
            self.expires_at = told

    def _speech(self, event: Mapping[str, Any], name: str) -> None:
        self.wire.tell(SpeechHeard(name == "audio_start_ms", loose.number(event, name) or 0))

    def _error(self, event: Mapping[str, Any]) -> None:
        error = loose.record(event, "error") or {
            name: event[name] for name in ("code", "message") if loose.text(event, name)
        }
        if not error:
            return
        about, race = loose.text(error, "event_id"), protocol.race_of(error)
        if loose.text(error, "code") == _EXPIRED or "maximum duration" in loose.text(
            error, "message"
        ):
            self.expired = True
            return
        if about and about != protocol.SETUP_ID:
            self._names_causes = True
        if not self.is_ready and about in ("", protocol.SETUP_ID):
            self.setup_error = error
            return
        self._refused(about or self._guess(race), error, race)

    def _refused(self, about: str, error: Mapping[str, Any], race: Race | None) -> None:
        cause = protocol.cause_of(about)
        _log.debug("refused: %s (%s, %s)", about, race, loose.text(error, "code"))
        if cause == "respond":
            again = race is Race.ACTIVE_ALREADY
            self._replies.refused(about, self.wire.judge(error), by_race=again)
        elif cause == "commit":
            empty = race is Race.NOTHING_TO_COMMIT
            judged = AppError(Code.NOTHING_HEARD) if empty else self.wire.judge(error)
            self._turns.refused(about, judged)
        elif cause not in _HARMLESS and race is None:
            judged = self.wire.judge(error)
            if about in self._before:
                self._told = self._before.pop(about)
            if not about:
                self.last_error = judged
            self.wire.tell(Refused(about, judged))

    def _guess(self, race: Race | None) -> str:
        """What an error that names nothing is about: else a request would wait forever."""
        if race is Race.NOT_ACTIVE:
            return "cancel"
        if race is Race.NOTHING_TO_COMMIT:
            return self._turns.oldest()
        if race is Race.ACTIVE_ALREADY:
            return self._replies.oldest(aside=False)
        return "" if self._names_causes else self._replies.oldest()

    # Setting up

    def _tell_setup(self) -> None:
        self._told = self._wanted()
        self.wire.send(protocol.session_update(protocol.SETUP_ID, self._told))

    def _wanted(self) -> Json:
        words_model = self.words_models[0] if self.words_models else ""
        self._turns.has_words = bool(words_model)
        self._turns.counts = self._setup.turn_ends is TurnEnds.LOCAL
        return session_of(self._setup, words_model, prunes=self._prunes, without=self.without)

    def _sync(self) -> None:
        """Send what differs from what the session was told, as far as it may change now."""
        if not self.is_ready:
            return
        wanted = self._wanted()
        said, old = wanted["audio"]["output"], self._told["audio"]["output"]
        fixed = {"voice"} if self._replies.has_spoken else set()
        fixed |= {"speed"} if self._replies.is_active else set()
        for name in fixed & said.keys():
            if name in old:
                said[name] = old[name]
            else:
                del said[name]
        if changed := difference(self._told, wanted):
            update_id = self.wire.new_id("update")
            self._before[update_id], self._told = self._told, wanted
            self.wire.send(protocol.session_update(update_id, {"type": "realtime", **changed}))
