"""Keeps secrets out of text: what is known to be one, and what looks like one, becomes `•••`.

Any thread may call this.
"""

from __future__ import annotations

import base64
import logging
import re
import threading
from urllib.parse import quote, quote_plus

MASK = "•••"

_SHORTEST = 6
_SPLIT_FROM = 16
_HEAD, _TAIL = 12, 8
_SHAPES = re.compile(r"\bsk-[A-Za-z0-9_*-]{6,}|(?i:(?<=bearer )|(?<=basic ))[^\s'\",;<>]{3,}")
# OpenAI quotes a wrong key as its first and last characters around a row of stars.
_STARRED = re.compile(r"[A-Za-z0-9_-]{0,20}\*{3,}[A-Za-z0-9_-]{0,20}")
_known: tuple[str, ...] = ()
_lock = threading.Lock()


def hide(value: str) -> None:
    """Hide `value` from now on: itself, its base64 and URL forms, and its first and last part.

    Values below 6 characters are too likely to be parts of words; only their place betrays them.
    """
    global _known
    if len(value) < _SHORTEST:
        return
    with _lock:
        _known = tuple(sorted({*_known, *_forms(value)}, key=len, reverse=True))


def redact(text: str) -> str:
    """`text` without anything that is, or looks like, a secret."""
    for form in _known:
        text = text.replace(form, MASK)
    if "***" in text:
        text = _STARRED.sub(MASK, text)
    return _SHAPES.sub(MASK, text)


class RedactingFilter(logging.Filter):
    """Makes each record's text final, arguments and traceback included, and redacts it.

    Belongs on a handler: a logger's filters do not see what its children log.
    """

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; always lets it pass."""
        record.msg = redact(_message(record))
        record.args = None
        if record.exc_info:
            record.exc_text = self._formatter.formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args}"


def _forms(value: str) -> set[str]:
    raw = value.encode()
    forms = {value, quote(value, safe=""), quote_plus(value), repr(value)[1:-1]}
    for offset in range(3):
        forms |= _base64_forms(raw, offset)
    if len(value) >= _SPLIT_FROM:
        forms |= {value[:_HEAD], value[-_TAIL:]}
    return forms


def _base64_forms(raw: bytes, offset: int) -> set[str]:
    """The characters that `raw` alone decides where it stands `offset` bytes into a group."""
    first = (offset * 8 + 5) // 6
    last = (offset + len(raw)) * 8 // 6
    padded = bytes(offset) + raw
    encoders = (base64.b64encode, base64.urlsafe_b64encode)
    return {encode(padded).decode()[first:last] for encode in encoders}
