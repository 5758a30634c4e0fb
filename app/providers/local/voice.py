"""The built-in voice: a small program speaks each sentence. Core thread."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path

from app.errors import AppError, Code
from app.providers.local.environment import child_environment
from app.providers.local.voice_programs import ENGLISH, VoiceProgram, find_program
from audio.killing import kill
from audio.pcm import Clip
from audio.wav import WavError, parse_wav

SPEAK_S = 20.0
MAX_CHARACTERS = 2_000
"""More than a sentence ever has; what is beyond is shown, not spoken."""


class BuiltInVoice:
    """A Speech that starts a program for each piece of text and ends it when it is closed."""

    label = "built in"

    def __init__(self, language: str = ENGLISH) -> None:
        self._language = language

    async def warm(self) -> None:
        """Nothing to load: a sentence takes a twentieth of its length."""

    async def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        """The sound of `text`. Raises AppError."""
        program = find_program(self._language)
        text = text[:MAX_CHARACTERS]
        if not text.strip():
            return
        with tempfile.TemporaryDirectory(prefix="sayso-voice-") as folder:
            data = await _run(program, text, Path(folder))
        try:
            yield parse_wav(data).clip
        except WavError as error:
            raise AppError(Code.VOICE_FAILED) from error

    async def aclose(self) -> None:
        """Nothing to release."""


async def _run(program: VoiceProgram, text: str, folder: Path) -> bytes:
    files = {"{input}": folder / "text.txt", "{output}": folder / "speech.wav"}
    data = program.text(text)
    await asyncio.to_thread(files["{input}"].write_bytes, data)
    command = [str(files.get(part, part)) for part in program.command]
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=child_environment(),
        )
    except OSError as error:
        raise AppError(Code.VOICE_MISSING, command[0]) from error
    try:
        async with asyncio.timeout(SPEAK_S):
            sound, _ = await process.communicate(data)
    except TimeoutError as error:
        raise AppError(Code.VOICE_FAILED) from error
    finally:
        kill(process)
        await process.wait()
    if process.returncode != 0:
        raise AppError(Code.VOICE_FAILED)
    if files["{output}"].exists():
        return await asyncio.to_thread(files["{output}"].read_bytes)
    return sound
