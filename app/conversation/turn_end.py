"""How long to wait in a pause before the turn is taken to be over, by the words so far. Pure.

A pause alone does not tell: people stop in the middle of a sentence to think, and between the
groups of a number. The words do, and they are known before a patient gate opens.
"""

from __future__ import annotations

import re

LEAST_MS = 400
"""No turn ends sooner, however finished it sounds."""

_FINISHED_SHARE = 0.8
_UNFINISHED_SHARE = 2.0
_NUMBER_SHARE = 1.6
_LONGEST_MS = 3_000
_NUMBER_GROUPS = 2

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TRAILS_OFF = re.compile(r"(?:\.\.+|…|[,;:–—-])\s*$")
_SENTENCE_END = re.compile(r"[.!?。！？]['\"”’»)]*\s*$")
_DIGITS = re.compile(r"\d+")

_FILLERS = frozenset("um uh uhm umm er erm hm hmm mm äh ähm öh euh heu eh este".split())
_LEADS_ON = {
    "en": frozenset(
        "a an the and or but so because if when while as than that which who whose to of in on at "
        "by for from with without about into over under between my your his its our their is are "
        "was were am be been will would can could should must may might shall do does did has have "
        "had i'm you're it's we're they're let's very just".split()
    ),
    "de": frozenset(
        "ein eine einen einem einer der die das den dem des und oder aber weil wenn während als "
        "dass zu von in im am an auf bei für mit ohne über unter zwischen mein meine dein deine "
        "sein ihr unser ist sind war waren bin wird würde kann könnte soll muss darf hat haben "
        "hatte sehr".split()
    ),
    "fr": frozenset(
        "un une le la les des du de et ou mais parce si quand pendant que qui dont à au aux en "
        "dans sur par pour avec sans mon ma mes ton ta tes son sa ses notre votre leur est sont "
        "était suis sera peut doit ai as a ont très".split()
    ),
    "es": frozenset(
        "un una el la los las y o pero porque si cuando mientras que quien a al de del en por para "
        "con sin mi tu su nuestro es son era soy está puede debe he ha han muy".split()
    ),
}  # fmt: skip
_NUMBER_WORDS = {
    "en": frozenset(
        "zero oh one two three four five six seven eight nine double triple".split()
    ),
    "de": frozenset("null eins zwei zwo drei vier fünf sechs sieben acht neun".split()),
    "fr": frozenset("zéro un deux trois quatre cinq six sept huit neuf".split()),
    "es": frozenset("cero uno dos tres cuatro cinco seis siete ocho nueve".split()),
}  # fmt: skip
_READ_OUT = re.compile(
    r"\b(?:number|phone|code|pin|account|card|iban|nummer|numéro|número|code|código)\b",
    re.IGNORECASE,
)


def hangover_ms(text: str, base_ms: int, language: str = "en") -> int:
    """Milliseconds of silence, in all, that end a turn whose words so far are `text`.

    `base_ms` is what the user chose, and holds where the words do not tell. The full stop that
    recognizers put after everything does not make a sentence that ends in "and the" finished.
    """
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if _leads_on(text, words, language):
        return min(_LONGEST_MS, round(base_ms * _UNFINISHED_SHARE))
    if _reads_out_a_number(text, words, language):
        return min(_LONGEST_MS, round(base_ms * _NUMBER_SHARE))
    if _SENTENCE_END.search(text):
        return max(LEAST_MS, round(base_ms * _FINISHED_SHARE))
    return base_ms


def _leads_on(text: str, words: list[str], language: str) -> bool:
    """Whether more must follow: after a word that leads on, a filler, or a dash."""
    if _TRAILS_OFF.search(text):
        return True
    if not words:
        return False
    leads_on = _LEADS_ON.get(language, frozenset())
    asks = text.rstrip().endswith(("?", "!"))
    return words[-1] in _FILLERS or (words[-1] in leads_on and not asks)


def _reads_out_a_number(text: str, words: list[str], language: str) -> bool:
    digits = _NUMBER_WORDS.get(language, frozenset())
    groups = 0
    for word in reversed(words):
        if word not in digits and not _DIGITS.fullmatch(word):
            break
        groups += 1
    if not groups or text.rstrip().endswith("?"):
        return False
    return groups > _NUMBER_GROUPS or bool(_READ_OUT.search(text))
