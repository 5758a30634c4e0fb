"""The tool that has a picture made and keeps it as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from app.products.desk import write_whole
from app.products.files import safe_name
from app.products.product import Picture
from app.tools.base import Risk, Tool, ToolFailed
from app.tools.progress import progress
from app.tools.schema import Answer, tool

MAX_WORDS_CHARS = 4_000

MakePicture = Callable[[str, str, str], Awaitable[bytes]]
"""A PNG from words, size and quality. Raises AppError."""

_SIZES = {"square": "1024x1024", "wide": "1536x1024", "tall": "1024x1536"}
_MOST_OF_A_NAME = 200


def picture_tools(
    make: MakePicture, by: str, folder: Callable[[], Path], show: Callable[[Picture], None]
) -> tuple[Tool, ...]:
    """make_picture. `by` names who makes it."""

    def question(arguments: Mapping[str, Any]) -> str:
        return f"Have {by} make a picture? It costs some cents."

    @tool(
        description="Make a picture from a description and save it in the user's pictures.",
        risk=Risk.SENDS_OUT,
        timeout_s=240.0,
        family="products",
        question=question,
    )
    async def make_picture(
        title: Annotated[str, "A short name; it becomes the file's name."],
        description: Annotated[str, "What it shows, in what manner."],
        shape: Annotated[Literal["square", "wide", "tall"], "Its shape."] = "square",
        quality: Annotated[Literal["low", "medium", "high"], "High costs several times more."] = (
            "medium"
        ),
    ) -> Answer:
        if not description.strip() or len(description) > MAX_WORDS_CHARS:
            raise ToolFailed(f"The description has 1 to {MAX_WORDS_CHARS} characters.")
        progress(f"{by} makes the picture")
        data = await make(description, _SIZES[shape], quality)
        try:
            path = await asyncio.to_thread(_kept, folder(), safe_name(title, "Picture"), data)
        except OSError as error:
            raise ToolFailed(f"The picture could not be saved: {error.strerror}.") from None
        show(Picture(" ".join(title.split()) or path.stem, path))
        return {"saved": str(path), "shown": True}

    return (make_picture,)


def _kept(folder: Path, name: str, data: bytes) -> Path:
    """Write it under a name that is free. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, _MOST_OF_A_NAME):
        path = folder / (f"{name}.png" if number == 1 else f"{name} {number}.png")
        try:
            path.open("xb").close()
        except FileExistsError:
            continue
        try:
            write_whole(path, data)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path
    raise FileExistsError(0, "there are too many of this name", name)
