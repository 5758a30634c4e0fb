"""What `sayso ask` asks, as it goes over the socket. Loads next to nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass

from app.shots.shot import ShotKind
from app.summons import ASK


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; `kind` is None without a picture, `name` a file's path."""

    text: str
    kind: ShotKind | None = None
    name: str = ""

    def line(self) -> str:
        """As it goes over the socket."""
        return ASK + json.dumps({"text": self.text, "kind": self.kind, "name": self.name})

    @classmethod
    def of(cls, line: str) -> Question:
        """The other way round. Raises ValueError."""
        told = json.loads(line.removeprefix(ASK))
        if not isinstance(told, dict) or not isinstance(told.get("text"), str):
            raise ValueError("no question")
        kind = ShotKind(told["kind"]) if told.get("kind") else None
        return cls(told["text"], kind, str(told.get("name") or ""))
