"""What the command assistant says about what is remembered, and from the user's folders. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.knowledge.citation import sources_in
from app.knowledge.query import query_of, snippet

ASK_FOR_FACT = "What should I remember?"

_Result = Mapping[str, Any]
_TOLD_FACTS = 5
_EVERYTHING = frozenset({"me", "myself", "us", "everything", "anything"})


def recall_arguments(slots: Mapping[str, object]) -> Mapping[str, object]:
    """ "About me" asks for everything."""
    about = str(slots.get("text", "")).strip(" ?.!")
    return {"about": "" if about.casefold() in _EVERYTHING else about}


def _recalled(arguments: _Result, result: _Result) -> str:
    facts = [str(entry["fact"]).rstrip(".") for entry in result["facts"]]
    if not facts:
        return "I remember nothing about that." if arguments["about"] else "I remember nothing yet."
    told = " ".join(f"{fact[:1].upper()}{fact[1:]}." for fact in facts[:_TOLD_FACTS])
    left = len(facts) - _TOLD_FACTS + int(result["more"])
    rest = f" And {left} more, in the window under Knowledge." if left > 0 else ""
    return f"You asked me to remember this. {told}{rest}"


def _searched(arguments: _Result, result: _Result) -> str:
    if not result["sources"]:
        return "Nothing in your folders has these words."
    best = sources_in(json.dumps(result))[0]
    words = query_of(str(arguments["question"])).words
    text = snippet(str(result["sources"][0]["text"]), words).strip("… ")
    return f"In {best.name}: {text} [{best.number}]"


MEMORY_SENTENCES: dict[str, Callable[[_Result, _Result], str]] = {
    "remember": lambda _, result: f"I will remember: {str(result['remembered']).rstrip('.')}.",
    "recall": _recalled,
    "forget": lambda _, result: f"I have forgotten: {str(result['forgotten']).rstrip('.')}.",
    "search_folders": _searched,
}
