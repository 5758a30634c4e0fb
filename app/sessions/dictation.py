"""Dictation as a whole: keys and commands in, takes and their outcomes out. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.desktop.hotkeys import HotkeyName, KeyEvent
from app.desktop.insertion import Inserter, Verdict
from app.dictation import commands, events
from app.dictation.outcomes import told
from app.dictation.press import IDLE, Action, Deed, Press, PressRules, on_key, on_request
from app.dictation.record import Outcome, Remedy
from app.dictation.request import DictationRequest
from app.errors import AppError, Code
from app.notices import NoticeBoard
from app.sessions.audio_link import AudioLink
from app.sessions.dictation_keys import DictationKeys
from app.sessions.dictation_rows import DictationRows
from app.sessions.dictation_take import DictationParts, DictationTake
from app.sessions.hearing import HeardTake, Hearing
from app.sessions.surroundings import Surroundings
from audio import messages
from audio.messages import CloseReason, TakeEnd

LONGEST_S = 7_200
_RULES = PressRules()
_BY_KEY = (TakeEnd.RELEASED, TakeEnd.CANCELLED)
_NO_MICROPHONE = (CloseReason.MISSING, CloseReason.REFUSED, CloseReason.LOST)


@dataclass(frozen=True, slots=True)
class SessionParts:
    """What the session works with besides what each dictation needs.

    `resume` lets a reply go on that a dictation paused.
    """

    audio: AudioLink
    hearing: Hearing
    resume: Callable[[HeardTake], Awaitable[None]]
    inserter: Inserter
    keys: DictationKeys
    rows: DictationRows
    surroundings: Surroundings
    notices: NoticeBoard
    publish: Callable[[events.DictationEvent], None]
    spawn: Callable[[Awaitable[None], str], asyncio.Task[None]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A take that the engine was asked for."""

    name: HotkeyName
    mode: str = ""


class DictationSession:
    """One take is spoken at a time; the words of earlier ones may still be on their way."""

    def __init__(self, parts: SessionParts, rules: PressRules = _RULES) -> None:
        self._parts = parts
        self._rules = rules
        self._press: Press = IDLE
        self._asked: _Asked | None = None
        self._open: DictationTake | None = None
        self._adopted: HeardTake | None = None
        self._running: dict[str, DictationTake] = {}
        self._latest: asyncio.Task[None] | None = None
        self._make: Callable[[HeardTake, HotkeyName, str], DictationTake] | None = None

    def use(self, parts: DictationParts) -> None:
        """What each dictation works with."""
        self._make = lambda take, name, mode: DictationTake(parts, take, name, mode)

    async def recover(self) -> None:
        """Dictations that an earlier run left unfinished become rows with their recordings."""
        self._parts.surroundings.recover()
        await self._parts.rows.recover()
        self._parts.spawn(self._parts.rows.forget_old(), "retention")

    @property
    def is_talking(self) -> bool:
        """Whether somebody dictates now."""
        return self._press is not IDLE

    # Keys and commands

    @property
    def keys_are_tried(self) -> bool:
        """Whether hotkeys are only shown, because the user tries them."""
        return self._parts.keys.is_trying

    async def on_key(self, event: KeyEvent) -> None:
        """A hotkey went down or came up."""
        if self._parts.keys.is_trying:
            self._parts.keys.tell(event)
        elif event.name is HotkeyName.CANCEL and not self.is_talking:
            if event.pressed:
                self._parts.rows.landing.give_up()
        elif event.name is HotkeyName.INSERT_AGAIN:
            if event.pressed:
                self._parts.rows.insert_latest()
        elif event.name is HotkeyName.INSERT_RAW:
            if event.pressed:
                self._parts.rows.insert_latest(raw=True)
        elif event.name is HotkeyName.UNDO:
            if event.pressed:
                await self.take_back()
        else:
            self._press, action = on_key(self._press, event, self._rules)
            await self._act(action)

    async def on_request(self, request: DictationRequest) -> None:
        """The same, asked from outside."""
        self._press, action = on_request(self._press, request)
        await self._act(action)

    async def on_command(self, command: object) -> bool:
        """Act on it; False when it is not about dictation."""
        match command:
            case commands.StartDictation(mode):
                self._press, action = on_request(self._press, DictationRequest.START)
                await self._act(action, mode)
            case commands.FinishDictation():
                await self.on_request(DictationRequest.STOP)
            case commands.CancelDictation():
                await self.on_request(DictationRequest.CANCEL)
                if not self._parts.rows.landing.give_up():
                    self._cancel_latest()
            case commands.TryHotkeys(on):
                self._parts.keys.is_trying = on
            case _:
                return await self._parts.rows.on_command(command)
        return True

    async def _act(self, action: Action | None, mode: str = "") -> None:
        if action is None:
            return
        if action.deed is Deed.START:
            await self._start(action.name, mode)
        else:
            await self._finish(cancelled=action.deed is Deed.CANCEL)

    async def _start(self, name: HotkeyName, mode: str) -> None:
        self._asked = _Asked(name, mode)
        self._parts.rows.landing.give_up()
        # Nothing comes before this: the first word must not wait.
        await self._parts.audio.send(messages.BeginTake(LONGEST_S * 1000))
        if not self._parts.audio.up:
            await self._parts.keys.hold_cancel(True)
            return  # It begins with the engine.
        given = self._parts.hearing.give_up() if self._open is None else None
        if given is not None:
            self._adopted, sound = given
            self._begin(self._adopted, sound)
        await self._parts.keys.hold_cancel(True)

    async def on_engine_up(self) -> None:
        """A key that was pressed before there was an engine counts from now on."""
        if self._asked is not None and self._open is None:
            await self._parts.audio.send(messages.BeginTake(LONGEST_S * 1000))

    async def _finish(self, *, cancelled: bool) -> None:
        if self._asked is not None and self._open is None and not self._parts.audio.up:
            self._fail(AppError(Code.ENGINE_NOT_READY))
        if cancelled and self._open is not None and self._asked is None:
            self._open.cancel()
        await self._parts.audio.send(messages.EndTake(cancelled))
        await self._parts.keys.hold_cancel(False)

    def _cancel_latest(self) -> None:
        """What is on its way to text is not wanted any more, either."""
        if self._open is None and self._running:
            self._running[max(self._running)].cancel()

    def _fail(self, error: AppError) -> None:
        """There will be no take."""
        self._asked, self._press = None, IDLE
        self._parts.surroundings.fail()
        self._parts.notices.post(error)
        self._parts.publish(
            events.DictationEnded("", Outcome.FAILED, "", error.message, Remedy.NONE)
        )

    # What the engine says

    async def on_audio(self, event: object) -> bool:
        """Take it if it belongs to a dictation."""
        return await self._on_playback(event) or await self._on_take(event)

    async def _on_playback(self, event: object) -> bool:
        """What plays for dictation alone: earcons, and recordings of the history."""
        replay, surroundings = self._parts.rows.replay, self._parts.surroundings
        match event:
            case messages.TakeStarted(interrupted=stream_id):
                await replay.on_interrupted(stream_id)
                await surroundings.on_interrupted(stream_id)
            case messages.PlaybackFinished(stream_id) | messages.PlaybackStarted(stream_id):
                return surroundings.on_playback(stream_id) or replay.on_playback(event, stream_id)
            case messages.SpeakerFailed(_, stream_id):
                replay.on_playback(event, stream_id)
                return surroundings.on_playback(stream_id)  # Nobody misses an earcon.
        return False

    async def _on_take(self, event: object) -> bool:
        match event:
            case messages.TakeStarted() if self._asked is not None and self._open is None:
                heard = self._parts.hearing.heard(event)
                # One that somebody's voice began becomes the one that was asked for.
                self._adopted = None if event.held else heard
                self._begin(heard, b"")
            case messages.Pcm(take_id) | messages.JournalFailed(take_id) if self._is_open(take_id):
                return self._on_sound(event)
            case messages.Paused(take_id) | messages.SpeechResumed(take_id):
                return self._is_open(take_id)
            case messages.TakeEnded() if self._is_open(event.take_id):
                await self._on_ended(event)
            case messages.TakeEnded(reason=reason) if reason in _BY_KEY and self._open is None:
                self._asked = None  # Sayso's own talk key was held: it came first.
                return False
            case messages.MicrophoneClosed(reason) if reason in _NO_MICROPHONE:
                if self._asked is not None and self._open is None:
                    self._fail(AppError(Code.NO_MICROPHONE))
                    await self._parts.keys.hold_cancel(False)
                return False  # The microphone's own state follows it, too.
            case _:
                return False
        return True

    def _on_sound(self, event: object) -> bool:
        assert self._open is not None
        if isinstance(event, messages.Pcm):
            self._open.sound.feed(event.data)
            self._parts.surroundings.on_sound()
            return True
        self._open.sound.kept.hold_all()
        return False  # That the disk refuses it is told as well.

    def _is_open(self, take_id: str) -> bool:
        return self._open is not None and self._open.id == take_id

    def _begin(self, heard: HeardTake, sound: bytes) -> None:
        assert self._make is not None
        asked = self._asked or _Asked(HotkeyName.DICTATE)
        take = self._open = self._make(heard, asked.name, asked.mode)
        take.sound.feed(sound)
        self._parts.hearing.set_aside(True)
        self._parts.surroundings.begin(silently=self._adopted is not None or heard.over_sound)
        self._running[take.id] = take
        before = self._latest if self._latest is not None and not self._latest.done() else None
        take.task = self._latest = self._parts.spawn(take.run(before), "dictation")
        take.task.add_done_callback(lambda _: self._running.pop(take.id, None))
        if self._adopted is None:
            self._asked = None

    async def _on_ended(self, event: messages.TakeEnded) -> None:
        take, self._open = self._open, None
        assert take is not None
        adopted, self._adopted = self._adopted, None
        if event.reason is TakeEnd.SILENCE and adopted is not None:
            # It had ended before the key went down: those words were meant for Sayso.
            sound = await take.sound.kept.clip()
            take.forget()
            self._parts.surroundings.end(silently=True)
            self._parts.hearing.set_aside(False)
            await self._parts.hearing.take_back(adopted, sound.data, event)
            return
        if adopted is not None:
            self._asked = None
        if event.reason is not TakeEnd.RELEASED and self._asked is None:
            self._press = IDLE
            await self._parts.keys.hold_cancel(False)
        if event.reason is TakeEnd.CANCELLED:
            take.cancel()
        take.end(event.duration_ms, event.voiced_ms)
        self._parts.surroundings.end()
        self._parts.hearing.set_aside(False)
        await self._parts.resume(take.interrupted)

    async def on_engine_lost(self) -> None:
        """What was said until then is worth as much as a whole take."""
        take, self._open, self._asked, self._adopted = self._open, None, None, None
        self._press = IDLE
        if take is not None:
            take.end_early()
            self._parts.surroundings.end(silently=True)
            self._parts.hearing.set_aside(False)
            await self._parts.keys.hold_cancel(False)

    # Insertions

    async def take_back(self) -> None:
        """Undo the last insertion, where that is certain to undo nothing else."""
        latest = self._parts.rows.latest_receipt
        if latest is None:
            return
        dictation_id, receipt = latest
        undone = await self._parts.inserter.undo(receipt)
        if undone.verdict is Verdict.UNDONE:
            self._parts.rows.forget_receipt()
            await self._parts.rows.on_undone(dictation_id)
        else:
            end = told(undone)
            self._parts.publish(
                events.DictationEnded(dictation_id, end.outcome, "", _NOT_UNDONE, Remedy.NONE)
            )


_NOT_UNDONE = "Not taken back: something else was typed or chosen since."
