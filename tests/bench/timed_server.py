"""The harness's server, which answers with the words really spoken. Runs beside the harness:

    DIR/base/bin/python -m tests.bench.timed_server --bench DIR --corpus FOLDER --port 8765

`POST /_config {"voice": "slt"}` lets it speak with a voice instead of a tone, `{"clip": "name"}`
tells which clip is being said. Its log says for each chat request what it was asked (`llm.asked`)
for each upload which words it held (`stt.text`), and how much sound came to a session (`rt.sound`).
"""

from __future__ import annotations

import argparse
import asyncio
import contextvars
import importlib.util
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from aiohttp import web  # type: ignore[import-not-found]

from tests.bench.clips import RATE_HZ, Samples, resampled
from tests.bench.recognise import ITS_OWN_VOICE, Recognizer
from tests.bench.timed_voice import TimedVoice, ended
from tests.bench.voices import flite

_ECHO_WORDS = 4

_voiced: contextvars.ContextVar[bytes | None] = contextvars.ContextVar("voiced", default=None)


class TimedServer:
    """The harness's module `server` with its ears and its voice replaced."""

    def __init__(self, server: Any, recognizer: Recognizer) -> None:
        self._server = server
        self._recognizer = recognizer
        self._chat = server.chat
        self._speech = server.speech
        self._tone = server.tone
        self._voices: dict[tuple[str, str], bytes] = {}
        server.CFG.voice = ""
        server.CFG.clip = ""
        server.transcriptions = self.transcriptions
        server.chat = self.chat
        server.speech = self.speech
        server.tone = self.tone
        TimedVoice(server, recognizer, self._speak)

    async def transcriptions(self, request: web.Request) -> web.StreamResponse:
        """As the harness's, with the words of the upload for its fixed text."""
        server, number = self._server, next(self._server._ids)
        server.log("stt.req", id=number)
        fields: dict[str, str] = {}
        audio = b""
        async for part in await request.multipart():
            if part.name == "file":
                audio = bytes(await part.read())
            else:
                fields[part.name] = (await part.read()).decode()
        received = server.now()
        seconds = server.wav_seconds(audio)
        server.log("stt.body", t=received, id=number, bytes=len(audio), audio_s=seconds)
        try:
            found = await asyncio.to_thread(self._words_in, audio)
            hold_ms = server.CFG.stt_ms + server.CFG.stt_ms_per_s * (seconds or 0)
            await server.until(received + hold_ms / 1e3)
        except asyncio.CancelledError:
            server.log("stt.abort", id=number)
            raise
        text = ended(found or "")
        server.log("stt.text", id=number, text=text)
        return await self._answer(request, number, fields, text, seconds or 1.0)

    async def _answer(
        self, request: web.Request, number: int, fields: dict[str, str], text: str, seconds: float
    ) -> web.StreamResponse:
        log = self._server.log
        if fields.get("stream") == "true":
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            for word in text.split():
                await response.write(_event("transcript.text.delta", delta=word + " "))
            await response.write(_event("transcript.text.done", text=text))
            log("stt.resp", id=number)
            return response
        log("stt.resp", id=number)
        if fields.get("response_format", "json") == "text":
            return web.Response(text=text)
        usage = {"type": "duration", "seconds": math.ceil(seconds)}
        body: dict[str, Any] = {"text": text, "usage": usage}
        if fields.get("response_format") == "verbose_json":
            body |= {"language": "english", "duration": seconds, "segments": [], "words": []}
        return web.json_response(body)

    def _words_in(self, audio: bytes) -> str | None:
        config = self._server.CFG
        if config.clip == ITS_OWN_VOICE:
            return " ".join(config.reply.split()[:_ECHO_WORDS])
        return self._recognizer.words_in(audio, config.clip)

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """As the harness's; the log also holds what the user said since the last reply."""
        said: list[str] = []
        for message in reversed((await request.json()).get("messages", [])):
            if message.get("role") == "assistant" and message.get("content"):
                break
            if message.get("role") == "user":
                said.insert(0, _text(message.get("content")))
        self._server.log("llm.asked", user=said)
        response: web.StreamResponse = await self._chat(request)
        return response

    async def speech(self, request: web.Request) -> web.StreamResponse:
        """As the harness's, with a voice if there is one."""
        if self._server.CFG.voice:
            await self._speak((await request.json()).get("input", ""))
        response: web.StreamResponse = await self._speech(request)
        return response

    async def _speak(self, text: str) -> None:
        """The running task's next sound says this, where there is a voice."""
        voice = self._server.CFG.voice
        if voice:
            _voiced.set(await asyncio.to_thread(self._spoken, text, voice))

    def tone(self, duration_ms: float, lead_ms: float = 0.0) -> bytes:
        """What is sent as speech."""
        voiced = _voiced.get()
        return voiced if voiced is not None else self._tone(duration_ms, lead_ms)

    def _spoken(self, text: str, voice: str) -> bytes:
        if (text, voice) not in self._voices:
            samples = flite(text, voice).samples
            self._voices[text, voice] = _at_server_rate(samples, self._server.SR).tobytes()
        return self._voices[text, voice]


def _at_server_rate(samples: Samples, rate_hz: int) -> Samples:
    return resampled(samples, RATE_HZ, rate_hz).astype(np.dtype("<i2"))


def _event(kind: str, **fields: str) -> bytes:
    return b"data: " + json.dumps({"type": kind, **fields}).encode() + b"\n\n"


def _text(content: object) -> str:
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content)
    return str(content or "")


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("timed_harness_server", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    server = _load(options.bench / "fakeopenai" / "server.py")
    TimedServer(server, Recognizer(options.corpus))
    web.run_app(
        server.make_app(),
        host="127.0.0.1",
        port=options.port,
        print=lambda *_: print("ready", flush=True),
        access_log=None,
        handler_cancellation=True,
        keepalive_timeout=600,
    )


if __name__ == "__main__":
    main()
