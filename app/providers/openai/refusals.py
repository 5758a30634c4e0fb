"""What a server's error says, in whatever form its maker chose. Pure: decoded body in, code out.

OpenAI, Azure, Gemini and LiteLLM name their errors; Ollama, llama.cpp, vLLM and others mostly say
it in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import Code

_NAMES: dict[Code, frozenset[str]] = {
    Code.QUOTA_SPENT: frozenset(
        {
            "insufficient_quota",
            "insufficient_balance",
            "insufficient_credits",
            "billing_hard_limit_reached",
            "billing_not_active",
            "spend_limit_reached",
            "budget_exceeded",
            "quotaexceeded",
        }
    ),
    Code.ACCOUNT_CLOSED: frozenset(
        {"account_deactivated", "account_suspended", "access_terminated", "organization_disabled"}
    ),
    Code.REGION_REFUSED: frozenset({"unsupported_country_region_territory"}),
    Code.CONVERSATION_TOO_LONG: frozenset(
        {"context_length_exceeded", "exceed_context_size_error", "string_above_max_length"}
    ),
    Code.CONTENT_REFUSED: frozenset(
        {
            "content_filter",
            "content_policy_violation",
            "responsibleaipolicyviolation",
            "moderation_blocked",
            "invalid_prompt",
        }
    ),
    Code.MODEL_UNKNOWN: frozenset(
        {
            "model_not_found",
            "deploymentnotfound",
            "model_not_available",
            "modelnotfound",
            "model_decommissioned",
            "model_deprecated",
        }
    ),
    Code.KEY_WRONG: frozenset(
        {
            "invalid_api_key",
            "invalid_authentication",
            "authentication_error",
            "auth_error",
            "expired_key",
            "token_not_found_in_db",
            "no_db_connection",
            "unauthenticated",
        }
    ),
    Code.SERVER_BUSY: frozenset(
        {
            "slow_down",
            "rate_limit_exceeded",
            "rate_limit_error",
            "server_is_overloaded",
            "engine_overloaded",
            "overloaded_error",
            "resource_exhausted",
            "nocapacity",
            "toomanyrequests",
            "tokens",
            "requests",
        }
    ),
}
_SENTENCES: tuple[tuple[Code, re.Pattern[str]], ...] = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        (Code.SERVER_BUSY, r"please (retry|try again) in [0-9]"),
        (Code.MODEL_LOADING, r"(loading model|model is loading|currently loading)"),
        (Code.MODEL_UNKNOWN, r"invalid model name|model .*has been (deprecated|decommissioned)"),
        (Code.QUOTA_SPENT, r"check your plan and billing|insufficient (balance|credits)"),
        (Code.REGION_REFUSED, r"(country|region|location)\b.* (is )?not supported"),
        (
            Code.CONVERSATION_TOO_LONG,
            r"maximum context length|context (size|window|overflow|length)|prompt is too long",
        ),
        (Code.TAKE_TOO_LONG, r"audio (duration|file).* (longer than|too long)"),
        (Code.REQUEST_TOO_LARGE, r"request too large|content size limit"),
        (Code.CONTENT_REFUSED, r"content (management|safety) policy|flagged by (our )?moderation"),
        (
            Code.KEY_WRONG,
            r"(incorrect|invalid|no) api.?key|api.?key not valid|authentication error"
            r"|invalid subscription key|invalid proxy server token",
        ),
    )
)
_WAIT = re.compile(
    r"(?:retry|try again) in (?:([0-9]+)h)?(?:([0-9]+)m(?!s))?(?:([0-9.]+)s)?(?:([0-9.]+)ms)?"
)
_WAIT_UNITS_S = (3600.0, 60.0, 1.0, 0.001)
_LONGEST_TEXT = 4096
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Refusal:
    """The names that an error gives itself, and its sentences; all in lower case."""

    names: frozenset[str]
    text: str

    @property
    def code(self) -> Code | None:
        """What it is, where it says so; the more certain first."""
        for code, names in _NAMES.items():
            if code is not Code.SERVER_BUSY and not names.isdisjoint(self.names):
                return code
        for code, pattern in _SENTENCES:
            if pattern.search(self.text):
                return code
        busy = not _NAMES[Code.SERVER_BUSY].isdisjoint(self.names)
        return Code.SERVER_BUSY if busy else None

    @property
    def wait_s(self) -> float | None:
        """How long to wait, in seconds, where a sentence says it: "try again in 1m30s"."""
        found = _WAIT.search(self.text)
        if found is None or not any(found.groups()):
            return None
        try:
            parts = [float(part or 0) for part in found.groups()]
        except ValueError:
            return None
        return sum(part * unit for part, unit in zip(parts, _WAIT_UNITS_S, strict=True))

    def names_model(self, model: str) -> bool:
        """Whether its sentence is about this model."""
        return "model" in self.text and model.lower() in self.text


def read_refusal(body: object) -> Refusal:
    """Read the body of an error, decoded from JSON or as text."""
    found = list(_strings("", body, _DEEPEST))
    names = frozenset(text for key, text in found if key in ("code", "type", "status", "reason"))
    told = [text for key, text in found if key in ("message", "detail", "error", "msg", "")]
    return Refusal(names, "\n".join(told)[:_LONGEST_TEXT])


def _strings(key: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value.lower()
    elif isinstance(value, dict) and depth:
        for name, inner in value.items():
            yield from _strings(str(name).lower(), inner, depth - 1)
    elif isinstance(value, list) and depth:
        for inner in value[:8]:
            yield from _strings(key, inner, depth - 1)
