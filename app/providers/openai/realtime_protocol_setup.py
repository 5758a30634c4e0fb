"""What a Realtime session is told of itself, and what of it changed. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.providers.base import Hints, ToolSpec
from app.providers.openai.realtime_protocol import PCM, Json, transcription_of
from app.providers.voice_session import Near, SessionSetup, TurnEnds

SLOWEST, FASTEST = 0.25, 1.5

NOISE = "noise reduction"
HINTS = "hints for the words"
WORDS = "words of the user"
MEANING = "turns that end by their meaning"
PRUNING = "pruning"
SPEED = "speed"
VOICE = "voice"

_PATTERNS = {
    NOISE: r"noise_reduction",
    HINTS: r"keywords|languages|transcription[^\"]*(prompt|language)",
    WORDS: r"transcri",
    MEANING: r"semantic_vad|eagerness",
    PRUNING: r"truncation|retention_ratio",
    SPEED: r"\bspeed\b",
    VOICE: r"\bvoice\b",
}
_NEAR = {Near.HEADSET: {"type": "near_field"}, Near.ROOM: {"type": "far_field"}}
_CLEARED = frozenset({"noise_reduction", "transcription"})
"""What is off unless it is told; once told, null turns it off."""

_NESTED = frozenset({"audio", "input", "output"})
_VOICE = "marin"
_NOT_IN_REALTIME = frozenset({"fable", "nova", "onyx"})


def realtime_voice(voice: str) -> str:
    """The voice itself, or one like it where Realtime models lack it."""
    return _VOICE if voice in _NOT_IN_REALTIME else voice


def session_of(
    setup: SessionSetup, words_model: str, *, prunes: bool, without: frozenset[str] = frozenset()
) -> Json:
    """All that a session is told. `words_model` transcribes the user, empty for nobody.

    `prunes`: the server drops the oldest of a full conversation in larger steps, which keeps its
    cache. `without` are parts that it does not take.
    """
    heard: Json = {"format": PCM}
    if NOISE not in without and setup.near in _NEAR:
        heard["noise_reduction"] = _NEAR[setup.near]
    hints = Hints(language="") if HINTS in without else setup.hints
    if words_model:
        heard["transcription"] = transcription_of(words_model, hints)
    heard["turn_detection"] = _turn_detection(setup.turn_ends, without)
    said: Json = {"format": PCM}
    if setup.voice and VOICE not in without:
        said["voice"] = realtime_voice(setup.voice)
    if SPEED not in without:
        said["speed"] = min(max(setup.speed, SLOWEST), FASTEST)
    session: Json = {
        "type": "realtime",
        "output_modalities": ["audio" if setup.aloud else "text"],
        "instructions": setup.instructions,
        "audio": {"input": heard, "output": said},
        "tools": [_tool(tool) for tool in setup.tools],
        "tool_choice": "auto",
    }
    if prunes and PRUNING not in without:
        session["truncation"] = {"type": "retention_ratio", "retention_ratio": 0.8}
    return session


def difference(told: Mapping[str, Any], wanted: Mapping[str, Any]) -> Json:
    """What of `wanted` a session that was told `told` must be told; empty for nothing."""
    changed: Json = {}
    for name, value in wanted.items():
        if name in told and told[name] == value:
            continue
        if name in _NESTED and isinstance(told.get(name), dict):
            if inner := difference(told[name], value):
                changed[name] = inner
        else:
            changed[name] = value
    return changed | dict.fromkeys(_CLEARED & told.keys() - wanted.keys())


def refused_part(error: Mapping[str, Any], session: Mapping[str, Any]) -> str | None:
    """The part of a set-up that a refusal names and that it could do without, if any."""
    told = json.dumps({name: error.get(name) for name in ("param", "message", "code")})
    for part, pattern in _PATTERNS.items():
        if re.search(pattern, told, re.I) and _has(part, session):
            return part
    return None


def _has(part: str, session: Mapping[str, Any]) -> bool:
    heard, said = session["audio"]["input"], session["audio"]["output"]
    words = heard.get("transcription")
    found: Mapping[str, bool] = {
        NOISE: "noise_reduction" in heard,
        HINTS: bool(words) and len(words) > 1,
        WORDS: bool(words),
        MEANING: (heard["turn_detection"] or {}).get("type") == "semantic_vad",
        PRUNING: "truncation" in session,
        SPEED: "speed" in said,
        VOICE: "voice" in said,
    }
    return found[part]


def _turn_detection(ends: TurnEnds, without: frozenset[str]) -> Json | None:
    if ends is TurnEnds.LOCAL:
        return None
    does = {"create_response": True, "interrupt_response": True}
    if ends is TurnEnds.SEMANTIC and MEANING not in without:
        return {"type": "semantic_vad", "eagerness": "auto", **does}
    return {"type": "server_vad", **does}


def _tool(tool: ToolSpec) -> Json:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }


def remaining(words_models: Sequence[str], part: str) -> tuple[str, ...]:
    """The models to transcribe the user with, once `part` was refused."""
    return tuple(words_models[1:]) if part == WORDS else tuple(words_models)
