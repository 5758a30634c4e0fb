"""Reads the `mcpServers` text that other programs share their servers in. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pydantic

from app.extensions.environment import is_secret_name
from app.extensions.settings import MAX_SERVERS, ServerEntry

MAX_CHARS = 100_000


class NotServers(Exception):
    """The text has no servers in it; the message says why."""


@dataclass(frozen=True, slots=True)
class Imported:
    """Servers, and one sentence for each thing that was left out."""

    servers: tuple[ServerEntry, ...]
    notes: tuple[str, ...]


def read_servers(text: str, taken: Collection[str] = ()) -> Imported:
    """The servers of a text; names that are `taken` get a number. Raises NotServers."""
    try:
        raw = json.loads(text[:MAX_CHARS])
    except (ValueError, RecursionError):
        raise NotServers("This is not JSON.") from None
    table = raw.get("mcpServers", raw.get("servers", raw)) if isinstance(raw, dict) else None
    if not isinstance(table, dict) or not table:
        raise NotServers("There is no “mcpServers” in it.")
    names = set(taken)
    servers: list[ServerEntry] = []
    notes: list[str] = []
    for name, entry in table.items():
        if len(names) >= MAX_SERVERS:
            notes.append(f"“{name}” was left out: there are {MAX_SERVERS} servers already.")
            continue
        server = _server(_free(name, names), name, entry, notes)
        if server is not None:
            names.add(server.name)
            servers.append(server)
    if not servers:
        raise NotServers(" ".join(notes) or "There is no server in it.")
    return Imported(tuple(servers), tuple(notes))


def _server(free: str, name: str, entry: object, notes: list[str]) -> ServerEntry | None:
    if not isinstance(entry, dict):
        notes.append(f"“{name}” was left out: it is not a server.")
        return None
    variables = _variables(name, entry.get("env"), notes)
    if entry.get("headers"):
        notes.append(f"The headers of “{name}” were left out: Sayso gives no secrets to servers.")
    try:
        return ServerEntry(
            name=free,
            command=_command(entry),
            url=entry.get("url") or entry.get("serverUrl") or "",
            environment=variables,
            enabled=not entry.get("disabled", False),
        )
    except (pydantic.ValidationError, TypeError) as error:
        reason = str(error)
        if isinstance(error, pydantic.ValidationError):
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        notes.append(f"“{name}” was left out: {reason}.")
        return None


def _command(entry: Mapping[str, Any]) -> tuple[str, ...]:
    program, arguments = entry.get("command"), entry.get("args") or []
    if program is None:
        return ()
    if isinstance(program, list):
        program, arguments = "", program
    words = ([program] if program else []) + list(arguments)
    if not all(isinstance(word, str) for word in words):
        raise TypeError("its command is not made of words")
    return tuple(words)


def _variables(name: str, raw: object, notes: list[str]) -> tuple[tuple[str, str], ...]:
    kept = []
    for variable, value in (raw if isinstance(raw, dict) else {}).items():
        if is_secret_name(variable):
            notes.append(f"{variable} of “{name}” was left out: Sayso gives no secrets to servers.")
        else:
            kept.append((variable, str(value)))
    return tuple(kept)


def _free(name: str, taken: Collection[str]) -> str:
    plain = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")[:24] or "server"
    found, number = plain, 2
    while found in taken:
        found = f"{plain[:21]}-{number}"
        number += 1
    return found
