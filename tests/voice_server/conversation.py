"""What a Realtime server keeps of a conversation: its items, what was heard, what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_CHARS_PER_TOKEN = 4
_USER_MS_PER_TOKEN = 100
_OWN_MS_PER_TOKEN = 50
_TOKENS_PER_IMAGE = 765


@dataclass(slots=True)
class Item:
    """A part of the conversation. `sound_ms` is what there is of its sound.

    `images` are the addresses of its pictures.
    `heard_ms` is how much of its own voice the server believes was heard; None is all of it.
    """

    id: str
    kind: str = "message"
    role: str = ""
    text: str = ""
    sound_ms: float = 0.0
    heard_ms: int | None = None
    images: list[str] = field(default_factory=list)
    call: Json = field(default_factory=dict)
    status: str = "completed"

    @property
    def believed_ms(self) -> float:
        """How much of its sound counts as heard."""
        return self.sound_ms if self.heard_ms is None else min(self.heard_ms, self.sound_ms)

    def tokens(self) -> dict[str, int]:
        """What it adds to the input of a response, by kind."""
        told = self.text + "".join(str(value) for value in self.call.values())
        text = 0 if self.sound_ms else -(-len(told) // _CHARS_PER_TOKEN)
        per_token = _OWN_MS_PER_TOKEN if self.role == "assistant" else _USER_MS_PER_TOKEN
        audio = round(self.believed_ms / per_token)
        return {"text": text, "audio": audio, "image": len(self.images) * _TOKENS_PER_IMAGE}

    def as_json(self) -> Json:
        """As events show it."""
        head = {"id": self.id, "object": "realtime.item", "type": self.kind, "status": self.status}
        if self.kind != "message":
            return {**head, **self.call}
        return {**head, "role": self.role, "content": self._content()}

    def _content(self) -> list[Json]:
        if self.sound_ms:
            if self.role == "user":
                return [{"type": "input_audio", "transcript": self.text or None}]
            return [{"type": "output_audio", "transcript": self.text}]
        if self.role == "assistant":
            return [{"type": "output_text", "text": self.text}] if self.text else []
        return [{"type": "input_text", "text": self.text}]


class Conversation:
    """The items in order, and what of them was paid for before."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.deleted: list[Item] = []
        self._paid: list[tuple[str, int]] = []

    def find(self, item_id: str) -> Item | None:
        """The item of this id."""
        return next((item for item in self.items if item.id == item_id), None)

    def before(self, item: Item) -> str | None:
        """The id of the item that stands before; None for the first."""
        at = self.items.index(item)
        return self.items[at - 1].id if at else None

    def add(self, item: Item, after: str | None = None) -> None:
        """Put an item at the end, behind another, or (after `root`) at the start."""
        if after == "root":
            self.items.insert(0, item)
        elif after and (other := self.find(after)) is not None:
            self.items.insert(self.items.index(other) + 1, item)
        else:
            self.items.append(item)

    def delete(self, item: Item) -> None:
        """Take an item out."""
        self.items.remove(item)
        self.deleted.append(item)

    def truncate(self, item: Item, heard_ms: int) -> None:
        """Only so much of an item was heard: its words end there, too."""
        share = heard_ms / item.sound_ms if item.sound_ms else 0.0
        item.text = item.text[: round(len(item.text) * share)]
        item.heard_ms = heard_ms

    def retain(self, most: int, ratio: float) -> None:
        """Drop the oldest items once there are more than `most` tokens, until a share is left."""
        if sum(self._sum(item) for item in self.items) <= most:
            return
        while self.items and sum(self._sum(item) for item in self.items) > most * ratio:
            self.delete(self.items[0])

    @staticmethod
    def _sum(item: Item) -> int:
        return sum(item.tokens().values())

    def input_usage(self, instructions: str, tools: Sequence[Json]) -> Json:
        """What a response costs now; what stands as it stood at the last one is cached."""
        head = -(-(len(instructions) + len(str(list(tools)))) // _CHARS_PER_TOKEN)
        counted = [("head", head), *((item.id, self._sum(item)) for item in self.items)]
        total = {"text": head, "audio": 0, "image": 0}
        cached = {"text": 0, "audio": 0, "image": 0}
        same = True
        for place, (name, size) in enumerate(counted):
            same = same and place < len(self._paid) and self._paid[place] == (name, size)
            parts = {"text": head} if name == "head" else self.items[place - 1].tokens()
            for kind, count in parts.items():
                total[kind] += count if name != "head" else 0
                cached[kind] += count if same else 0
        self._paid = counted
        return {
            **{f"{kind}_tokens": count for kind, count in total.items()},
            "cached_tokens": sum(cached.values()),
            "cached_tokens_details": {f"{kind}_tokens": count for kind, count in cached.items()},
        }


def output_usage(item: Item | None) -> Json:
    """What a response's own words and sound count for."""
    if item is None:
        return {"text_tokens": 0, "audio_tokens": 0}
    text = -(-len(item.text) // _CHARS_PER_TOKEN)
    return {"text_tokens": text, "audio_tokens": round(item.sound_ms / _OWN_MS_PER_TOKEN)}
