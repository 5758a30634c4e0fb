"""Which tool may run, and which needs a person's yes. Pure; no model has a say in it."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.permission.borrowed import borrowed
from app.permission.mode import Mode
from app.permission.standing import Standing
from app.tools.base import Origin, Risk, Sent, Tool
from app.web.privacy import carries, carries_text

MAX_ANSWER_WORDS = 6


class Verdict(enum.StrEnum):
    """What happens to a call."""

    RUN = "run"
    ASK = "ask"
    REFUSE = "refuse"


class Why(enum.StrEnum):
    """What a verdict rests on."""

    HARMLESS = "harmless"
    GRANTED = "granted"
    RISK = "risk"
    TAINT = "taint"
    LEAK = "leak"
    CHOSEN = "chosen"
    CAUTION = "caution"
    """The tool itself wants a yes."""
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True)
class Decision:
    """`by_voice` tells whether a spoken yes counts; it is False where nothing is asked."""

    verdict: Verdict
    why: Why
    by_voice: bool = False


_VOICE_COUNTS = {
    Risk.READ: True,
    Risk.REVERSIBLE: True,
    Risk.IRREVERSIBLE: False,
    Risk.SENDS_OUT: False,
}


def decide(
    tool: Tool,
    *,
    tainted: bool,
    leaks: bool = False,
    granted: bool = False,
    mode: Mode = Mode.AS_NEEDED,
) -> Decision:
    """Whether the call may run.

    `tainted`: words from a screen, a file or the web are part of this conversation. `leaks`: the
    call would tell another computer what it should not learn unseen; then it counts as sending.
    `granted`: a grant covers it. What reads, runs; what can be undone runs in a clean
    conversation. Everything else asks, and so does each tool that says so. A risk without a rule
    is refused.
    """
    risk = Risk.SENDS_OUT if leaks and tool.risk in _VOICE_COUNTS else tool.risk
    by_voice = _VOICE_COUNTS.get(risk)
    if by_voice is None:
        return Decision(Verdict.REFUSE, Why.NO_RULE)
    if mode is Mode.OFF:
        return Decision(Verdict.REFUSE, Why.CHOSEN)
    if mode is Mode.ASK:
        return Decision(Verdict.ASK, Why.CHOSEN, by_voice)
    if granted:
        return Decision(Verdict.RUN, Why.GRANTED)
    if risk is Risk.REVERSIBLE and tainted:
        return Decision(Verdict.ASK, Why.TAINT, by_voice)
    if risk not in (Risk.READ, Risk.REVERSIBLE):
        return Decision(Verdict.ASK, Why.LEAK if leaks else Why.RISK, by_voice)
    if tool.asks and (tainted or mode is not Mode.ALLOW):
        return Decision(Verdict.ASK, Why.CAUTION, by_voice)
    return Decision(Verdict.RUN, Why.HARMLESS)


def leaks(tool: Tool, arguments: Mapping[str, Any], standing: Standing) -> bool:
    """Whether a call would tell another computer what it should not learn unseen.

    Private words never go out so. Where others may have steered the model, an address must be one
    that the user named or that a search found: any other could be a message; and what the user
    said before the latest message goes to no search, nor that message once others' words came.
    """
    sent = _sent(tool, arguments)
    if sent is None:
        return False
    if sent.address and _is_vouched(sent.address, standing):
        return False
    private = standing.private
    if tool.origin is Origin.WEB and standing.is_tainted and sent.text:
        private += _said_in_private(standing)
    if carries_text(sent.text, private) or carries(sent.address, private):
        return True
    return bool(standing.is_tainted and sent.address)


def _sent(tool: Tool, arguments: Mapping[str, Any]) -> Sent | None:
    if tool.sends is not None and tool.risk in (Risk.READ, Risk.REVERSIBLE):
        return tool.sends(arguments)
    if tool.risk is not Risk.READ:
        return None
    words = json.dumps(dict(arguments), ensure_ascii=False, default=str)
    if tool.origin is Origin.WEB:
        return Sent(words, address=words)
    return Sent(words) if tool.origin is Origin.SERVER else None


def _said_in_private(standing: Standing) -> tuple[str, ...]:
    """The user's words without those that are out.

    The latest message is a wish, which may be searched for; not once others' words came after it.
    """
    open_words = () if standing.is_steered else standing.said[-1:]
    known = (*standing.sent, *open_words)
    text = "\0".join(standing.said[: len(standing.said) - len(open_words)])
    pieces: list[str] = []
    at = 0
    for begin, end in borrowed(text, known):
        pieces.append(text[at:begin])
        at = end
    return (*pieces, text[at:])


def _is_vouched(address: str, standing: Standing) -> bool:
    if address in standing.addresses:
        return True
    named = {_bare(word) for words in standing.said for word in words.split()}
    return _bare(address) in named


def _bare(address: str) -> str:
    """As people write it: without the scheme and the marks around it."""
    return address.strip("<>()[]\"'“”.,;:!?").removeprefix("https://").rstrip("/")


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
