"""Whether an address or a query would carry private words out. Pure."""

from __future__ import annotations

import base64
import binascii
import functools
import re
import unicodedata
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LEAST_BYTES = 16
"""Fewer bytes in common are chance: a word, a number."""

_BLOCK = LEAST_BYTES // 2
_TOKEN = re.compile(r"[A-Za-z0-9+/_=-]{16,}")
_MARKS = re.compile(r"[\W_]+")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_MOST_RUNS = 200
_DECODINGS = 3


def carries(url: str, private_texts: Iterable[str]) -> bool:
    """Whether `url` holds 16 bytes or more in a row of what is private, plain or encoded.

    Seen through case, blanks and marks left out, percent escapes, base64, base32, hex, words
    written backwards and pieces in subdomains. Scheme and the host's registered name are no words.
    """
    return _carry(_parts(url), private_texts)


def carries_text(text: str, private_texts: Iterable[str]) -> bool:
    """The same for words that are sent, such as a query."""
    return _carry((text,), private_texts)


def _carry(parts: Iterable[str], private_texts: Iterable[str]) -> bool:
    private = tuple(private_texts)
    if not any(private):
        return False
    texts = {reading for part in parts for reading in _readings(part)}
    readings = {_plain(reading) for reading in texts}
    readings |= {_plain(reading[::-1]) for reading in texts}
    long_enough = [reading for reading in readings if len(reading) >= LEAST_BYTES]
    if not long_enough:
        return False
    known = _indexed(private)
    return any(_shares(reading, known) for reading in long_enough)


def _parts(url: str) -> tuple[str, ...]:
    try:
        parts = urllib.parse.urlsplit(url if "//" in url else f"//{url}")
    except ValueError:
        return (url,)
    labels = (parts.hostname or "").split(".")
    rest = f"{parts.path} {parts.query} {parts.fragment}"
    user = parts.netloc.rpartition("@")[0]
    return ("".join(labels[:-2]), *labels[-2:], rest, user, "".join(labels[:-2]) + rest)


def _readings(text: str) -> Iterator[str]:
    """The text, and what it is once unescaped and decoded."""
    pending = [text]
    for _ in range(_DECODINGS):
        found: list[str] = []
        for reading in pending:
            yield reading
            if (plain := urllib.parse.unquote_plus(reading)) != reading:
                found.append(plain)
            for token in _TOKEN.findall(reading):
                found.extend(_decoded(token))
        pending = found
    yield from pending


def _decoded(token: str) -> Iterator[str]:
    for piece in {token, *re.split(r"[/=]+", token)}:
        bare = piece.strip("=")
        if len(bare) < LEAST_BYTES:
            continue
        if _HEX.fullmatch(bare):
            yield bytes.fromhex(bare).decode("utf-8", "ignore")
        urlsafe = bare.replace("+", "-").replace("/", "_")
        for length in (len(urlsafe), len(urlsafe) - 1):
            padded = urlsafe[:length] + "=" * (-length % 4)
            try:
                yield base64.urlsafe_b64decode(padded).decode("utf-8", "ignore")
                break
            except (binascii.Error, ValueError):
                continue
        upper = bare.upper()
        try:
            yield base64.b32decode(upper + "=" * (-len(upper) % 8)).decode("utf-8", "ignore")
        except (binascii.Error, ValueError):
            continue


def _plain(text: str) -> bytes:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _MARKS.sub("", folded).encode("utf-8", "ignore")


@dataclass(frozen=True, slots=True)
class _Private:
    """All private words as they are compared, and every eighth block of eight bytes of them."""

    words: bytes
    blocks: frozenset[bytes]


@functools.lru_cache(maxsize=4)
def _indexed(texts: tuple[str, ...]) -> _Private:
    words = b"\0".join(map(_known, texts))
    return _Private(
        words, frozenset(words[at : at + _BLOCK] for at in range(0, len(words), _BLOCK))
    )


@functools.lru_cache(maxsize=256)
def _known(text: str) -> bytes:
    """A private text as it is compared; the same ones come with every call."""
    return _plain(text)


def _shares(sent: bytes, private: _Private) -> bool:
    """Whether both have 16 bytes or more in a row in common.

    Such a run holds a whole block of the private words. Where blocks are found in very many
    places, nothing is proven, but it is no chance either.
    """
    runs: set[bytes] = set()
    for at in range(len(sent) - _BLOCK + 1):
        if sent[at : at + _BLOCK] in private.blocks:
            last = min(at, len(sent) - LEAST_BYTES)
            runs.update(
                sent[begin : begin + LEAST_BYTES] for begin in range(max(0, at - _BLOCK), last + 1)
            )
            if len(runs) > _MOST_RUNS:
                return True
    return any(run in private.words for run in runs)
