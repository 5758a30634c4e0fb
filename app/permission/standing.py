"""What a conversation has seen so far, and so how far what is done in it can be trusted. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.conversation.history import TOOL_IMAGES
from app.conversation.message import Message, Role, ToolUse
from app.providers.base import ChatMessage, ChatRole
from app.tools.base import Origin

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Standing:
    """`origins` are where words came from that the user did not say: they taint all that follows.

    `said` are the user's own words, `foreign` the texts that others wrote, `private` those that
    should not leave this computer unseen, `addresses` what may be read without a question, `sent`
    what tools of the web have already told. `is_steered`: words of others came with the user's
    latest message or after it.
    """

    conversation_id: str = ""
    origins: frozenset[Origin] = frozenset()
    said: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()
    sent: tuple[str, ...] = ()
    is_steered: bool = False

    @property
    def is_tainted(self) -> bool:
        """Whether words of others may have steered what the model writes."""
        return bool(self.origins)


def standing_of(conversation_id: str, messages: Iterable[Message]) -> Standing:
    """What a conversation has seen, from the messages that are kept of it.

    Pictures that tools showed are of the origin of those tools.
    """
    standing = Standing(conversation_id)
    for message in messages:
        if message.role is Role.USER and (message.images or message.had_images):
            standing = replace(standing, origins=standing.origins | {Origin.SCREEN})
        standing = after(standing, message.tools)
    return standing


def shown(standing: Standing, history: Sequence[ChatMessage]) -> Standing:
    """The same with what the user says and shows in the history that a model is sent."""
    asked = [
        entry
        for entry in history
        if entry.role is ChatRole.USER and not entry.text.startswith(TOOL_IMAGES)
    ]
    origins = standing.origins
    if any(entry.images for entry in asked):
        origins |= {Origin.SCREEN}
    return replace(
        standing,
        origins=origins,
        said=tuple(entry.text for entry in asked),
        is_steered=bool(asked and asked[-1].images),
    )


def after(standing: Standing, uses: Iterable[ToolUse]) -> Standing:
    """The same once these tools have run."""
    origins, foreign, private = set(standing.origins), [*standing.foreign], [*standing.private]
    addresses, sent = set(standing.addresses), [*standing.sent]
    is_steered = standing.is_steered
    for use in uses:
        origin = origin_of(use)
        if origin is not None and origin is not Origin.OWN:
            is_steered = True
            origins.add(origin)
            foreign.append(use.result)
        if origin is not None and origin is not Origin.WEB and use.result:
            private.append(use.result)
        if origin is Origin.WEB:
            sent.append(use.arguments)
        addresses.update(use.addresses)
    return replace(
        standing,
        origins=frozenset(origins),
        foreign=tuple(foreign),
        private=tuple(private),
        addresses=frozenset(addresses),
        sent=tuple(sent),
        is_steered=is_steered,
    )


def is_said(text: str, said: Iterable[str]) -> bool:
    """Whether `text` stands in one of these, word for word; marks and letter case do not count."""
    wanted = _worded(text)
    return any(wanted in _worded(each) for each in said)


def _worded(text: str) -> str:
    words = " ".join(_WORD.findall(text.casefold()))
    return f" {words} "


def origin_of(use: ToolUse) -> Origin | None:
    """Whose words its result has; what is not known is a stranger's."""
    if not use.origin:
        return None
    try:
        return Origin(use.origin)
    except ValueError:
        return Origin.SERVER
