"""Two tools: one that only tells something, and one that changes a file."""

import random
from pathlib import Path
from typing import Annotated

from sayso_tools import ToolFailed, progress, tool


@tool("Throw dice.", risk="read")
def throw_dice(
    count: Annotated[int, "How many dice, 1 to 10."],
    sides: Annotated[int, "How many sides each has."] = 6,
) -> dict[str, object]:
    if not 1 <= count <= 10 or sides < 2:
        raise ToolFailed("One to ten dice with at least two sides, please.")
    return {"thrown": [random.randint(1, sides) for _ in range(count)]}


@tool("Write a line into the diary in the home folder.")
def write_diary(line: Annotated[str, "What to write."]) -> str:
    progress("Writing")
    with (Path.home() / "diary.txt").open("a", encoding="utf-8") as diary:
        diary.write(line + "\n")
    return "written"
