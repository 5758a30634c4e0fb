"""The app's end of the engine."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from audio import journal
from audio.client import EngineClient, EngineFailed, EngineGone
from audio.launch import engine_environment
from audio.messages import (
    BeginTake,
    Configure,
    EchoMode,
    Event,
    Listen,
    MicrophoneOpened,
    Pcm,
    Play,
    PlaybackFinished,
    PlayEnd,
    TakeStarted,
)
from tests.audio.running import is_running, journal_folder, running_engine
from tests.desk.child import merged
from tests.desk.speech import say, tone


@pytest.fixture
def folder(tmp_path):
    return journal_folder(tmp_path)


def test_the_engine_gets_the_way_to_the_sound_and_no_keys():
    kept = engine_environment(
        {
            "HOME": "/h",
            "PULSE_SERVER": "s",
            "PIPEWIRE_REMOTE": "p",
            "LC_ALL": "C",
            "SAYSO_DESK": "1",
            "OPENAI_API_KEY": "sk-1",
            "ANTHROPIC_API_KEY": "sk-2",
            "PYTHONPATH": "/elsewhere",
        }
    )
    root = str(Path(__file__).parents[2])
    assert kept == {
        "HOME": "/h",
        "PULSE_SERVER": "s",
        "PIPEWIRE_REMOTE": "p",
        "LC_ALL": "C",
        "SAYSO_DESK": "1",
        "PYTHONPATH": root,
    }


@pytest.mark.parametrize("program", ["/bin/false", "/no/such/program"])
async def test_an_engine_that_cannot_start_has_failed(folder, monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(EngineFailed):
        await EngineClient.start(Configure(str(folder)))


@pytest.mark.logs("talks nonsense")
async def test_what_answers_without_being_an_engine_has_failed(folder, monkeypatch, tmp_path):
    impostor = tmp_path / "impostor"
    impostor.write_text("#!/bin/sh\necho hello, this is no engine\nexec sleep 60\n")
    impostor.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(impostor))
    with pytest.raises(EngineFailed):
        await EngineClient.start(Configure(str(folder)))


async def test_a_start_that_is_cancelled_leaves_no_process(folder, monkeypatch, tmp_path):
    note = tmp_path / "pid"
    sleeper = tmp_path / "sleeper"
    sleeper.write_text(f"#!/bin/sh\necho $$ > {note}\nexec sleep 60\n")
    sleeper.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(sleeper))
    start = asyncio.create_task(EngineClient.start(Configure(str(folder))))
    async with asyncio.timeout(30):
        while not (note.exists() and note.read_text().strip()):
            await asyncio.sleep(0.01)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert not is_running(int(note.read_text()))


@pytest.mark.desk
async def test_ready_tells_what_the_engine_can_do(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        ready = engine.client.ready
        assert is_running(ready.pid)
        assert ready.echo is EchoMode.CANCEL
        assert ready.detector
        variables = Path(f"/proc/{ready.pid}/environ").read_bytes()
        assert b"API_KEY" not in variables
    assert engine.returncode == 0
    assert not is_running(ready.pid)


@pytest.mark.desk
async def test_the_loss_of_the_engine_is_told_to_sender_and_receiver(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        os.kill(engine.client.ready.pid, signal.SIGKILL)
        async with asyncio.timeout(30):
            while engine.returncode is None:
                await asyncio.sleep(0.01)
        assert engine.returncode == -signal.SIGKILL
        with pytest.raises(EngineGone) as gone:
            await engine.client.send(Listen())
        assert gone.value.returncode == -signal.SIGKILL
        with pytest.raises(EngineGone):
            await engine.client.receive()


@pytest.mark.desk
async def test_receiving_may_be_cancelled_at_any_time(sound, folder):
    client = await EngineClient.start(Configure(str(folder)), environment=merged(sound.environment))
    received: list[Event | Pcm] = []
    try:
        await client.send(Listen())
        await client.send(BeginTake())
        await client.send(Play("reply", 24_000))
        await client.send_pcm("reply", tone(440, 1000).data)
        await client.send(PlayEnd("reply"))
        async with asyncio.timeout(30):
            while not any(isinstance(m, PlaybackFinished) for m in received):
                try:
                    async with asyncio.timeout(0.0005):
                        received.append(await client.receive())
                except TimeoutError:
                    pass
    finally:
        await client.close()
    assert sum(len(m.data) for m in received if isinstance(m, Pcm)) > 16_000


@pytest.mark.desk
async def test_close_does_not_wait_for_an_app_that_does_not_read(sound, folder):
    client = await EngineClient.start(Configure(str(folder)), environment=merged(sound.environment))
    await client.send(BeginTake())
    await asyncio.to_thread(sound.say_clip, say("good morning"))
    await client.close()
    assert not is_running(client.ready.pid)
    (take,) = journal.unfinished(folder)
    assert take.state is journal.TakeState.PENDING


APP = """
import asyncio, sys
from audio.client import EngineClient
from audio.messages import Configure, Listen

async def main():
    client = await EngineClient.start(Configure(sys.argv[1]))
    await client.send(Listen())
    print("engine", client.ready.pid, flush=True)
    while True:
        print(type(await client.receive()).__name__, flush=True)

asyncio.run(main())
"""


@pytest.mark.desk
async def test_an_app_that_is_killed_leaves_no_engine_and_a_finished_take(sound, folder):
    root = Path(__file__).parents[2]
    app = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", APP, str(folder)),
        stdout=asyncio.subprocess.PIPE,
        env=merged(sound.environment, {"PYTHONPATH": str(root)}),
    )
    said = app.stdout
    assert said is not None
    engine_pid = int((await said.readline()).split()[1])

    async def until(name: str) -> None:
        while (await said.readline()).decode().strip() != name:
            pass

    async with asyncio.timeout(30):
        await until(MicrophoneOpened.__name__)
        with sound.saying(say("one two three four five six seven eight")):
            await until(TakeStarted.__name__)
            await until(Pcm.__name__)
            app.kill()
            await app.communicate()
            while is_running(engine_pid):
                await asyncio.sleep(0.01)
    (take,) = journal.unfinished(folder)
    assert take.state is journal.TakeState.PENDING
    assert take.duration_ms > 100
