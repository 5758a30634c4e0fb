"""How servers and tool files are told, and how a line that was typed is read. Pure: no Qt."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

import pydantic

from app.extensions.events import ServersImported
from app.extensions.review import Condition, Extension, ReviewKind
from app.extensions.settings import ServerEntry

ASKS, BELIEVES = "asks", "believes"
_CONDITIONS = {
    Condition.OFF: "Off",
    Condition.ASKS: "Waits for your yes",
    Condition.STARTING: "Starting",
    Condition.RUNS: "Ready",
    Condition.WAITS: "Starts again soon",
    Condition.FAILED: "Not running",
}
YES = {
    ReviewKind.SERVER: "Start it",
    ReviewKind.SERVER_TOOLS: "Use them",
    ReviewKind.TOOL_FILE: "Use it",
}


class NotAServer(Exception):
    """What was typed is no server; the message says why."""


def condition_words(extension: Extension) -> str:
    """How it is, why, and what it brings."""
    words = _CONDITIONS[extension.condition]
    if extension.detail:
        words += f": {extension.detail}"
    if extension.tools:
        count = len(extension.tools)
        words += f" · {count} {'tool' if count == 1 else 'tools'}: {', '.join(extension.tools)}"
    return words


def visible(text: str) -> str:
    """The whole text with every character that would not show, or would turn others around."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else f"\\u{ord(char):04x}" for char in text
    )


def import_words(answer: ServersImported) -> str:
    """What came of an import."""
    if answer.problem:
        return answer.problem
    return " ".join((f"Added: {', '.join(answer.names)}.", *answer.notes))


def server_line(entry: ServerEntry) -> tuple[str, str, str]:
    """An entry as it is edited: name, command or address, and what is believed."""
    what = entry.url or shlex.join(entry.command)
    return entry.name, what, BELIEVES if entry.trusts_read_only else ASKS


def servers_of(
    lines: Sequence[Sequence[str]], before: Mapping[str, ServerEntry]
) -> list[dict[str, object]]:
    """The setting that edited lines stand for; what is not shown stays. Raises NotAServer."""
    found: dict[str, dict[str, object]] = {}
    for name, what, belief in lines:
        name, what = name.strip(), what.strip()
        is_address = what.startswith(("http://", "https://"))
        old = before.get(name)
        if name in found:
            raise NotAServer(f"There are two servers named {name}.")
        try:
            command = () if is_address else tuple(shlex.split(what))
            kept = old.model_dump() if old is not None else {}
            url = what if is_address else ""
            entry = ServerEntry.model_validate(
                kept
                | {"name": name, "command": command, "url": url}
                | {"trusts_read_only": belief == BELIEVES}
            )
        except pydantic.ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise NotAServer(f"{name}: {reason}.") from None
        except ValueError:
            raise NotAServer(f"{name}: a quotation mark is not closed.") from None
        found[name] = entry.model_dump()
    return list(found.values())
