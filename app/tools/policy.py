"""Which tool may run, and which needs a person's yes. Pure; no model has a say in it."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from app.tools.base import Risk, Tool

MAX_ANSWER_WORDS = 6


class Verdict(enum.StrEnum):
    """What happens to a call."""

    RUN = "run"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Decision:
    """`by_voice` tells whether a spoken yes counts; it is False where nothing is asked."""

    verdict: Verdict
    by_voice: bool = False


_VOICE_COUNTS = {
    Risk.READ: True,
    Risk.REVERSIBLE: True,
    Risk.IRREVERSIBLE: False,
    Risk.SENDS_OUT: False,
}


def decide(tool: Tool, *, tainted: bool) -> Decision:
    """`tainted`: words from a screen, a file or the web are part of this conversation.

    What reads, runs. What can be undone runs in a clean conversation. Everything else asks, and so
    does each tool that says so. A risk without a rule is refused.
    """
    by_voice = _VOICE_COUNTS.get(tool.risk)
    if by_voice is None:
        return Decision(Verdict.REFUSE)
    runs = tool.risk is Risk.READ or (tool.risk is Risk.REVERSIBLE and not tainted)
    if runs and not tool.asks:
        return Decision(Verdict.RUN)
    return Decision(Verdict.ASK, by_voice)


_YES = (
    "yes", "yeah", "yep", "yup", "yes do", "sure", "ok", "okay", "fine", "do it", "do that",
    "please do", "go ahead", "go on", "go for it", "open it", "of course", "certainly",
    "absolutely", "definitely", "allow", "allow it", "allowed", "confirm", "confirmed", "you may",
    "approve", "approved",
)  # fmt: skip
_NO = (
    "no", "nope", "nah", "no way", "dont", "dont do it", "dont do that", "dont open it", "do not",
    "do not do it", "do not do that", "do not open it", "cancel", "cancel it", "cancel that",
    "stop", "stop it", "never", "never mind", "nevermind", "not now", "rather not", "of course not",
    "absolutely not", "certainly not", "definitely not", "deny", "denied", "refuse", "leave it",
    "please dont", "please do not",
)  # fmt: skip
_FILLERS = ("please", "thanks", "thank you", "um", "uh", "well", "oh", "then", "now", "and")

_MEANING: dict[tuple[str, ...], bool | None] = {
    **{tuple(phrase.split()): None for phrase in _FILLERS},
    **{tuple(phrase.split()): True for phrase in _YES},
    **{tuple(phrase.split()): False for phrase in _NO},
}
_LONGEST = max(len(phrase) for phrase in _MEANING)


def spoken_answer(text: str) -> bool | None:
    """Yes, no, or None for anything that is not clearly one of the two."""
    words = re.findall(r"\w+", re.sub(r"['’ʼ]", "", text.casefold()))
    if len(words) > MAX_ANSWER_WORDS:
        return None
    answers: set[bool] = set()
    at = 0
    while at < len(words):
        for length in range(_LONGEST, 0, -1):
            phrase = tuple(words[at : at + length])
            if phrase in _MEANING:
                break
        else:
            return None
        meaning = _MEANING[phrase]
        if meaning is not None:
            answers.add(meaning)
        at += len(phrase)
    return answers.pop() if len(answers) == 1 else None
