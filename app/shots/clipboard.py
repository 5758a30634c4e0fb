"""The picture on the clipboard of this desktop."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Mapping

from app.desktop.choose_hotkeys import is_wayland
from app.desktop.clipboard_text import ClipboardSilent
from app.errors import AppError, Code

_WITHIN_S = 3.0


class PictureClipboard:
    """Fills `app.sessions.shots.Clipboard`; `environment` is the process's own."""

    def __init__(self, environment: Mapping[str, str], platform: str = sys.platform) -> None:
        self._environment = environment
        self._platform = platform

    async def picture(self) -> bytes | None:
        """The encoded picture; None where there is none. Raises PICTURE_MISSING."""
        display = self._environment.get("DISPLAY", "")
        is_x11 = self._platform == "linux" and not is_wayland(self._environment)
        try:
            if is_x11:
                return await asyncio.to_thread(_on_x11, display)
            return await asyncio.to_thread(_elsewhere)
        except (ClipboardSilent, OSError, NotImplementedError) as error:
            raise AppError(Code.PICTURE_MISSING) from error


def _on_x11(display: str) -> bytes | None:
    from app.desktop.x11_clipboard_text import x11_clipboard_picture

    return x11_clipboard_picture(display, _WITHIN_S) if display else None


def _elsewhere() -> bytes | None:
    from PIL import Image, ImageGrab

    found = ImageGrab.grabclipboard()
    if not isinstance(found, Image.Image):
        return None
    encoded = io.BytesIO()
    found.save(encoded, "PNG", compress_level=1)
    return encoded.getvalue()
