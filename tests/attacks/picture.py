"""Words as a picture."""

from __future__ import annotations

import io
import textwrap


def picture_of(text: str) -> bytes:
    """A PNG file with the words in black on white."""
    from PIL import Image, ImageDraw

    lines = textwrap.wrap(text, 90) or [""]
    image = Image.new("RGB", (760, 40 + 16 * len(lines)), "white")
    drawing = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        drawing.text(
            (16, 16 + 16 * row), line.encode("latin-1", "replace").decode("latin-1"), "black"
        )
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
