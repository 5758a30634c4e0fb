"""The words for questions, grants and calls. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from app.permission.mode import Mode
from app.permission.record import Allowed, CallRecord, Fate
from app.tools.base import Origin, Risk
from app.tools.policy import Why
from ui import words

if TYPE_CHECKING:
    from app.events import ApprovalRequested
    from app.permission.events import ListedTool
    from app.permission.grants import Grant

GENERAL = "General"

_SOURCES: Mapping[Origin, str] = {
    Origin.SCREEN: "a picture",
    Origin.CLIPBOARD: "the clipboard",
    Origin.FILE: "a file",
    Origin.WEB: "a web page",
    Origin.SERVER: "another program",
    Origin.OWN: "your notes",
    Origin.KEPT: "a text kept earlier",
}
_RISKS: Mapping[Risk, str] = {
    Risk.READ: "Only reads",
    Risk.REVERSIBLE: "Can be undone",
    Risk.IRREVERSIBLE: "Cannot be undone",
    Risk.SENDS_OUT: "Sends something out",
}
_FATES: Mapping[Fate, str] = {
    Fate.RAN: "done",
    Fate.FAILED: "failed",
    Fate.DENIED: "you said no",
    Fate.REFUSED: "refused",
    Fate.CANCELLED: "stopped",
}
_ALLOWED: Mapping[Allowed, str] = {
    Allowed.POLICY: "no question was needed",
    Allowed.GRANT: "allowed beforehand",
    Allowed.HAND: "you answered",
    Allowed.VOICE: "you answered by voice",
    Allowed.NOBODY: "nobody answered",
}
_REFUSALS: Mapping[str, str] = {
    "unknown": "there is no such tool",
    "off": "it is switched off",
    "arguments": "the arguments were wrong",
}


def sources(origins: Iterable[Origin | str]) -> str:
    """Where words came from: "a file and a web page"."""
    names = [_SOURCES[origin] for origin in Origin if origin in set(origins)]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def reason(asked: ApprovalRequested) -> str:
    """Why it is asked, in one or two sentences; empty where the question says it all."""
    parts = []
    if asked.why is Why.LEAK:
        parts.append("It would tell another computer something that comes from you.")
    elif asked.risk in (Risk.IRREVERSIBLE, Risk.SENDS_OUT):
        parts.append(f"{_RISKS[asked.risk]}.")
    if asked.origins:
        parts.append(
            f"This conversation contains words from {sources(asked.origins)}. "
            "Say yes only if you want this yourself."
        )
    return " ".join(parts)


def does(tool: ListedTool) -> str:
    """What a tool does, to its user: the rest of its description is for models."""
    whole = " ".join(words.escaped(tool.description).split())
    first = re.split(r"(?<=[.!?]) ", whole, maxsplit=1)[0]
    return first.replace("The user's", "Your").replace("the user's", "your")


def risk(tool: ListedTool) -> str:
    """What a tool can do to the world."""
    return _RISKS.get(tool.risk, "")


def modes(tool: ListedTool) -> tuple[tuple[Mode, str], ...]:
    """What may be chosen for a tool, its own way first."""
    if not tool.asks:
        return (
            (Mode.AS_NEEDED, "Without asking"),
            (Mode.ASK, "Ask every time"),
            (Mode.OFF, "Off"),
        )
    spared = tool.risk in (Risk.READ, Risk.REVERSIBLE)
    return (
        (Mode.AS_NEEDED, "Ask first"),
        (Mode.ASK, "Ask every time"),
        *(((Mode.ALLOW, "Without asking"),) if spared else ()),
        (Mode.OFF, "Off"),
    )


def families(tools: Iterable[ListedTool]) -> dict[str, list[ListedTool]]:
    """The tools under the name of their group, in the order they come."""
    groups: dict[str, list[ListedTool]] = {}
    for tool in tools:
        name = words.sentence(tool.family) if tool.family else GENERAL
        groups.setdefault(name, []).append(tool)
    return groups


def lasts(grant: Grant) -> str:
    """How long a grant holds."""
    if grant.conversation_id:
        return "In one conversation, for today"
    if grant.until is None:
        return "Until you take it back"
    return f"Until {words.long_date(grant.until.astimezone().date())}"


def headline(record: CallRecord) -> str:
    """A call in a line: "Find files · done in 0.3 s"."""
    fate = _FATES[record.fate]
    if record.fate is Fate.DENIED and record.by is Allowed.NOBODY:
        fate = "not answered"
    time = f" in {words.seconds(record.seconds)}" if record.fate is Fate.RAN else ""
    return f"{words.escaped(words.sentence(record.tool))} · {fate}{time}"


def account(record: CallRecord, today: datetime.date) -> str:
    """When it was, and who decided."""
    at = record.at.astimezone()
    day = "" if at.date() == today else f"{words.long_date(at.date())}, "
    if record.fate is Fate.REFUSED:
        parts = [_REFUSALS.get(record.why, "the rules forbid it")]
    elif record.by is Allowed.GRANT:
        parts = [f"{_ALLOWED[record.by]}: {words.escaped(record.grant)}"]
    else:
        parts = [_ALLOWED[record.by]]
    if seen := sources(record.taint):
        parts.append(f"after words from {seen}")
    return f"{day}{at:%H:%M} · {', '.join(parts)}"
