"""What in a text looks like a secret: keys, numbers of cards. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.shots.shot import SecretKind

_KEYS = re.compile(
    r"""
    \bsk-[A-Za-z0-9_-]{16,}
    | \b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \bgh[pousr]_[A-Za-z0-9]{30,}
    | \bgithub_pat_[A-Za-z0-9_]{30,}
    | \bglpat-[A-Za-z0-9_-]{20,}
    | \bxox[abeoprs]-[A-Za-z0-9-]{10,}
    | \bAIza[0-9A-Za-z_-]{35}
    | \bhf_[A-Za-z0-9]{30,}
    | \bnpm_[A-Za-z0-9]{36}
    | \bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}
    | \beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}
    | \bya29\.[A-Za-z0-9_-]{20,}
    | -----BEGIN[ ](?:[A-Z]+[ ])*PRIVATE[ ]KEY-----(?:(?!-----END)[\s\S])*(?:-----END[^-]*-----)?
    | (?<=://)[^\s/:@]{1,64}:[^\s/@]{3,}(?=@)
    | (?i:(?<=bearer[ ])|(?<=basic[ ]))[A-Za-z0-9+/_.=-]{16,}
    """,
    re.VERBOSE,
)
_ASSIGNED = re.compile(
    r"(?i)\b[\w-]*(?:api[_-]?key|secret|token|passw(?:or)?d|passphrase)[\w-]*"
    r"[\"']?\s*[:=]\s*[\"']?(?P<value>[^\s\"',;]{8,})"
)
_CARD = re.compile(r"(?<![\d.])(?:\d[ -]?){12,18}\d(?![\d.])")
_HIDDEN = re.compile(r"[*•●·x]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SecretSpan:
    """Characters `start` to `end` of a text look like a secret."""

    kind: SecretKind
    start: int
    end: int


def secrets_in(text: str) -> tuple[SecretSpan, ...]:
    """What looks like a secret, from left to right, without overlaps."""
    found = sorted(_found(text), key=lambda span: (span.start, -span.end))
    kept: list[SecretSpan] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _found(text: str) -> Iterator[SecretSpan]:
    for match in _KEYS.finditer(text):
        yield SecretSpan(SecretKind.KEY, match.start(), match.end())
    for match in _ASSIGNED.finditer(text):
        if not _HIDDEN.fullmatch(match["value"]):
            named = match[0].casefold()
            kind = SecretKind.PASSWORD if "pass" in named else SecretKind.KEY
            yield SecretSpan(kind, match.start("value"), match.end("value"))
    for match in _CARD.finditer(text):
        if _is_card(re.sub(r"\D", "", match[0])):
            yield SecretSpan(SecretKind.CARD, match.start(), match.end())


def _is_card(digits: str) -> bool:
    """The check digit, and the beginnings and lengths of the large networks."""
    if len(set(digits)) < 2 or not re.match(r"4|5[1-5]|2[2-7]|3[4-7]|3[089]|6", digits):
        return False
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
