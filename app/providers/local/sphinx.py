"""pocketsphinx as the recognizer's worker uses it: one decoder, four searches."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pocketsphinx

from app.providers.local.evidence import Decoding
from app.providers.local.grammar import PRONUNCIATIONS, answer_fsg, command_fsg

RATE_HZ = 16_000
COMMANDS, ANSWERS, SOUNDS, WORDS = "commands", "answers", "sounds", "_default"

_LOG_BASE = math.log(1.0001)
_NO_SPEECH = frozenset(
    {"<s>", "</s>", "<sil>", "SIL", "(NULL)", "[NOISE]", "[SPEECH]", "+NSN+", "+SPN+"}
)
# Grammars are small, so they can be searched widely: fewer sentences are lost half-way. Their best
# path ends where the grammar does; a second look at the lattice would not keep to that.
_FOR_GRAMMARS = {"beam": 1e-60, "pbeam": 1e-60, "wbeam": 1e-44, "bestpath": False}


class Sphinx:
    """A decoder with the built-in English model. Every call stands for itself."""

    def __init__(self) -> None:
        # The mean of each clip is taken out of that clip, whatever was heard before it.
        self._decoder = pocketsphinx.Decoder(loglevel="FATAL", cmn="batch")
        for word, phones in PRONUNCIATIONS.items():
            self._decoder.add_word(word, phones, True)
        self._add_grammars({COMMANDS: command_fsg(), ANSWERS: answer_fsg()})
        model = Path(pocketsphinx.get_model_path()) / "en-us" / "en-us-phone.lm.bin"
        self._decoder.add_allphone_file(SOUNDS, str(model))

    def decode(self, search: str, pcm: bytes) -> Decoding:
        """What `search` makes of 16 kHz PCM."""
        decoder = self._decoder
        decoder.activate_search(search)
        decoder.start_utt()
        decoder.process_raw(pcm, full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        if found is None or not found.score:
            return Decoding("", -math.inf, (), np.zeros(0, dtype=np.bool_))
        segments = [(s.word, s.start_frame, s.end_frame + 1) for s in decoder.seg() or ()]
        speech = np.zeros(max(end for _, _, end in segments), dtype=np.bool_)
        spoken = [segment for segment in segments if segment[0] not in _NO_SPEECH]
        for _, start, end in spoken:
            speech[start:end] = True
        names = [word for word, _, _ in spoken]
        phones = names if search == SOUNDS else self._phones(names)
        text = "" if search == SOUNDS else found.hypstr
        return Decoding(text, math.log(found.score) / _LOG_BASE, tuple(phones), speech)

    def _phones(self, words: Iterable[str]) -> list[str]:
        return [phone for word in words for phone in self._decoder.lookup_word(word).split()]

    def _add_grammars(self, grammars: dict[str, str]) -> None:
        config = self._decoder.config
        for_words = {name: config[name] for name in _FOR_GRAMMARS}
        _configure(config, _FOR_GRAMMARS)
        for name, grammar in grammars.items():
            with tempfile.TemporaryDirectory(prefix="sayso-grammar-") as folder:
                file = Path(folder) / f"{name}.fsg"
                file.write_text(grammar)
                self._decoder.add_fsg(name, self._decoder.read_fsg(str(file)))
        _configure(config, for_words)


def _configure(config: pocketsphinx.Config, values: dict[str, float | bool]) -> None:
    for name, value in values.items():
        config[name] = value
