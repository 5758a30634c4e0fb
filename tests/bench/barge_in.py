"""How long Sayso's engine goes on speaking over a person. Run: python -m tests.bench.barge_in

Real parts: a private sound server, the engine process, flite's voices. For each echo level a reply
is interrupted several times; the onset is taken at the microphone, the silence at the speakers.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import tempfile
import time

import numpy as np

from audio.client import EngineClient
from audio.messages import Configure, Flush, Listen, Play, PlayEnd, TakeStarted
from audio.pcm import level_dbfs
from audio.resample import resample
from tests.desk.recording import Recording
from tests.desk.sound import MICROPHONE, SoundServer
from tests.desk.speech import say

STORY = (
    "this is a rather long story about a house and a garden and about all the people who live "
    "there and like to sing every day in the rain and in the sun"
)
WORDS = ("wait i have another question", "please be quiet now", "no that is not what i meant")
TURNS = 6
REPLY_RATE_HZ = 24_000


def is_loud(data: bytes) -> bool:
    return level_dbfs(np.frombuffer(data, dtype="<i2")) > -50


async def interrupt(engine: EngineClient, sound: SoundServer, turn: int) -> float:
    """One reply and one interruption; the time at which the person began."""
    stream = f"reply{turn}"
    reply = resample(say(STORY, voice="rms"), REPLY_RATE_HZ)
    await engine.send(Play(stream, REPLY_RATE_HZ))
    await engine.send_pcm(stream, reply.data)
    await engine.send(PlayEnd(stream))
    await asyncio.sleep(2.5)
    began_s = time.monotonic()
    words = say(WORDS[turn % len(WORDS)], voice=("slt", "awb")[turn % 2], lead_ms=0)
    speaking = asyncio.create_task(asyncio.to_thread(sound.say_clip, words))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(4):
            while not isinstance(await engine.receive(), TakeStarted):
                pass
    await speaking
    await asyncio.sleep(1.5)
    await engine.send(Flush(stream))
    return began_s


def silent_after_ms(heard: Recording, spoken: Recording, began_s: float, echo: bool) -> float:
    """From the first sound of the person to the last one of the reply."""
    onset_s = began_s + 0.15
    if not echo:
        onset_s = next(at for at, data in spoken.blocks if at > began_s and is_loud(data))
    last_s = max(at for at, data in heard.blocks if at < began_s + 5 and is_loud(data))
    return (last_s - onset_s) * 1000


async def measure(sound: SoundServer, echo_db: float | None) -> None:
    with contextlib.ExitStack() as stack:
        if echo_db is not None:
            stack.enter_context(sound.echo_path(attenuation_db=-echo_db))
        environment = {**os.environ, **sound.environment}
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        engine = await EngineClient.start(Configure(folder), environment=environment)
        await engine.send(Listen())
        await asyncio.sleep(1)
        results = []
        for turn in range(TURNS):
            with sound.recording() as heard, sound.recording(MICROPHONE) as spoken:
                began_s = await interrupt(engine, sound, turn)
            results.append(silent_after_ms(heard, spoken, began_s, echo_db is not None))
        await engine.close()
    label = "no echo" if echo_db is None else f"{echo_db:.0f} dB"
    rest = statistics.median(results[1:])
    print(f"{label:8} first {results[0]:.0f} ms, later {rest:.0f} ms, worst {max(results):.0f} ms")


def main() -> None:
    with contextlib.closing(SoundServer()) as sound:
        for echo_db in (None, -20.0, -12.0, -6.0):
            asyncio.run(measure(sound, echo_db))


if __name__ == "__main__":
    main()
