"""What the user allowed beforehand: which tool, with which arguments, where and how long. Pure."""

from __future__ import annotations

import datetime
import enum
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.tools.base import Origin, Risk, Tool

WIDE_DAYS = 30
"""How long a grant for a whole folder or host lasts."""

CONVERSATION_HOURS = 12

_PLAIN = re.compile(r"[^\s\\\x00-\x1f\x7f-\x9f]+")


class Match(enum.StrEnum):
    """How an argument is compared."""

    EXACTLY = "exactly"
    FOLDER = "folder"
    """A path in this folder or below it."""
    HOST = "host"
    """An address on this host."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one argument must be. `value` is JSON for EXACTLY."""

    argument: str
    match: Match
    value: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A yes that was given beforehand. `words` says in a sentence what it allows.

    Without `conversation_id` it holds everywhere, without `until` for ever. `is_exact`: `rules`
    name every argument; otherwise those without a rule may be anything. `form` is what the tool of
    another program looked like; one that changed is another tool.
    """

    id: str
    tool: str
    risk: Risk
    rules: tuple[Rule, ...]
    is_exact: bool
    words: str
    made_at: datetime.datetime
    conversation_id: str = ""
    until: datetime.datetime | None = None
    form: str = ""


class Scope(enum.StrEnum):
    """What a person may allow beyond this once."""

    CONVERSATION = "conversation"
    ALWAYS = "always"
    FOLDER = "folder"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice on the card; `label` is what stands on it."""

    scope: Scope
    label: str


def covers(
    grant: Grant,
    tool: Tool,
    arguments: Mapping[str, Any],
    *,
    conversation_id: str,
    tainted: bool,
    now: datetime.datetime,
) -> bool:
    """Whether it allows this call.

    Where others may have steered the model, only a yes to exactly these arguments counts.
    """
    if (grant.tool, grant.risk, grant.form) != (tool.name, tool.risk, _form(tool)):
        return False
    if grant.conversation_id not in ("", conversation_id):
        return False
    if grant.until is not None and now >= grant.until:
        return False
    if tainted and not grant.is_exact:
        return False
    if grant.is_exact and {rule.argument for rule in grant.rules} != set(arguments):
        return False
    return all(
        rule.argument in arguments and _matches(rule, arguments[rule.argument])
        for rule in grant.rules
    )


def offers(tool: Tool, arguments: Mapping[str, Any], *, tainted: bool) -> tuple[Offer, ...]:
    """What may be allowed with this call; nothing where others may have steered it."""
    if tainted:
        return ()
    if tool.only_exactly:
        return (Offer(Scope.ALWAYS, "Always allow exactly this"),)
    name = tool.name.replace("_", " ")
    wide = tuple(
        Offer(Scope(rule.match.value), f"Always allow in {rule.value}")
        if rule.match is Match.FOLDER
        else Offer(Scope(rule.match.value), f"Always allow on {rule.value}")
        for rule in _wide_rules(arguments)
    )
    return (
        Offer(Scope.CONVERSATION, f"Allow “{name}” in this conversation"),
        Offer(Scope.ALWAYS, "Always allow exactly this"),
        *wide,
    )


def grant_for(
    scope: Scope,
    tool: Tool,
    arguments: Mapping[str, Any],
    *,
    grant_id: str,
    conversation_id: str,
    now: datetime.datetime,
) -> Grant:
    """The grant that a person chose. Raises ValueError where there is no such offer."""
    if tool.only_exactly and scope is not Scope.ALWAYS:
        raise ValueError(f"no {scope} to allow")
    name = tool.name.replace("_", " ")
    rules: tuple[Rule, ...] = ()
    until: datetime.datetime | None = None
    match scope:
        case Scope.CONVERSATION:
            words = f"{name}, in one conversation"
            until = now + datetime.timedelta(hours=CONVERSATION_HOURS)
        case Scope.ALWAYS:
            rules = tuple(
                Rule(key, Match.EXACTLY, _canonical(value)) for key, value in arguments.items()
            )
            shown = ", ".join(f"{rule.argument}: {rule.value}" for rule in rules)
            words = f"{name} with {shown}" if shown else name
        case _:
            rule = next((r for r in _wide_rules(arguments) if r.match == scope.value), None)
            if rule is None:
                raise ValueError(f"no {scope} to allow")
            rules = (rule,)
            words = f"{name} {'in' if scope is Scope.FOLDER else 'on'} {rule.value}"
            until = now + datetime.timedelta(days=WIDE_DAYS)
    return Grant(
        grant_id,
        tool.name,
        tool.risk,
        rules,
        is_exact=scope is Scope.ALWAYS,
        words=words,
        made_at=now,
        conversation_id=conversation_id if scope is Scope.CONVERSATION else "",
        until=until,
        form=_form(tool),
    )


def _form(tool: Tool) -> str:
    """What Sayso's own tools look like changes with its versions, and nobody need allow it anew."""
    if tool.origin is not Origin.SERVER:
        return ""
    text = _canonical([tool.description, dict(tool.parameters)])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _matches(rule: Rule, value: object) -> bool:
    match rule.match:
        case Match.EXACTLY:
            return _canonical(value) == rule.value
        case Match.FOLDER:
            return isinstance(value, str) and _is_below(value, rule.value)
        case Match.HOST:
            return isinstance(value, str) and _host(value) == rule.value


def _wide_rules(arguments: Mapping[str, Any]) -> Iterator[Rule]:
    """At most one folder and one host: of the first argument that is one."""
    folder = next(((k, f) for k, v in arguments.items() if (f := _folder(v))), None)
    host = next(((k, h) for k, v in arguments.items() if (h := _host(v))), None)
    if folder is not None:
        yield Rule(folder[0], Match.FOLDER, folder[1])
    if host is not None:
        yield Rule(host[0], Match.HOST, host[1])


def _folder(value: object) -> str:
    """The folder of a path that is whole and plain; empty for anything else."""
    if not isinstance(value, str) or not value.startswith(("/", "~/")) or not _is_plain(value):
        return ""
    folder = value.rpartition("/")[0]
    return folder if folder not in ("", "~") else ""


def _is_below(path: str, folder: str) -> bool:
    return _is_plain(path) and path.startswith(f"{folder}/")


def _is_plain(path: str) -> bool:
    parts = path.split("/")[1:]
    return all(part not in ("", ".", "..") for part in parts) and not any(
        ord(character) < 0x20 or character == "\\" for character in path
    )


def _host(value: object) -> str:
    """The host of a web address, with its port where that is an unusual one; else empty."""
    if not isinstance(value, str) or not _PLAIN.fullmatch(value) or not value.isascii():
        return ""
    try:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or "@" in parts.netloc or not parts.hostname:
            return ""
        return parts.netloc.lower()
    except ValueError:
        return ""


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
