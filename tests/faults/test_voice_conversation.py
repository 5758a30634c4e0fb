"""Spoken turns over one realtime session, and what changes in the middle of them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
from pathlib import Path

import pytest

from app import commands, events
from app.conversation.message import Role
from app.shots import commands as shot_commands, events as shot_events
from app.shots.shot import ShotKind
from audio import messages
from tests.faults.api import Call, reply_to, said
from tests.faults.clock import run_hurried
from tests.faults.voice_core import VoiceCore, voice_core
from tests.shots.pictures import encoded, lettered
from tests.voice_server.habits import Answer, Delays, Habits
from tests.voice_server.server import VoiceServer

WITH_TOOL = {
    said(4): Call("calculate", '{"expression": "6 * 7"}'),
    said(13): Call("get_time", "{}"),
}
INTERRUPTED = (6, 12, 16)
PICTURED = 5
HEARD_MS = 300


def answers(text: str, rounds: int) -> Answer:
    """Calls a tool first where one is wanted."""
    if text in WITH_TOOL and not rounds:
        return Answer(calls=(WITH_TOOL[text],))
    return Answer(reply_to(text), sound_ms=2_000)


async def converse(core: VoiceCore, voice: VoiceServer, folder: Path, turns: int) -> None:
    """All turns, one after another."""
    for number in range(1, turns + 1):
        if number == PICTURED:
            await _attach(core, folder / "seen.png")
        if number in INTERRUPTED:
            await _interrupted(core, voice, number)
        else:
            await core.speak(number)


async def _attach(core: VoiceCore, file: Path) -> None:
    file.write_bytes(encoded(lettered(text="Seen")))
    core.send(shot_commands.TakeShot(ShotKind.FILE, name=str(file)))
    await core.until(lambda: core.of(shot_events.ShotPrepared))
    core.send(shot_commands.AttachShot(core.of(shot_events.ShotPrepared)[-1].attachment.shot_id))
    await core.until(lambda: core.of(shot_events.AttachmentsChanged))


async def _interrupted(core: VoiceCore, voice: VoiceServer, number: int) -> None:
    """The reply plays on until the next utterance is spoken over it."""
    engine, before = core.engine, core.engine.stream
    engine.finishes = False
    await engine.talk(number)
    await core.until(lambda: engine.stream != before and engine.pcm_bytes.get(engine.stream))
    engine.finishes, engine.played_ms = True, HEARD_MS
    began = len(voice.log)
    over = asyncio.create_task(
        engine.talk(number + 100, interrupted=engine.stream, played_ms=HEARD_MS)
    )
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(20):
            while not any(what == "truncated" for _, what, _ in voice.log[began:]):
                await asyncio.sleep(0.05)
    await over
    await core.settled(None)


@pytest.mark.parametrize("turns", [7, pytest.param(20, marks=pytest.mark.soak)])
def test_a_conversation_with_tools_a_picture_and_interruptions(tmp_path: Path, turns: int) -> None:
    async def run() -> None:
        habits, delays = Habits(answers=answers), Delays(rate=8.0)
        async with voice_core(tmp_path / "home", habits, delays) as (core, voice, api):
            await converse(core, voice, tmp_path, turns)
            _check(core, voice, turns)
            assert [r for r in api.requests if "chat" in r.path] == []

    run_hurried(run())


def _check(core: VoiceCore, voice: VoiceServer, turns: int) -> None:
    stored = core.messages()
    spoken = [text for role, text in stored if role == Role.USER]
    wanted = []
    for number in range(1, turns + 1):
        wanted += [said(number), said(number + 10)] if number in INTERRUPTED else [said(number)]
    assert spoken == wanted
    answered = [text for role, text in stored if role == Role.ASSISTANT]
    for number in set(range(1, turns + 1)) - set(INTERRUPTED):
        assert reply_to(said(number)) in answered
    outputs = [item.call["output"] for item in voice.items if item.kind == "function_call_output"]
    assert len(outputs) == sum(said(number) in WITH_TOOL for number in range(1, turns + 1))
    assert "42" in json.dumps(outputs[0])
    seen = core.of(shot_events.ShotPrepared)[-1].attachment
    encoded_as = f"data:{seen.media_type};base64,"
    (shown,) = [url for item in voice.items for url in item.images]
    assert shown.startswith(encoded_as)
    data = base64.b64decode(shown.removeprefix(encoded_as))
    assert hashlib.sha256(data).hexdigest() == seen.sha256
    assert data == seen.data
    heard = [item.heard_ms for item in voice.items if item.heard_ms is not None]
    assert heard == [HEARD_MS] * sum(number <= turns for number in INTERRUPTED)
    assert len(voice.handshakes) <= 2
    assert core.of(events.Notice) == []


def test_a_sentence_that_goes_on_after_its_end_is_one_message(tmp_path: Path) -> None:
    async def run() -> None:
        async with voice_core(tmp_path, delays=Delays(first_sound_s=1.5)) as (core, voice, _api):
            await core.speak(1)
            await core.engine.talk(2)
            await core.engine.talk(3)
            await core.settled(None)
            await core.until(lambda: not core.keeps(2) and not core.keeps(3))
            both = f"{said(2)} {said(3)}"
            assert core.messages() == [
                (Role.USER, said(1)),
                (Role.ASSISTANT, reply_to(said(1))),
                (Role.USER, both),
                (Role.ASSISTANT, reply_to(said(3))),
            ]
            (talk,) = [talk for talk in voice.talks if len(talk.committed) > 1]
            known = [(item.role, item.text) for item in talk.conversation.items]
            assert known[-3:] == [
                ("user", said(2)),
                ("user", said(3)),
                ("assistant", reply_to(said(3))),
            ]
            assert core.of(events.Notice) == []

    run_hurried(run())


def test_the_engines_change_places_without_losing_the_thread(tmp_path: Path) -> None:
    async def run() -> None:
        async with voice_core(tmp_path) as (core, voice, api):
            await core.speak(1)
            core.send(commands.ChangeSettings({"realtime.engine": "turn_by_turn"}))
            api.model.hears = said(2)
            await core.speak(2)
            asked = [r.json()["messages"] for r in api.requests if "chat" in r.path]
            assert said(1) in json.dumps(asked[-1])
            core.send(commands.ChangeSettings({"realtime.engine": "realtime"}))
            await core.speak(3)
            known = [item.text for item in voice.conversation.items]
            assert said(2) in known
            assert reply_to(said(2)) in known
            stored = [text for role, text in core.messages() if role == Role.USER]
            assert stored == [said(1), said(2), said(3)]

    run_hurried(run())


def test_the_engine_is_changed_in_the_middle_of_a_sentence(tmp_path: Path) -> None:
    async def run() -> None:
        async with voice_core(tmp_path) as (core, _voice, api):
            await core.speak(1)
            api.model.hears = said(2)
            off = commands.ChangeSettings({"realtime.engine": "turn_by_turn"})
            await core.speak(2, {16: lambda: core.send(off)})
            on = commands.ChangeSettings({"realtime.engine": "realtime"})
            api.model.hears = said(3)
            await core.speak(3, {16: lambda: core.send(on)})
            await core.speak(4)
            stored = core.messages()
            for number in range(1, 5):
                assert stored.count((Role.USER, said(number))) == 1
                assert (Role.ASSISTANT, reply_to(said(number))) in stored

    run_hurried(run())


def test_the_microphone_goes_in_the_middle_of_a_sentence(tmp_path: Path) -> None:
    async def run() -> None:
        async with voice_core(tmp_path) as (core, _voice, _api):
            await core.speak(1)
            await core.engine.talk(2, lost_at=16)
            await core.settled(None)
            core.engine.tell(messages.MicrophoneOpened("another", messages.SPEECH_RATE_HZ))
            await core.speak(3)
            for number in (1, 2, 3):
                assert core.times(number) + core.keeps(number) == 1, number

    run_hurried(run())
