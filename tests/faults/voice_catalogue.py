"""What can go wrong while Sayso speaks over one connection, and what must come of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.errors import Code
from tests.faults.voice_core import FRAMES, Act
from tests.voice_server.habits import GARBAGE, Delays, Habits
from tests.voice_server.server import VoiceServer

Stage = Callable[[VoiceServer], Mapping[int, Act]]
"""What happens at which frame of the utterance."""

_WORDS = "conversation.item.input_audio_transcription.completed"


@dataclass(frozen=True, slots=True)
class VoiceFault:
    """`habits` are those of the turn with the fault alone; `codes` may be told, one of them.

    `stands_in`: the turn-based engine answers. `replies` is False where the user is told instead.
    """

    name: str
    acts: Stage = lambda _server: {}
    habits: Callable[[], Habits] = Habits
    delays: Delays = field(default_factory=Delays)
    codes: frozenset[Code] = frozenset()
    replies: bool = True
    quick: bool = False
    """Whether it is lived through in every run of the tests."""


def _slow() -> Delays:
    return Delays(first_sound_s=0.6, rate=1.0)


def _in_reply(act: Callable[[VoiceServer], Act]) -> Stage:
    """A little after the first sound of the reply."""

    def stage(server: VoiceServer) -> Mapping[int, Act]:
        async def wait() -> None:
            heard = len(server.log)

            async def then() -> None:
                async with asyncio.timeout(20):
                    while not any(what == "first_sound" for _, what, _ in server.log[heard:]):
                        await asyncio.sleep(0.02)
                await asyncio.sleep(0.2)
                done = act(server)()
                if asyncio.iscoroutine(done):
                    await done

            server.spawn(then())

        return {FRAMES: wait}

    return stage


def _at(frame: int, act: Callable[[VoiceServer], Act]) -> Stage:
    return lambda server: {frame: act(server)}


def _cut(server: VoiceServer) -> Act:
    return server.cut


def _half_open(server: VoiceServer) -> Act:
    return server.half_open


def _expire(server: VoiceServer) -> Act:
    return server.expire


def _gone(status: int, body: bytes) -> Callable[[VoiceServer], Act]:
    """Cut, and no new session is given."""

    def of(server: VoiceServer) -> Act:
        def act() -> None:
            server.refuse = (status, body)
            server.cut()

        return act

    return of


def _refusal(status: int, code: str) -> Callable[[VoiceServer], Act]:
    told = f'{{"error": {{"message": "no", "type": "invalid_request_error", "code": "{code}"}}}}'
    return _gone(status, told.encode())


def _failing(code: str, times: int = 1) -> Callable[[], Habits]:
    failure = {"type": "server_error", "code": code, "message": "no"}
    return lambda: Habits(fail_next=times, failure=failure)


def _refusing(code: str, times: int = 1) -> Callable[[], Habits]:
    refusal = {"type": "invalid_request_error", "code": code, "message": "no"}
    return lambda: Habits(refuse_next=times, refusal=refusal)


VOICE_FAULTS: tuple[VoiceFault, ...] = (
    VoiceFault("cut while nobody speaks", _at(0, _cut)),
    VoiceFault("cut in the middle of a sentence", _at(16, _cut), quick=True),
    VoiceFault("cut when the answer is awaited", _at(FRAMES, _cut), delays=_slow()),
    VoiceFault("cut in the middle of the answer", _in_reply(_cut), delays=_slow(), quick=True),
    VoiceFault("half-open while nobody speaks", _at(0, _half_open)),
    VoiceFault("half-open in the middle of a sentence", _at(16, _half_open), quick=True),
    VoiceFault("half-open when the answer is awaited", _at(FRAMES, _half_open), delays=_slow()),
    VoiceFault("half-open in the middle of the answer", _in_reply(_half_open), delays=_slow()),
    VoiceFault("closed with 1001 while nobody speaks", _at(0, _expire)),
    VoiceFault("closed with 1001 in the middle of a sentence", _at(16, _expire), quick=True),
    VoiceFault("closed with 1001 when the answer is awaited", _at(FRAMES, _expire), delays=_slow()),
    VoiceFault("closed with 1001 in the middle of the answer", _in_reply(_expire), delays=_slow()),
    VoiceFault("cut, and sessions are refused with 503", _at(16, _gone(503, b"{}")), quick=True),
    VoiceFault("cut, and sessions are refused with 429", _at(16, _refusal(429, "slow_down"))),
    VoiceFault("cut, and the key is refused", _at(16, _refusal(401, "invalid_api_key"))),
    VoiceFault("cut, and the model is gone", _at(16, _refusal(404, "model_not_found"))),
    VoiceFault("a response refused once", habits=_refusing("server_error"), quick=True),
    VoiceFault("every response refused", habits=_refusing("server_error", 99)),
    VoiceFault(
        "a response refused because one is active",
        habits=_refusing("conversation_already_has_active_response"),
    ),
    VoiceFault("a response that fails once", habits=_failing("server_error")),
    VoiceFault("every response fails", habits=_failing("server_error", 99)),
    VoiceFault("a response over the limit of requests", habits=_failing("rate_limit_exceeded", 99)),
    VoiceFault("no money left", habits=_failing("insufficient_quota", 99)),
    VoiceFault("a response that never comes", habits=lambda: Habits(mute_next=1)),
    VoiceFault("words that never come", habits=lambda: Habits(words="never")),
    VoiceFault("words that fail", habits=lambda: Habits(words="failed"), quick=True),
    VoiceFault("words after the answer", habits=lambda: Habits(late=frozenset({_WORDS}))),
    VoiceFault(
        "acknowledged after the answer",
        habits=lambda: Habits(late=frozenset({"input_audio_buffer.committed"})),
    ),
    VoiceFault("every event before the one ahead of it", habits=lambda: Habits(swapped=True)),
    VoiceFault("every event twice", habits=lambda: Habits(twice=True), quick=True),
    VoiceFault("garbage around every event", habits=lambda: Habits(garbage=GARBAGE), quick=True),
    VoiceFault("names of an older API", habits=lambda: Habits(old_names=True)),
)

VOICE_FAULT = {fault.name: fault for fault in VOICE_FAULTS}
