"""A desktop without windows: what has the keyboard, what is inserted, and which keys are bound."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping

from app.desktop.chords import Chord
from app.desktop.hotkeys import BOUND, BindOutcome, HotkeyName
from app.desktop.insertion import (
    DEFAULT_POLICY,
    Evidence,
    Method,
    Policy,
    Reason,
    Receipt,
    Verdict,
)
from app.desktop.target import Target
from app.errors import AppError
from app.providers.base import (
    Hints,
    LiveTranscriber,
    OnLivePartial,
    Partial,
    Transcriber,
    Transcript,
)
from app.providers.fallback import Candidate, FallbackState, Lineup
from app.providers.kept_sound import KeptSound
from app.providers.live_take import LiveDictation
from app.services import Service

EDITOR = Target(7, "editor", "Editor", title="letter.txt")


class ScriptedDesktop:
    """Fills `Focus`, `Inserter` and `Hotkeys`. `inserted` is what is in each window, by number."""

    def __init__(self) -> None:
        self.target: Target | None = EDITOR
        self.before: Target | None = None
        self.inserted: dict[int, str] = {}
        self.refusals: dict[int, Reason] = {}
        self.policies: list[Policy] = []
        self.clipboard = ""
        self.selection: str | None = None
        self.bound: Mapping[HotkeyName, Chord] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self._numbers = itertools.count(1)

    async def current(self) -> Target | None:
        return self.target

    async def give_back(self) -> Target | None:
        self.target = self.before or self.target
        return self.before

    async def prepare(self) -> None:
        pass

    async def insert(
        self,
        text: str,
        target: Target | None,
        policy: Policy = DEFAULT_POLICY,
        again: Receipt | None = None,
    ) -> Receipt:
        await self.gate.wait()
        self.policies.append(policy)
        now = self.target
        if now is None or (target is not None and target.window_id != now.window_id):
            return Receipt(Verdict.HELD, Method.NONE, target, Reason.WINDOW_CHANGED, remaining=text)
        if (reason := self.refusals.get(now.window_id)) is not None:
            return Receipt(Verdict.REFUSED, Method.NONE, now, reason, remaining=text)
        self.inserted[now.window_id] = self.inserted.get(now.window_id, "") + text
        return Receipt(
            Verdict.INSERTED,
            Method.PASTE,
            now,
            evidence=Evidence.READ_BY_TARGET,
            inserted_text=text,
            number=next(self._numbers),
        )

    async def undo(self, receipt: Receipt) -> Receipt:
        assert receipt.target is not None
        text = self.inserted[receipt.target.window_id]
        self.inserted[receipt.target.window_id] = text.removesuffix(receipt.inserted_text)
        return Receipt(Verdict.UNDONE, Method.NONE, receipt.target)

    async def selected_text(self, target: Target | None) -> str | None:
        return self.selection

    async def copy(self, text: str) -> bool:
        self.clipboard = text
        return True

    async def bind(self, bindings: Mapping[HotkeyName, Chord]) -> Mapping[HotkeyName, BindOutcome]:
        self.bound = dict(bindings)
        return dict.fromkeys(bindings, BOUND)

    async def close(self) -> None:
        pass


class ScriptedDucking:
    """Fills `Ducking`, and notes what it was asked."""

    def __init__(self) -> None:
        self.did: list[str] = []

    async def soften(self) -> None:
        self.did.append("soften")

    async def restore(self) -> None:
        self.did.append("restore")

    async def close(self) -> None:
        pass


class _Calm:
    def on_fallback(self, service: Service, chosen: str, now: str, error: AppError) -> None:
        pass

    def on_return(self, service: Service, chosen: str) -> None:
        pass

    def on_failure(self, server: str, error: AppError) -> None:
        pass

    def on_success(self, server: str) -> None:
        pass


class WholeTakes:
    """A LiveTranscriber that asks another one when the sound has ended."""

    def __init__(self, transcriber: Transcriber) -> None:
        self.label = transcriber.label
        self._transcriber = transcriber

    async def warm(self) -> None:
        pass

    async def follow(
        self, sound: KeptSound, hints: Hints, on_partial: OnLivePartial | None = None
    ) -> Transcript:
        if on_partial is not None:
            on_partial(Partial("so far"))
        await sound.until_ended()
        return await self._transcriber.transcribe(await sound.clip(), hints)

    async def aclose(self) -> None:
        pass


def live(transcriber: Callable[[], Awaitable[Transcriber]]) -> LiveDictation:
    """Dictation with whoever transcribes."""

    async def get() -> LiveTranscriber:
        return WholeTakes(await transcriber())

    lineup: Lineup[LiveTranscriber] = Lineup(
        Service.TRANSCRIPTION,
        [Candidate("scripted", "", "", get)],
        FallbackState(lambda: 0.0, _Calm()),
    )
    return LiveDictation(lineup, "scripted")
