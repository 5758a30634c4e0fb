"""What is said over a reply without being a turn of its own. Pure."""

from __future__ import annotations

import re

_STOPS = frozenset(
    "stop|stop it|stop talking|be quiet|quiet|shut up|silence|enough|that's enough".split("|")
)
_LISTENING = frozenset(
    "mm mhm mmhm hm hmm mmm mm-hm mm-hmm mhmm uh-huh uhhuh aha ah oh huh yeah yep yes okay ok "
    "right sure good great nice wow cool really exactly alright see continue".split()
)  # fmt: skip
_FILLING = frozenset("i all go on very oh that's".split())
_MOST_WORDS = 3
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def is_stop(text: str) -> bool:
    """Whether it only asks for silence."""
    return " ".join(_words(text)) in _STOPS


def is_backchannel(text: str) -> bool:
    """Whether it only says that somebody listens: "mm-hm", "oh right", "okay, go on".

    A person who says so does not want the floor.
    """
    words = _words(text)
    if not words or len(words) > _MOST_WORDS or text.rstrip().endswith("?"):
        return False
    if words == ["go", "on"]:
        return True
    return all(word in _LISTENING or word in _FILLING for word in words) and any(
        word in _LISTENING for word in words
    )


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]
