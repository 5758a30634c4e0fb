"""Providers that hand over to the next one when theirs fails before its first output.

What fails rests for a while, so that not every turn waits for it anew. Once something came, a
failure is final: what was said cannot be taken back. Core thread.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from app.errors import AppError, Code
from app.net.policy import RETRIED
from app.providers.base import (
    ChatChunk,
    ChatMessage,
    ChatModel,
    Form,
    Hints,
    OnPartial,
    Speech,
    ToolSpec,
    Transcriber,
    Transcript,
)
from app.providers.rest import WHOLE_SERVER, Rests
from app.services import Service
from audio.pcm import Clip

KEY_TROUBLE = frozenset(
    {
        Code.KEY_MISSING,
        Code.KEY_WRONG,
        Code.KEY_FOR_OTHER_HOST,
        Code.KEYRING_LOCKED,
        Code.ACCOUNT_CLOSED,
        Code.ACCESS_DENIED,
    }
)
"""Trouble that the user should rather put right than be spared."""

PASSED_ON = (
    RETRIED
    | WHOLE_SERVER
    | {
        Code.MODEL_UNKNOWN,
        Code.REQUEST_REFUSED,
        Code.VOICE_FORMAT,
        Code.VOICE_STRAYED,
        Code.RECOGNIZER_FAILED,
    }
)
"""Trouble that another provider need not have."""


class _Provider(Protocol):
    @property
    def label(self) -> str: ...

    async def warm(self) -> None: ...

    async def aclose(self) -> None: ...


P = TypeVar("P", bound=_Provider)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate(Generic[P]):
    """Someone who can do the job. `get` may raise AppError; whoever made it closes it.

    `name` begins a sentence about it: "gpt-4o", "The built-in assistant". `server` is the origin
    that rests as a whole when it fails, and `model` what rests of it alone; empty for what is
    built in.
    """

    name: str
    server: str
    model: str
    get: Callable[[], Awaitable[P]]


class Watcher(Protocol):
    """Is told how the candidates fare."""

    def on_fallback(self, service: Service, chosen: str, now: str, error: AppError) -> None:
        """`now` does the job in the place of `chosen`, because of `error`."""
        ...

    def on_return(self, service: Service, chosen: str) -> None:
        """The chosen one does the job again."""
        ...

    def on_failure(self, server: str, error: AppError) -> None:
        """A server failed, after its own retries."""
        ...

    def on_success(self, server: str) -> None:
        """A server works."""
        ...


class FallbackState:
    """What is known of all candidates of all services. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float], watcher: Watcher) -> None:
        self.rests = Rests(clock)
        self._watcher = watcher
        self._standing_in: dict[Service, str] = {}

    def failed(self, candidate: Candidate[P], error: AppError) -> None:
        """It failed: it rests."""
        if candidate.server and error.code not in KEY_TROUBLE:
            self.rests.failed(candidate.server, candidate.model, error)
            self._watcher.on_failure(candidate.server, error)

    def worked(
        self,
        service: Service,
        chosen: Candidate[P],
        candidate: Candidate[P],
        error: AppError | None,
    ) -> None:
        """It did the job; `error` is why the chosen one did not, where that is known."""
        if candidate.server:
            self.rests.succeeded(candidate.server, candidate.model)
            self._watcher.on_success(candidate.server)
        before = self._standing_in.get(service)
        if candidate is chosen:
            if self._standing_in.pop(service, None) is not None:
                self._watcher.on_return(service, chosen.name)
        elif candidate.name != before and error is not None:
            self._standing_in[service] = candidate.name
            self._watcher.on_fallback(service, chosen.name, candidate.name, error)


@dataclass(frozen=True, slots=True)
class Lineup(Generic[P]):
    """The candidates of one service in their order; the first is the one the user chose."""

    service: Service
    candidates: Sequence[Candidate[P]]
    state: FallbackState
    keys_too: bool = False

    @property
    def chosen(self) -> Candidate[P]:
        """Whom the user chose."""
        return self.candidates[0]

    def in_order(self) -> Sequence[Candidate[P]]:
        """Whom to ask now: those that do not rest; all of them when everyone does."""
        awake = [candidate for candidate in self.candidates if not self._rests(candidate)]
        return awake or self.candidates

    def passes_on(self, error: AppError) -> bool:
        """Whether another one may do better."""
        return error.code in PASSED_ON or (self.keys_too and error.code in KEY_TROUBLE)

    def _rests(self, candidate: Candidate[P]) -> bool:
        return self.state.rests.left_s(candidate.server, candidate.model) > 0

    async def label(self) -> str:
        """How the one who is asked next is named. Raises AppError when nobody can be had."""
        first: AppError | None = None
        for candidate in self.in_order():
            try:
                return (await candidate.get()).label
            except AppError as error:
                if first is None and not self.passes_on(error):
                    raise
                first = first or error
        assert first is not None, "there is at least one candidate"
        raise first

    async def warm(self) -> None:
        """Ready whom is asked next."""
        with contextlib.suppress(AppError):  # Told when it is needed.
            provider = await self.in_order()[0].get()
            await provider.warm()

    async def call(self, ask: Callable[[P], Awaitable[T]]) -> T:
        """What the first candidate that can gives. Raises AppError: that of the first one."""
        first: AppError | None = None
        for candidate in self.in_order():
            try:
                answer = await ask(await candidate.get())
            except AppError as error:
                self._take(candidate, error, first)
                first = first or error
            else:
                self._works(candidate, first)
                return answer
        assert first is not None, "there is at least one candidate"
        raise first

    async def stream(self, make: Callable[[P], AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
        """What the first candidate yields that yields anything, or ends well without."""
        first: AppError | None = None
        for candidate in self.in_order():
            has_begun = False
            try:
                async with contextlib.aclosing(make(await candidate.get())) as pieces:
                    async for piece in pieces:
                        if not has_begun:
                            has_begun = True
                            self._works(candidate, first)
                        yield piece
            except AppError as error:
                if has_begun:
                    raise
                self._take(candidate, error, first)
                first = first or error
            else:
                if not has_begun:
                    self._works(candidate, first)
                return
        assert first is not None, "there is at least one candidate"
        raise first

    def _works(self, candidate: Candidate[P], first: AppError | None) -> None:
        self.state.worked(self.service, self.chosen, candidate, first or self._reason())

    def _reason(self) -> AppError | None:
        """Why the chosen one rests."""
        return self.state.rests.reason(self.chosen.server, self.chosen.model)

    def _take(self, candidate: Candidate[P], error: AppError, first: AppError | None) -> None:
        """Note a failure; raise it where nobody else could do better."""
        passed_on = self.passes_on(error)
        if passed_on:
            self.state.failed(candidate, error)
        if first is None and not passed_on:
            raise error


class FallbackTranscriber:
    """A Transcriber. `label` is that of the one who is asked next."""

    def __init__(self, lineup: Lineup[Transcriber], label: str) -> None:
        self._lineup = lineup
        self.label = label

    async def warm(self) -> None:
        """Ready whom is asked next."""
        await self._lineup.warm()

    async def transcribe(
        self, clip: Clip, hints: Hints, on_partial: OnPartial | None = None
    ) -> Transcript:
        """The words in `clip`. Raises AppError."""

        async def ask(transcriber: Transcriber) -> Transcript:
            return await transcriber.transcribe(clip, hints, on_partial)

        return await self._lineup.call(ask)

    async def aclose(self) -> None:
        """Nothing of its own is open."""


class FallbackChatModel:
    """A ChatModel. `label` is that of the one who answered, or is asked next."""

    def __init__(self, lineup: Lineup[ChatModel], label: str) -> None:
        self._lineup = lineup
        self.label = label

    async def warm(self) -> None:
        """Ready whom is asked next."""
        await self._lineup.warm()

    def reply(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        form: Form | None = None,
    ) -> AsyncGenerator[ChatChunk, None]:
        """Stream one reply. Raises AppError."""

        def make(model: ChatModel) -> AsyncGenerator[ChatChunk, None]:
            self.label = model.label
            return model.reply(messages, tools, form)

        return self._lineup.stream(make)

    async def aclose(self) -> None:
        """Nothing of its own is open."""


class FallbackSpeech:
    """A Speech. `label` is that of the one who is asked next."""

    def __init__(self, lineup: Lineup[Speech], label: str) -> None:
        self._lineup = lineup
        self.label = label

    async def warm(self) -> None:
        """Ready whom is asked next."""
        await self._lineup.warm()

    def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        """Stream the sound of one sentence or clause. Raises AppError."""
        return self._lineup.stream(lambda speech: speech.speak(text))

    async def aclose(self) -> None:
        """Nothing of its own is open."""
