"""The fields of an upload, by what its model takes and its server did not refuse. Pure."""

from __future__ import annotations

from typing import Any

from app.providers.base import Hints
from app.providers.catalogue import Confidence, facts
from app.providers.openai.upload import FLAC

OPTIONS = {
    "logprobs": r"\blogprobs\b|\binclude\b",
    "segments": r"\bverbose_json\b|\bresponse_format\b",
    "keywords": r"\bkeywords\b",
    "languages": r"\blanguages\b",
    "stream": r"\bstream(ing)?\b",
    "prompt": r"\bprompt\b",
    "language": r"\blanguage\b",
    FLAC: r"\b(flac|wav|audio|sound|media|file|format|codec|ffmpeg)\b|decod",
}
"""What a request may do without, and the pattern by which a server refuses it."""


def transcription_request(
    model: str, hints: Hints, *, streams: bool, without: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """All fields but the file. `streams` asks for parts of the answer where the model has them."""
    known = facts(model)
    abilities = known.transcription
    translates = hints.translate and abilities.translation
    verbose = abilities.confidence is Confidence.SEGMENTS and "segments" not in without
    fields: dict[str, Any] = {
        "model": model,
        "response_format": "verbose_json" if verbose else "json",
    }
    language = "" if translates else hints.language
    if language and abilities.languages and "languages" not in without:
        fields["languages"] = [language]
    elif language and "language" not in without:
        fields["language"] = language
    if streams and abilities.streams and not translates and "stream" not in without:
        fields["stream"] = True
    if abilities.confidence is Confidence.LOGPROBS and "logprobs" not in without:
        fields["include"] = ["logprobs"]
    if hints.vocabulary and not translates:
        # Of a model that nothing is known of, its server tells what it takes.
        if abilities.keywords and "keywords" not in without:
            fields["keywords"] = list(hints.vocabulary)
        elif (abilities.prompt or known.role is None) and "prompt" not in without:
            fields["prompt"] = ", ".join(hints.vocabulary)
    return fields
