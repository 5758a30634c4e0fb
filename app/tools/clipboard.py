"""Tools that read and write the clipboard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from app.desktop.clipboard_text import ClipboardSilent, ClipboardText
from app.tools.base import Origin, Risk, Tool, ToolFailed
from app.tools.schema import Answer, tool

MAX_READ_BYTES = 24_000
_FAMILY = "clipboard"


def clipboard_tools(
    clipboard: ClipboardText, copy: Callable[[str], Awaitable[bool]]
) -> tuple[Tool, ...]:
    """read_clipboard and write_clipboard; `copy` tells whether the text is on the clipboard."""

    @tool(
        description="The text that is on the clipboard.",
        risk=Risk.READ,
        family=_FAMILY,
        origin=Origin.CLIPBOARD,
    )
    async def read_clipboard() -> Answer:
        try:
            text = await clipboard.read()
        except ClipboardSilent as error:
            raise ToolFailed(f"The clipboard cannot be read: {error}.") from None
        if not text:
            return {"text": "", "note": "There is no text on the clipboard."}
        data = text.encode("utf-8", "replace")
        kept = data[:MAX_READ_BYTES].decode("utf-8", "ignore")
        if len(data) <= MAX_READ_BYTES:
            return {"text": kept}
        return {"text": kept, "note": f"Only the first {len(kept)} of {len(text)} characters."}

    @tool(
        description="Put a text on the clipboard. What was there is replaced.",
        risk=Risk.REVERSIBLE,
        question=lambda arguments: f"Copy {len(arguments['text'])} characters to the clipboard?",
        family=_FAMILY,
    )
    async def write_clipboard(text: Annotated[str, "The text."]) -> Answer:
        if not text:
            raise ToolFailed("The text is empty.")
        if not await copy(text):
            raise ToolFailed("The clipboard could not be reached.")
        return {"copied": True, "characters": len(text)}

    return read_clipboard, write_clipboard
