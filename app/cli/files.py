"""`sayso talk --input question.wav --output reply.wav`: one whole turn from and to files."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from app import commands, events
from app.errors import EXIT_OK, AppError, Code, exit_code
from app.paths import Paths
from app.products.events import ProductOffered
from app.products.plain import plain_words
from app.sessions.file_audio import FileAudio
from app.state import Phase
from app.thread import Post
from app.wiring import file_core
from audio.pcm import Clip
from audio.wav import WavError, WavErrorKind, WavRead, read_wav, write_wav

_BUSY = frozenset(Phase) - {Phase.STARTING, Phase.IDLE, Phase.LISTENING, Phase.CLOSING}


@dataclass
class _Turn:
    """What came of it. `trouble` is the first notice after the question began.

    `stand_in` tells that another provider did the job: that is no trouble.
    """

    heard: str = ""
    answered: str = ""
    by: str = ""
    began: bool = False
    trouble: events.Notice | None = None
    stand_in: events.Notice | None = None
    shown: list[str] = field(default_factory=list)


def one_turn(question: Path | None, reply: Path | None, *, as_json: bool) -> int:
    """Print what was heard and what was answered; 0 only when both happened. Raises AppError."""
    if question is None:
        raise AppError(Code.USAGE, "A reply to a file needs a question from one: --input WAV.")
    if reply is not None and not _is_writable(reply):
        raise AppError(Code.OUTPUT_UNWRITABLE, str(reply))
    read = _read(question)
    paths = Paths.from_environment()
    paths.create()
    port = FileAudio(read.clip, question.name)
    turn = asyncio.run(_talk(paths, port))
    sound = port.reply()
    if sound is not None and reply is not None:
        _write(reply, sound)
    if turn.trouble is None and (missing := _missing(turn, reply is not None, sound)) is not None:
        turn.trouble = _notice(AppError(missing))
    if read.truncated:
        print(AppError(Code.AUDIO_FILE_TRUNCATED, question.name).message, file=sys.stderr)
    if turn.stand_in is not None:
        print(turn.stand_in.message, file=sys.stderr)
    _print(turn, reply if sound is not None else None, as_json=as_json)
    return EXIT_OK if turn.trouble is None else exit_code(turn.trouble.category)


def _missing(turn: _Turn, wants_sound: bool, sound: Clip | None) -> Code | None:
    """What did not happen although nothing was reported; None when all did."""
    if not turn.heard:
        return Code.NOTHING_HEARD
    if not turn.answered:
        return Code.NOT_ANSWERED
    return Code.NOT_SPOKEN if wants_sound and sound is None else None


def _notice(error: AppError) -> events.Notice:
    why = error.explanation
    return events.Notice("", error.code, why.category, error.message, error.hint, why.action)


async def _talk(paths: Paths, port: FileAudio) -> _Turn:
    turn = _Turn()
    posts: list[Post] = []

    def on_event(event: events.Event) -> None:
        match event:
            case events.StateChanged(state):
                turn.began = turn.began or state.phase in _BUSY
                if turn.began and state.phase in (Phase.IDLE, Phase.LISTENING):
                    posts[0](commands.Shutdown())
            case events.MessageAdded(message):
                turn.heard = message.text
            case events.ReplyEnded(_, message) if message is not None and not turn.answered:
                turn.answered, turn.by = message.text, message.by
            case ProductOffered(offer):
                turn.shown.append(plain_words(offer.product).rstrip())
            case events.ApprovalRequested(request_id):
                posts[0](commands.Answer(request_id, yes=False))
            case events.Notice(code=Code.FELL_BACK):
                turn.stand_in = event
            case events.Notice() if turn.began and turn.trouble is None:
                turn.trouble = event

    await file_core(paths, port)(on_event, posts.append)
    return turn


def _print(turn: _Turn, reply: Path | None, *, as_json: bool) -> None:
    trouble = turn.trouble
    if as_json:
        error = trouble and {"code": trouble.code, "message": trouble.message, "hint": trouble.hint}
        answer = {"heard": turn.heard, "answered": turn.answered, "by": turn.by, "error": error}
        shown = {"shown": turn.shown} if turn.shown else {}
        told = {**answer, "output": str(reply) if reply else None, **shown}
        print(json.dumps(told, ensure_ascii=False))
        return
    if turn.heard:
        print(f"Heard: {turn.heard}")
    if turn.answered:
        print(f"Answered: {turn.answered}")
    for words in turn.shown:
        print(f"\n{words}")
    if trouble is not None:
        print(f"sayso: {trouble.message}\n{trouble.hint}".rstrip(), file=sys.stderr)


def _read(path: Path) -> WavRead:
    try:
        return read_wav(path)
    except WavError as error:
        empty = error.kind is WavErrorKind.EMPTY
        code = Code.AUDIO_FILE_EMPTY if empty else Code.AUDIO_FILE_UNREADABLE
        raise AppError(code, path.name) from error
    except OSError as error:
        reason = error.strerror or "unknown"
        raise AppError(Code.USAGE, f"{path} cannot be read: {reason.lower()}.") from error


def _write(path: Path, sound: Clip) -> None:
    try:
        write_wav(path, sound)
    except OSError as error:
        raise AppError(Code.OUTPUT_UNWRITABLE, str(path)) from error


def _is_writable(path: Path) -> bool:
    return path.parent.is_dir() and os.access(path.parent, os.W_OK) and not path.is_dir()
