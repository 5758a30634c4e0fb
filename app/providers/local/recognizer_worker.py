"""The recognizer's own process: pocketsphinx holds the interpreter's lock while it decodes.

It reads and writes the frames of `worker_frames`, and ends when its input closes.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pocketsphinx

from app.providers.base import Expect
from app.providers.local.grammar import PRONUNCIATIONS, answer_fsg, command_fsg
from app.providers.local.spoken_part import spoken_part
from app.providers.local.worker_frames import ANSWER, EXPECTATIONS, REQUEST, SURE_UP_TO_HERE, Live

_COMMANDS, _ANSWERS, _SOUNDS, _WORDS = "commands", "answers", "sounds", "_default"
_LOG_BASE = math.log(1.0001)
_FRAMES_PER_BYTE = 1 / (2 * 160)

# Scores are logarithms to the base 1.0001 for each 10 ms, measured on 26 commands and 22 other
# sentences of three voices at three speeds, half of them in noise. Commands against the free
# string of sounds: -5.6 to 12; other sentences: below -6.4. Commands against the language model:
# 1.8 or more; other sentences: below -0.9.
_SURELY_A_COMMAND = -2.0
_PERHAPS_A_COMMAND = -9.0
_BETTER_THAN_WORDS = 0.5
_LEAST_SPOKEN_MS = 120
_NOISE_WORDS = frozenset({"oh", "uh", "um", "hm", "huh", "ah", "mm"})


@dataclass(frozen=True, slots=True)
class Result:
    """Words, and their score for each 10 ms."""

    text: str
    score: float


class Recognizer:
    """One decoder with a search for each kind of expectation."""

    def __init__(self) -> None:
        self._decoder = pocketsphinx.Decoder(
            loglevel="FATAL", cmn="batch", bestpath=False, beam=1e-60, pbeam=1e-60, wbeam=1e-44
        )
        for word, sounds in PRONUNCIATIONS.items():
            if self._decoder.lookup_word(word) is None:
                self._decoder.add_word(word, sounds, True)
        for name, grammar in ((_COMMANDS, command_fsg()), (_ANSWERS, answer_fsg())):
            with tempfile.NamedTemporaryFile("w", suffix=".fsg", delete=False) as file:
                file.write(grammar)
            self._decoder.add_fsg(name, self._decoder.read_fsg(file.name))
            os.unlink(file.name)
        model = Path(pocketsphinx.get_model_path()) / "en-us" / "en-us-phone.lm.bin"
        self._decoder.add_allphone_file(_SOUNDS, str(model))

    def words(self, pcm: bytes, expect: Expect) -> Result:
        """What was said; empty text when there were no words."""
        sounds = self._search(_SOUNDS, pcm)
        if self._spoken_ms() < _LEAST_SPOKEN_MS:
            return Result("", sounds.score)
        if expect is Expect.FREE_TEXT:
            return self._free(self._search(_WORDS, pcm))
        fitting = self._search(_ANSWERS if expect is Expect.YES_OR_NO else _COMMANDS, pcm)
        above_sounds = fitting.score - sounds.score
        if fitting.text and above_sounds > _SURELY_A_COMMAND:
            return fitting
        free = self._search(_WORDS, pcm)
        above_words = fitting.score - free.score
        likely = above_sounds > _PERHAPS_A_COMMAND and above_words > _BETTER_THAN_WORDS
        return fitting if fitting.text and likely else self._free(free)

    def begin(self) -> None:
        """An utterance begins of which anything may be said. Nothing else is asked until `end`."""
        self._decoder.activate_search(_WORDS)
        self._decoder.start_utt()

    def more(self, pcm: bytes) -> str:
        """The words of the utterance so far, with more of its sound."""
        if pcm:
            self._decoder.process_raw(pcm, full_utt=False)
        return self._words_so_far()

    def end(self) -> str:
        """The utterance is over: its words."""
        self._decoder.end_utt()
        return self._words_so_far()

    def is_speech(self, pcm: bytes) -> bool:
        """Whether somebody speaks. An utterance that begins next is judged by how this sounded."""
        self._search(_SOUNDS, pcm)
        return self._spoken_ms() >= _LEAST_SPOKEN_MS

    def _words_so_far(self) -> str:
        found = self._decoder.hyp()
        return "" if found is None else self._free(Result(found.hypstr, 0.0)).text

    def _spoken_ms(self) -> int:
        """How much of the last search was sounds of speech."""
        segments = self._decoder.seg() or ()
        frames: int = sum(
            segment.end_frame - segment.start_frame + 1
            for segment in segments
            if segment.word != "SIL" and not segment.word.startswith("+")
        )
        return 10 * frames

    def _free(self, result: Result) -> Result:
        return Result("", result.score) if set(result.text.split()) <= _NOISE_WORDS else result

    def _search(self, name: str, pcm: bytes) -> Result:
        decoder = self._decoder
        decoder.activate_search(name)
        decoder.start_utt()
        decoder.process_raw(spoken_part(pcm), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        if found is None or not found.score:
            return Result("", -math.inf)
        per_frame = math.log(found.score) / _LOG_BASE / max(1.0, len(pcm) * _FRAMES_PER_BYTE)
        return Result(found.hypstr, per_frame)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the input ends. An empty answer before all says that the model is loaded."""
    from app.providers.local.recognizer_live import LiveHearing

    recognizer = Recognizer()
    _answer(answers, "")
    take: LiveHearing | None = None
    while len(header := requests.read(REQUEST.size)) == REQUEST.size:
        kind, length = REQUEST.unpack(header)
        pcm = requests.read(length)
        if len(pcm) < length:
            return
        if kind < len(EXPECTATIONS):
            _answer(answers, recognizer.words(pcm, EXPECTATIONS[kind]).text)
            continue
        take = take or LiveHearing(recognizer)
        match kind:
            case Live.HEAR:
                take.hear(pcm)
                _answer(answers, f"{take.sure}{SURE_UP_TO_HERE}{take.perhaps}")
            case Live.FINISH:
                text, take = take.finish(), None
                _answer(answers, text)
            case _:
                take.drop()
                take = None
                _answer(answers, "")


def _answer(answers: BinaryIO, text: str) -> None:
    data = text.encode()
    answers.write(ANSWER.pack(len(data)) + data)
    answers.flush()


def main() -> None:
    """The process: frames on stdin and stdout; what libraries print goes to stderr."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
