"""Sums in words, for the window and the terminal. Pure."""

from __future__ import annotations

import datetime

from app.usage.request import TokenKinds
from app.usage.spent import Bill, Spent


def amount(spent: Spent) -> str:
    """“≈ $0.012”, “1,240 tokens”, both, or nothing; no price is made up."""
    parts = [money(spent.usd)] if spent.requests > spent.unpriced else []
    if spent.unpriced_tokens:
        parts.append(f"{_short(spent.unpriced_tokens)} tokens")
    elif spent.unpriced_audio_s:
        parts.append(f"{_duration(spent.unpriced_audio_s)} of sound")
    return " + ".join(parts)


def money(usd: float) -> str:
    """US dollars, with as many places as mean something in an estimate."""
    if usd < 0.0001:
        return "under $0.0001" if usd else "$0"
    places = 4 if usd < 0.01 else 3 if usd < 1 else 2
    return f"≈ ${usd:,.{places}f}"


def explained(bill: Bill) -> str:
    """A bill in sentences: what it is, how sure that is, and what of it was for nothing."""
    spent, refused = bill.spent, bill.refused
    sentences = []
    if spent.priced_on is not None:
        sentences.append(f"{money(spent.usd)}, an estimate by prices of {_day(spent.priced_on)}.")
    without_price = []
    if spent.unpriced_tokens:
        without_price.append(f"{spent.unpriced_tokens:,} tokens")
    if spent.unpriced_audio_s:
        without_price.append(f"{_duration(spent.unpriced_audio_s)} of sound")
    if without_price:
        sentences.append(f"{' and '.join(without_price)}, whose price is not known.")
    if refused.requests:
        times = "1 request" if refused.requests == 1 else f"{refused.requests} requests"
        sentences.append(f"{amount(refused)} of it is for {times} begun in a pause and not used.")
    if kinds := by_kind(spent):
        sentences.append(f"{'; '.join(kinds)}.")
    return " ".join(sentences)


def by_kind(spent: Spent) -> tuple[str, ...]:
    """A line for each kind of token, where more than text was billed."""
    kinds = spent.kinds
    if kinds == TokenKinds():
        return ()
    text_in = spent.input_tokens - kinds.audio_input - kinds.image_input
    text_cached = spent.cached_tokens - kinds.audio_cached - kinds.image_cached
    lines = (
        ("Sound it heard", kinds.audio_input, kinds.audio_cached),
        ("Sound it spoke", kinds.audio_output, 0),
        ("Text it read", text_in, text_cached),
        ("Text it wrote", spent.output_tokens - kinds.audio_output, 0),
        ("Pictures it saw", kinds.image_input, kinds.image_cached),
    )
    return tuple(_kind(*line) for line in lines if line[1])


def _kind(name: str, count: int, cached: int) -> str:
    known = f", {cached:,} of them known already" if cached else ""
    return f"{name}: {count:,} tokens{known}"


def _short(count: int) -> str:
    if count < 10_000:
        return f"{count:,}"
    return f"{count // 1_000}k" if count < 1_000_000 else f"{count / 1_000_000:.1f}M"


def _day(date: datetime.date) -> str:
    return f"{date.day} {date:%B %Y}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{max(rest, 1)} s"
