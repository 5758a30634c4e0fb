"""The programs that speak without a key: what is run, and what it is told on its input."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass

from app.errors import AppError, Code
from app.providers.local.spoken_text import spoken

ENGLISH = "en"

_POWERSHELL = (
    "Add-Type -AssemblyName System.Speech;"
    "$in = [Console]::OpenStandardInput();"
    "$reader = New-Object IO.StreamReader($in, [Text.Encoding]::UTF8);"
    "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer;"
    "$out = New-Object IO.MemoryStream;"
    "$voice.SetOutputToWaveStream($out);"
    "$voice.Speak($reader.ReadToEnd());"
    "$bytes = $out.ToArray();"
    "[Console]::OpenStandardOutput().Write($bytes, 0, $bytes.Length)"
)


@dataclass(frozen=True, slots=True)
class VoiceProgram:
    """A program that reads UTF-8 text on its input and writes a WAV file on its output.

    `{input}` and `{output}` in the command stand for files instead, for programs that cannot
    work on pipes.
    """

    command: tuple[str, ...]
    english_only: bool = False

    def text(self, text: str) -> bytes:
        """What goes to its input."""
        return (spoken(text) if self.english_only else text).encode()


FLITE = VoiceProgram(
    ("flite", "-voice", "slt", "-f", "{input}", "-o", "{output}"), english_only=True
)
SAY = VoiceProgram(("say", "--file-format=WAVE", "--data-format=LEI16@22050", "-o", "{output}"))
WINDOWS = VoiceProgram(("powershell", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL))


def espeak(language: str) -> VoiceProgram:
    """espeak-ng, which speaks some hundred languages."""
    return VoiceProgram(("espeak-ng", "-v", language, "--stdin", "--stdout"))


def find_program(language: str, platform: str = sys.platform) -> VoiceProgram:
    """The voice for a language (ISO 639-1) on this system.

    Raises AppError(VOICE_MISSING) when nothing that speaks it is installed.
    """
    if platform == "darwin":
        return SAY
    if platform == "win32":
        return WINDOWS
    if language == ENGLISH and shutil.which("flite"):
        return FLITE
    if shutil.which("espeak-ng"):
        return espeak(language)
    raise AppError(Code.VOICE_MISSING, "flite" if language == ENGLISH else "espeak-ng")
