"""One fault of a Realtime session, lived through: what was seen, heard and kept."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app import events
from app.conversation.message import Role
from app.realtime.events import LinkChanged
from tests.faults.api import reply_to, said
from tests.faults.live import _UNSPEAKABLE
from tests.faults.server import ApiServer
from tests.faults.voice_catalogue import VoiceFault
from tests.faults.voice_core import FRAMES, VoiceCore, voice_core
from tests.providers.openai.connection import KEY
from tests.voice_server.ear import NUMBERS, SERVER_RATE_HZ, frames_in
from tests.voice_server.habits import Delays, Habits
from tests.voice_server.server import VoiceServer

_NUMBER = 2


@dataclass(slots=True)
class VoiceLived:
    """What came of one turn; times are what a person waits.

    `asked_for` counts responses that the server was asked for in that turn, `sessions` the
    connections that were made, `lost` the frames of speech that no answer's turn held.
    """

    fault: str
    heard: str = ""
    replied: str = ""
    spoken_ms: int = 0
    kept: bool = False
    lost: int = FRAMES
    notices: Sequence[events.Notice] = ()
    links: Sequence[str] = ()
    told_s: float | None = None
    answered_s: float | None = None
    seconds: float = 0.0
    asked_for: int = 0
    sessions: int = 0
    stood_in: bool = False
    goes_on: bool = False
    afterwards: Sequence[str] = ()
    problems: list[str] = field(default_factory=list)


async def live_through_voice(fault: VoiceFault) -> VoiceLived:
    """A turn before the fault, one with it, one after it, in an app of its own."""
    with tempfile.TemporaryDirectory() as home:
        async with voice_core(Path(home), delays=Delays()) as (core, voice, api):
            await core.speak(1)
            voice.habits, voice.delays = fault.habits(), fault.delays
            lived = VoiceLived(fault.name)
            api.model.hears = said(_NUMBER)
            await _watched(core, voice, api, fault, lived)
            voice.habits, voice.delays, voice.refuse = Habits(), Delays(), None
            await _goes_on(core, api, lived)
            return lived


async def _watched(
    core: VoiceCore, voice: VoiceServer, api: ApiServer, fault: VoiceFault, lived: VoiceLived
) -> None:
    clock = asyncio.get_running_loop().time
    began, began_s, sound_before = len(core.seen), clock(), core.sound_bytes
    sessions, asked, uploads = len(voice.handshakes), _asked(voice), len(api.requests)
    await core.speak(_NUMBER, fault.acts(voice))
    lived.seconds = clock() - began_s
    lived.sessions = len(voice.handshakes) - sessions
    lived.asked_for = _asked(voice) - asked
    lived.stood_in = any("chat" in r.path for r in api.requests[uploads:])
    lived.spoken_ms = (core.sound_bytes - sound_before) // 2 * 1000 // SERVER_RATE_HZ
    lived.notices = core.of(events.Notice, began)
    lived.links = [str(change.link) for change in core.of(LinkChanged, began)]
    lived.kept = core.keeps(_NUMBER)
    lived.lost = lost_frames(voice, _NUMBER)
    for seen in core.seen[began:]:
        if isinstance(seen.event, events.Notice) and lived.told_s is None:
            lived.told_s = seen.at_s - began_s
        if isinstance(seen.event, events.ReplyEnded) and seen.event.message is not None:
            lived.replied = seen.event.message.text
            lived.answered_s = seen.at_s - began_s
    lived.heard = " / ".join(
        text for role, text in core.messages() if role == Role.USER and text != said(1)
    )
    lived.problems += [
        f"shown: {text}"
        for notice in lived.notices
        for text in (notice.message, notice.hint)
        if _UNSPEAKABLE.search(text) or KEY in text
    ]


def _asked(voice: VoiceServer) -> int:
    return voice.kinds.count("response.create")


def lost_frames(voice: VoiceServer, number: int, turns: Sequence[bytes] | None = None) -> int:
    """How many frames of an utterance are in no single turn that the server was given."""
    if turns is None:
        turns = [pcm for talk in voice.talks for pcm in talk.committed]
    found = [frames_in(pcm).get(number % NUMBERS, set()) for pcm in turns]
    return FRAMES - max((len(frames) for frames in found), default=0)


async def _goes_on(core: VoiceCore, api: ApiServer, lived: VoiceLived) -> None:
    sound_before = core.sound_bytes
    api.model.hears = said(3)
    await core.speak(3)
    stored = core.messages()
    lived.afterwards = [f"{role}: {text}" for role, text in stored[-4:]]
    lived.goes_on = (
        core.sound_bytes > sound_before
        and (Role.USER, said(3)) in stored
        and (Role.ASSISTANT, reply_to(said(3))) in stored
    )
    texts = [text for role, text in stored if role == Role.USER]
    lived.problems += [f"{text} is there twice" for text in {*texts} if texts.count(text) > 1]
