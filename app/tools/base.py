"""What a tool is: a typed function with a strict schema, a risk and a time limit."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.providers.base import Image, ToolSpec


class Risk(enum.StrEnum):
    """What a tool can do to the world; `app/tools/policy.py` decides what that needs."""

    READ = "read"
    REVERSIBLE = "reversible"
    IRREVERSIBLE = "irreversible"
    SENDS_OUT = "sends_out"


class Origin(enum.StrEnum):
    """Where words come from that the user did not say to Sayso: they taint what follows.

    All but OWN do: what the user had Sayso keep is private, and taints nothing.
    """

    SCREEN = "screen"
    CLIPBOARD = "clipboard"
    FILE = "file"
    WEB = "web"
    SERVER = "server"
    """A tool of a program that others wrote (MCP), or of the user's own folder."""
    OWN = "own"
    """The user's notes, and what Sayso was to remember."""
    KEPT = "kept"
    """The same where some of it was kept of words that others wrote."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What goes back to the model. A tool that failed says why in `text`.

    `images` are shown to the model beside the text. `origin` tells where the words come from;
    None: from Sayso itself. It overrides the tool's own. `addresses` are those that the tool
    itself stands for, such as the hits of a search: they may be read without a question.
    """

    text: str
    ok: bool = True
    images: tuple[Image, ...] = ()
    origin: Origin | None = None
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """What a tool that only reads tells another computer.

    `address` is set where the arguments choose which computer that is.
    """

    text: str
    address: str = ""


class ToolFailed(Exception):
    """A tool could not do it; the message is for the model and the user."""


@dataclass(frozen=True, slots=True)
class Tool:
    """`run` takes the validated arguments by name.

    `asks` tells that a person's yes is needed although the risk alone would not need it;
    `question` makes the sentence that asks, from the arguments. `family` is the group it is listed
    in ("files"), `origin` where the words of its results come from. `sends` tells of a tool that
    reads what it sends while it does: a search's words, a page's address. `foreign` tells that
    another program wrote the schema, so that it need not be a strict one; `only_exactly` that
    nothing but the very same arguments can be allowed beforehand.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    risk: Risk
    run: Callable[..., Awaitable[ToolResult]]
    timeout_s: float = 10.0
    asks: bool = False
    question: Callable[[Mapping[str, Any]], str] | None = None
    family: str = ""
    origin: Origin | None = None
    sends: Callable[[Mapping[str, Any]], Sent] | None = None
    foreign: bool = False
    only_exactly: bool = False

    @property
    def spec(self) -> ToolSpec:
        """The tool as a model sees it."""
        return ToolSpec(self.name, self.description, self.parameters, is_strict=not self.foreign)
