"""The forms that a selection's content has: what is offered for a text, what is kept of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UTF8_NAMES = ("UTF8_STRING", "text/plain;charset=utf-8")
TEXT_NAMES = (*UTF8_NAMES, "text/plain;charset=UTF-8", "TEXT", "STRING", "COMPOUND_TEXT")
NOT_CONTENT = frozenset(
    """
    TARGETS MULTIPLE TIMESTAMP SAVE_TARGETS DELETE INSERT_SELECTION INSERT_PROPERTY
    PIXMAP BITMAP DRAWABLE COLORMAP FOREGROUND BACKGROUND WINDOW OWNER_OS HOST_NAME USER CLASS NAME
    CLIENT_WINDOW PROCESS TASK MODULE LIST_LENGTH
    """.split()
)
"""Requests that do something, and forms that name a resource of their owner."""

SECRET_HINT = "x-kde-passwordManagerHint"
"""Clipboard managers (KDE's, GPaste, CopyQ, Clipman, …) leave out what is marked so."""

BIG_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a content: the name of its type, the size of its items in bits, its bytes."""

    type: str
    bits: int
    data: bytes


Content = Mapping[str, Form]
"""Forms by the name of the target that asks for them."""


def text_content(text: str, *, hidden: bool) -> dict[str, Form]:
    """The forms of a text. `hidden` marks it for clipboard managers as nothing to keep."""
    utf8 = text.encode()
    forms = text_forms(utf8)
    forms["text/plain"] = Form("text/plain", 8, utf8)
    if hidden:
        forms[SECRET_HINT] = Form(SECRET_HINT, 8, b"secret")
    return forms


def text_forms(utf8: bytes) -> dict[str, Form]:
    """The older and newer names of one text, as far as its characters allow."""
    forms = {name: Form(name, 8, utf8) for name in (*UTF8_NAMES, "text/plain;charset=UTF-8")}
    try:
        latin = utf8.decode().encode("latin-1")
    except UnicodeError:
        forms["TEXT"] = Form("UTF8_STRING", 8, utf8)
        forms["COMPOUND_TEXT"] = Form("COMPOUND_TEXT", 8, b"\x1b%G" + utf8 + b"\x1b%@")
        forms["STRING"] = Form(
            "STRING", 8, utf8.decode(errors="replace").encode("latin-1", "replace")
        )
    else:
        forms["STRING"] = forms["TEXT"] = Form("STRING", 8, latin)
        forms["COMPOUND_TEXT"] = Form("COMPOUND_TEXT", 8, latin)
    return forms


def reading_order(offered: list[str]) -> list[str]:
    """What to fetch of an offer, the forms that matter most first."""
    content = [name for name in offered if name not in NOT_CONTENT]
    first = [name for name in ("UTF8_STRING", "text/uri-list", "text/html") if name in content]
    images = ["image/png"] if "image/png" in content else []
    return list(dict.fromkeys([*first, *images, *content]))


def derived(name: str, kept: Content) -> Form | None:
    """A form that need not be fetched: another name for a big text that is here already."""
    utf8 = kept.get("UTF8_STRING")
    if utf8 is None or len(utf8.data) < BIG_BYTES or name not in TEXT_NAMES:
        return None
    return text_forms(utf8.data)[name]
