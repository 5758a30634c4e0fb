"""Which installed application a person means. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_POLITE = frozenset({"the", "my", "a", "an", "app", "application", "program", "please"})
NEAR = 5


@dataclass(frozen=True, slots=True)
class InstalledApp:
    """`target` is what starts it. `kinds` are other words for it, such as "web browser".

    `preferred` marks the user's own choice among several of a kind.
    """

    name: str
    target: str
    kinds: tuple[str, ...] = ()
    preferred: bool = False


def best_match(wanted: str, apps: Iterable[InstalledApp]) -> InstalledApp | None:
    """The application that `wanted` names, or None. Its name counts more than its kind."""
    words = _words(wanted)
    if not words:
        return None
    scored = [(_score(words, app), app.preferred, app) for app in apps]
    found = [entry for entry in scored if entry[0] > 0]
    if not found:
        return None
    return min(
        found, key=lambda entry: (-entry[0], not entry[1], len(entry[2].name), entry[2].name)
    )[2]


def near_names(wanted: str, apps: Sequence[InstalledApp]) -> tuple[str, ...]:
    """Names that look or sound like `wanted`, at most five."""
    names = sorted({app.name for app in apps})
    by_key = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(wanted.casefold(), by_key, n=NEAR, cutoff=0.6)
    return tuple(by_key[key] for key in close)


def _score(words: tuple[str, ...], app: InstalledApp) -> int:
    name = _words(app.name)
    kinds = [_words(kind) for kind in app.kinds]
    if words == name:
        return 5
    if words in kinds:
        return 4
    if words == name[: len(words)]:
        return 3
    if set(words) <= set(name):
        return 2
    if any(set(words) <= set(kind) for kind in kinds):
        return 4 if app.preferred else 1
    return 0


def _words(text: str) -> tuple[str, ...]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return tuple(word for word in words if word not in _POLITE) or tuple(words)
