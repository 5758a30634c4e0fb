"""Release of the key to transcript over a line of 40 ms and 10 Mbit/s, beside the harness's ways:

    python -m tests.bench.dictation_link --bench DIR

`DIR` is the harness's folder (see README.md) with `openai` and `soundfile` in its `base` as well.
All ways go through the harness's own server and line, one after the other. Nothing is decided
here: the figures are printed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import ssl
import statistics
import subprocess
import time
import urllib.request
import wave
from collections.abc import Iterator
from pathlib import Path

from app.net.policy import Policies
from app.providers.base import Expect, Hints
from app.providers.kept_sound import KeptSound
from app.providers.local.live_recognizer import SphinxLiveTranscriber
from app.providers.local.recognizer import SphinxTranscriber
from app.providers.openai.client import OpenAIClient
from app.providers.openai.live_transcriber import OpenAILiveTranscriber
from app.providers.openai.transcriber import OpenAITranscriber
from app.secrets import Secret
from audio.pcm import Clip
from tests.desk.speech import say

SERVER_PORT, LINE_PORT = 8795, 8796
BASE_URL = f"https://127.0.0.1:{LINE_PORT}/v1"
RATE_HZ = 16_000
SENTENCES = (
    "remind me to call my sister tomorrow morning",
    "we should talk about the project on monday",
    "can you recommend a good book about history",
)
REAL_TIME_S = 2.0
"""At the end of a take; what was said before comes four times as fast."""
FASTER = 4.0
STEP_MS = 50


@contextlib.contextmanager
def child(*command: str | Path, folder: Path) -> Iterator[None]:
    """Runs as long as it is entered."""
    quiet = subprocess.DEVNULL
    words = [str(part) for part in command]
    process = subprocess.Popen(words, cwd=folder, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def take(seconds: float) -> bytes:
    """Speech of this length at 16 kHz."""
    sentences = b"".join(say(sentence, tail_ms=400).data for sentence in SENTENCES)
    length = int(seconds * RATE_HZ) * 2
    return (sentences * (length // len(sentences) + 1))[:length]


async def _speak(sound: KeptSound, pcm: bytes, faster: float) -> None:
    """Feed a take as a microphone would, the earlier part of it faster."""
    clock = asyncio.get_running_loop().time
    step = RATE_HZ * 2 * STEP_MS // 1000
    real_time = int(REAL_TIME_S * RATE_HZ) * 2
    at_s = clock()
    for at in range(0, len(pcm), step):
        sound.feed(pcm[at : at + step])
        at_s += STEP_MS / 1000 / (faster if at < len(pcm) - real_time else 1.0)
        await asyncio.sleep(at_s - clock())


async def release_to_words_ms(
    live: OpenAILiveTranscriber | SphinxLiveTranscriber, pcm: bytes, faster: float = FASTER
) -> tuple[float, str]:
    """One take: how long its words took once it had ended, and the words."""
    sound = KeptSound(RATE_HZ)
    following = asyncio.create_task(live.follow(sound, Hints()))
    await _speak(sound, pcm, faster)
    released = time.perf_counter()
    sound.end()
    text = (await following).text
    return (time.perf_counter() - released) * 1000, text


async def _sayso(lengths_s: list[float], times: int) -> dict[tuple[str, float], list[float]]:
    found: dict[tuple[str, float], list[float]] = {}
    client = OpenAIClient(BASE_URL, Secret("sk-0123456789abcdef"), Policies())
    for way, model in (("upload from the press on", ""), ("transcription socket", "m")):
        upload = OpenAITranscriber(client, "whisper-1")
        live = OpenAILiveTranscriber(client, model, upload)
        await live.warm()
        for seconds in lengths_s:
            pcm = take(seconds)
            found[way, seconds] = [(await release_to_words_ms(live, pcm))[0] for _ in range(times)]
        await live.aclose()
    await client.aclose()
    return found


async def _built_in(lengths_s: list[float], times: int) -> dict[tuple[str, float], list[float]]:
    """At real time: decoding needs about half of it."""
    transcriber = SphinxTranscriber()
    live = SphinxLiveTranscriber(transcriber)
    await live.warm()
    found: dict[tuple[str, float], list[float]] = {}
    for seconds in lengths_s:
        pcm = take(seconds)
        took = [(await release_to_words_ms(live, pcm, 1.0))[0] for _ in range(times)]
        found["built in, live", seconds] = took
        began = time.perf_counter()
        await transcriber.transcribe(Clip(RATE_HZ, pcm), Hints(expect=Expect.FREE_TEXT))
        found["built in, after the release", seconds] = [(time.perf_counter() - began) * 1000]
    await live.aclose()
    await transcriber.aclose()
    return found


def _harness(folder: Path, seconds: float, times: int) -> dict[tuple[str, float], list[float]]:
    """What the harness's own script prints, in milliseconds."""
    command = [str(folder / "base/bin/python"), "bench_dictation.py", BASE_URL]
    output = subprocess.run(
        [*command, "--sec", str(seconds), "--n", str(times)],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = re.findall(r"^(.+?)\s+median\s+([\d.]+) ms", output, re.MULTILINE)
    return {(f"harness: {name}", seconds): [float(median)] for name, median in lines}


def _ready() -> bool:
    try:
        context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
        with urllib.request.urlopen(f"{BASE_URL}/models", timeout=2, context=context):
            return True
    except OSError:
        return False


def _corpus(folder: Path) -> None:
    """The one file that the harness's script reads."""
    (folder / "wavf").mkdir(exist_ok=True)
    if not (folder / "wavf/u3.wav").exists():
        with wave.open(str(folder / "wavf/u3.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(say(SENTENCES[0]).data)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", type=Path, default=os.environ.get("SAYSO_BENCH"))
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seconds", type=float, nargs="*", default=[10.0, 40.0])
    parser.add_argument("--built-in", action="store_true", help="in real time, so slower")
    options = parser.parse_args()
    folder = options.bench.resolve()
    os.environ["SSL_CERT_FILE"] = str(folder / "fakeopenai/cert.pem")
    _corpus(folder)
    python = folder / "base/bin/python"
    server = folder / "fakeopenai/server.py"
    line = folder / "fakeopenai/netproxy.py"
    rows: dict[tuple[str, float], list[float]] = {}
    with (
        child(python, server, "--port", str(SERVER_PORT), "--tls", folder=folder),
        child(python, line, str(LINE_PORT), str(SERVER_PORT), folder=folder),
    ):
        while not _ready():
            time.sleep(0.1)
        rows |= asyncio.run(_sayso(options.seconds, options.times))
        for seconds in options.seconds:
            rows |= _harness(folder, seconds, options.times)
        _print(rows, options.seconds)
    if options.built_in:
        _print(asyncio.run(_built_in(options.seconds, 1)), options.seconds)


def _print(rows: dict[tuple[str, float], list[float]], lengths_s: list[float]) -> None:
    heads = "".join(f"{f'{seconds:g} s':>10}" for seconds in lengths_s)
    print(f"{'release to words, median ms':60}{heads}{'ratio':>8}")
    for way in dict.fromkeys(way for way, _ in rows):
        medians = [statistics.median(rows[way, seconds]) for seconds in lengths_s]
        cells = "".join(f"{median:10.0f}" for median in medians)
        print(f"{way[:59]:60}{cells}{medians[-1] / medians[0]:8.2f}", flush=True)


if __name__ == "__main__":
    main()
