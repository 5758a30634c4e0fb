"""Words that transcription models make up where nobody spoke: which they are. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.conversation.words import words

_MARK = re.compile(
    r"(?:[\[(*]+\s*(?:blank.?audio|silence|no speech|inaudible|music|musik|musique|música|applause"
    r"|applaus|applaudissements|aplausos|laughter|noise|breathing|sighs?|coughs?|coughing)"
    r"\s*[\])*]+|♪+)[\s.]*",
    re.IGNORECASE,
)
_CREDITS = """
subtitles by the amara.org community
subtitles by
subtitles made by the community of amara.org
transcription by castingwords
transcript emily beynon
untertitel der amara.org-community
untertitel von stephanie geiges
untertitelung aufgrund der audioqualität nicht möglich
untertitel im auftrag des zdf für funk, 2017
untertitel im auftrag des zdf, 2020
untertitelung des zdf, 2020
untertitelung. br 2018
swr 2020
sous-titres réalisés par la communauté d'amara.org
sous-titres réalisés para la communauté d'amara.org
sous-titrage société radio-canada
sous-titrage st' 501
subtítulos realizados por la comunidad de amara.org
subtítulos por la comunidad de amara.org
legendas pela comunidade amara.org
sottotitoli creati dalla comunità amara.org
ondertitels ingediend door de amara.org gemeenschap
napisy stworzone przez społeczność amara.org
字幕由 amara.org 社群提供
字幕志愿者 李宗盛
субтитры сделал dimatorzok
редактор субтитров а.семкин корректор а.егорова
"""
_PLEASANTRIES = """
you
thank you
thank you very much
thank you so much
thank you all
thanks for watching
thank you for watching
thank you for watching please subscribe
thanks for listening
thank you for listening
please subscribe
please subscribe to my channel
like and subscribe
see you next time
see you in the next video
i'll see you next time
bye
bye bye
the end
vielen dank
vielen dank fürs zuschauen
danke fürs zuschauen
danke schön
bis zum nächsten mal
tschüss
merci
merci beaucoup
merci d'avoir regardé cette vidéo
merci d'avoir regardé
abonnez-vous
gracias
muchas gracias
gracias por ver el video
suscríbete
suscríbete al canal
obrigado
grazie
grazie per la visione
dank u wel
ご視聴ありがとうございました
시청해주셔서 감사합니다
продолжение следует
"""


def _lines(text: str) -> frozenset[str]:
    return frozenset(" ".join(words(line)) for line in text.splitlines() if line.strip())


_CREDIT_LINES = _lines(_CREDITS)
_INVENTIONS = _CREDIT_LINES | _lines(_PLEASANTRIES)


def is_mark_of_silence(text: str) -> bool:
    """Whether it is a model's sign for no words: "[BLANK_AUDIO]", "(music)", "♪"."""
    return bool(_MARK.fullmatch(text.strip()))


def is_known_invention(text: str) -> bool:
    """Whether models are known to write exactly this over silence; people may say it as well."""
    return " ".join(words(text)) in _INVENTIONS


def is_credit(text: str) -> bool:
    """Whether it is the closing line of a film's subtitles, which nobody dictates."""
    return " ".join(words(text)) in _CREDIT_LINES


def is_echo(text: str, vocabulary: Sequence[str]) -> bool:
    """Whether a model told its vocabulary back: at least two entries, in the order of the list."""
    said = words(text)
    entries = [words(entry) for entry in vocabulary]
    for first in range(len(entries)):
        rest, at = said, first
        while at < len(entries) and entries[at] and rest[: len(entries[at])] == entries[at]:
            rest = rest[len(entries[at]) :]
            at += 1
            if not rest and at - first > 1:
                return True
    return False
