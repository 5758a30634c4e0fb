from __future__ import annotations

import base64
import logging
import urllib.parse
from collections.abc import Iterator

import pytest
from hypothesis import given, settings, strategies as st

from app import redaction
from app.redaction import RedactingFilter, hide, redact

KEY = "sk-canary+0123456789/abcdefghijklmnop"


@pytest.fixture(autouse=True)
def _only_this_key() -> Iterator[None]:
    known = redaction._known
    hide(KEY)
    yield
    redaction._known = known


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"Authorization: Bearer {KEY}",
        f"{{'authorization': '{KEY}'}}",
        urllib.parse.quote(KEY, safe=""),
        urllib.parse.quote_plus(KEY),
        f"?key={urllib.parse.quote(KEY)}",
        KEY[:12] + "...",
        "..." + KEY[-8:],
        f"{KEY[:20]} {KEY[20:]}",
        "Incorrect API key provided: sk-canar************mnop.",
        "Incorrect API key provided: ************mnop.",
        *(base64.b64encode(b"x" * n + KEY.encode() + b"y").decode() for n in range(4)),
        base64.urlsafe_b64encode(f"user:{KEY}".encode()).decode(),
        "Bearer abc",
        "bearer: x, Basic dXNlcjpwYXNz",
        "key sk-proj-somebodyelse123456",
    ],
)
def test_no_form_of_a_secret_stays(text: str) -> None:
    shown = redact(text)
    assert "•••" in shown
    leaks = [KEY, "canar", "mnop", "dXNlcjpwYXNz", "somebodyelse", " abc", "Y2FuYXJ5", "W5hcnkr"]
    assert not [leak for leak in leaks if leak in shown]


@pytest.mark.parametrize(
    "text", ["", "nothing to hide", "a * b ** c", "ask-me", "the task-list", "risk-averse-people"]
)
def test_other_text_stays(text: str) -> None:
    assert redact(text) == text


def test_short_values_would_hit_words_and_are_left() -> None:
    hide("the")
    assert redact("the theory") == "the theory"


@settings(max_examples=30)
@given(st.text(min_size=6, max_size=60))
def test_any_secret_is_hidden_in_any_place(value: str) -> None:
    hide(value)
    assert value not in redact(f"<{value}> and {value!r}")


def _record(message: object, *args: object, error: Exception | None = None) -> logging.LogRecord:
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("x", logging.INFO, "f", 1, message, args, info)


def _final(record: logging.LogRecord) -> str:
    assert RedactingFilter().filter(record)
    return logging.Formatter("%(message)s").format(record)


def test_arguments_are_redacted_with_their_message() -> None:
    assert _final(_record("key %s of %d", KEY, 3)) == "key ••• of 3"
    assert KEY not in _final(_record("%(key)s", {"key": KEY}))
    assert KEY not in _final(_record(KEY.join("ab")))


def test_a_message_that_does_not_fit_its_arguments_is_kept_and_redacted() -> None:
    assert _final(_record("%s and %s", KEY)).startswith("%s and %s")
    assert KEY not in _final(_record("%d", KEY))


def test_tracebacks_are_redacted() -> None:
    def fail() -> None:
        try:
            raise ValueError(KEY)
        except ValueError as cause:
            raise RuntimeError(f"again {KEY}") from cause

    with pytest.raises(RuntimeError) as caught:
        fail()
    record = _record("failed", error=caught.value)
    record.stack_info = f"stack {KEY}"
    text = _final(record)
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert KEY not in text
