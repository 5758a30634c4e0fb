"""How contents of the clipboard go to the process that keeps them: a head, and its data. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.desktop.x11_formats import Content, Form


@dataclass(frozen=True, slots=True)
class Kept:
    """What a selection gets once `owner`, a window, is gone."""

    selection: str
    owner: int
    content: Content


def packed(selection: str, owner: int, content: Content) -> tuple[bytes, Sequence[bytes]]:
    """The head, and the data in its pieces. What several forms share is there once."""
    places: dict[bytes, int] = {}
    at = 0
    forms = []
    for name, form in content.items():
        if form.data not in places:
            places[form.data] = at
            at += len(form.data)
        begin = places[form.data]
        forms.append([name, form.type, form.bits, begin, begin + len(form.data)])
    head = json.dumps({"selection": selection, "owner": owner, "forms": forms}).encode()
    return head, tuple(places)


def selection_of(head: bytes) -> str:
    """Which selection it is about."""
    return str(json.loads(head)["selection"])


def unpacked(head: bytes, data: bytes) -> Kept:
    """What was packed; `data` are its pieces in one."""
    told = json.loads(head)
    content = {
        name: Form(kind, bits, data[begin:end]) for name, kind, bits, begin, end in told["forms"]
    }
    return Kept(told["selection"], told["owner"], content)
