"""Words that transcription models make up where nobody spoke. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from app.providers.openai.voice_text import words
from audio.pcm import FLOOR_DBFS, Clip, level_dbfs, samples_for_ms

UNSURE_BELOW = 0.4
SURE_FROM = 0.8
QUIET_DBFS = -50.0
"""The loudest tenth of a second of a clip in which nobody speaks is quieter."""

_LOUDEST_OVER_MS = 100
_MARK = re.compile(
    r"(?:[\[(*]+\s*(?:blank.?audio|silence|no speech|inaudible|music|musik|musique|applause)"
    r"\s*[\])*]+|♪+)[\s.]*",
    re.IGNORECASE,
)
_INVENTIONS = frozenset(
    " ".join(words(line))
    for line in """
    you
    thank you
    thank you very much
    thank you so much
    thanks for watching
    thank you for watching
    thanks for listening
    please subscribe
    please subscribe to my channel
    like and subscribe
    see you next time
    see you in the next video
    bye
    bye bye
    the end
    subtitles by the amara.org community
    transcription by castingwords
    vielen dank
    vielen dank fürs zuschauen
    bis zum nächsten mal
    untertitel der amara.org-community
    untertitel im auftrag des zdf für funk, 2017
    merci
    merci d'avoir regardé cette vidéo
    sous-titres réalisés par la communauté d'amara.org
    gracias
    gracias por ver el video
    subtítulos realizados por la comunidad de amara.org
    obrigado
    legendas pela comunidade amara.org
    grazie
    sottotitoli creati dalla comunità amara.org
    dank u wel
    ご視聴ありがとうございました
    字幕由 amara.org 社群提供
    시청해주셔서 감사합니다
    продолжение следует
    """.splitlines()
    if line.strip()
)


def is_invented(
    text: str, clip: Clip, confidence: float | None, vocabulary: Sequence[str] = ()
) -> bool:
    """Whether `text` is a known invention, or the vocabulary told back, and nobody spoke.

    That nobody spoke is believed when the model is unsure of its words, or when the clip is all
    but silent and the model is not sure. What a person said loud and clear is never dropped.
    """
    if _MARK.fullmatch(text.strip()):
        return True
    plain = " ".join(words(text))
    echo = len(vocabulary) > 1 and plain == " ".join(words(" ".join(vocabulary)))
    if not echo and plain not in _INVENTIONS:
        return False
    if confidence is not None and confidence < UNSURE_BELOW:
        return True
    return (confidence is None or confidence < SURE_FROM) and loudest_dbfs(clip) < QUIET_DBFS


def loudest_dbfs(clip: Clip) -> float:
    """The level of the loudest tenth of a second, in dB below full scale."""
    samples = clip.samples()
    step = max(1, samples_for_ms(clip.rate_hz, _LOUDEST_OVER_MS))
    parts = np.array_split(samples, max(1, len(samples) // step))
    return max((level_dbfs(part) for part in parts), default=FLOOR_DBFS)
