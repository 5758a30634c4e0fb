"""The spoken templates as a grammar in pocketsphinx's finite-state format. Pure."""

from __future__ import annotations

import functools
from collections.abc import Collection

from app.providers.local.matcher import rules
from app.providers.local.notation import Node, Rule, Sequence, parse
from app.providers.local.slots import SLOTS
from app.providers.local.templates import SPOKEN, SPOKEN_RARELY
from app.providers.local.word_graph import WordGraph, build_graph

YES = ("yes", "yes please", "yeah", "yep", "sure", "okay", "go ahead", "do it", "please do")
NO = ("no", "no thanks", "no thank you", "nope", "cancel", "stop", "never mind", "don't")

PRONUNCIATIONS = {"sayso": "S EY S OW"}
"""Words that pocketsphinx's dictionary lacks, in its own phones."""

_SELDOM_WORDS = frozenset({"please", "can", "could", "sayso"})
_SELDOM = 0.01
"""How likely a word is that may stand around every command: breath and noise resemble them."""

_BARE = 0.001
"""How likely a sentence of `SPOKEN_RARELY` is, against the others."""


@functools.cache
def command_fsg() -> str:
    """Every command that can be spoken."""
    common = build_graph(common_trees(), rules(), spoken_slots())
    whole = build_graph([*common_trees(), *rare_trees()], rules(), spoken_slots())
    return _fsg("commands", whole, bare_starts=_first_words(whole) - _first_words(common))


@functools.cache
def answer_fsg() -> str:
    """Yes or no."""
    return _fsg("answers", build_graph(map(parse, (*YES, *NO)), {}, {}))


def common_trees() -> list[Node]:
    """Every spoken template, with what may stand around it."""
    texts = (text for templates in SPOKEN.values() for text in templates)
    return [Sequence((Rule("lead"), parse(text), Rule("tail"))) for text in texts]


def rare_trees() -> list[Node]:
    """The templates that are listened for with less trust."""
    return [parse(text) for templates in SPOKEN_RARELY.values() for text in templates]


@functools.cache
def spoken_slots() -> dict[str, Node]:
    """How each kind of slot is spoken, parsed."""
    return {kind: parse(slot.spoken) for kind, slot in SLOTS.items() if slot.spoken is not None}


def _first_words(graph: WordGraph) -> set[str]:
    return {word for word, _ in graph.arcs[0]}


def _fsg(name: str, graph: WordGraph, bare_starts: Collection[str] = ()) -> str:
    """The graph as text; its last state is the one end that the format allows."""
    end = len(graph.arcs)
    head = [f"FSG_BEGIN {name}", f"NUM_STATES {end + 1}", "START_STATE 0", f"FINAL_STATE {end}"]
    steps = [
        f"TRANSITION {state} {to} {_weight(word, state == 0 and word in bare_starts)} {word}"
        for state, arcs in enumerate(graph.arcs)
        for word, to in arcs
    ]
    ends = [f"TRANSITION {state} {end} 1.0" for state in sorted(graph.finals)]
    return "\n".join([*head, *steps, *ends, "FSG_END", ""])


def _weight(word: str, is_bare: bool) -> float:
    if is_bare:
        return _BARE
    return _SELDOM if word in _SELDOM_WORDS else 1.0
