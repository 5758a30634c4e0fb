from __future__ import annotations

import pytest

from app.products.product import Picture
from app.tools.base import Risk, ToolFailed
from app.tools.pictures import picture_tools
from tests.tools.calling import call


class Maker:
    def __init__(self):
        self.asked: list[tuple[str, str, str]] = []

    async def __call__(self, words, size, quality):
        self.asked.append((words, size, quality))
        return b"png"


async def made(folder, maker=None, **arguments):
    shown: list[Picture] = []
    tools = picture_tools(maker or Maker(), "OpenAI", lambda: folder, shown.append)
    given = {"title": "A cat", "description": "a cat", "shape": "wide", "quality": "low"}
    answer = await call(tools, "make_picture", **{**given, **arguments})
    return answer, shown


async def test_a_picture_is_kept_and_shown(tmp_path):
    maker = Maker()
    folder = tmp_path / "Pictures" / "Sayso"
    answer, shown = await made(folder, maker)
    path = folder / "A cat.png"
    assert answer == {"saved": str(path), "shown": True}
    assert shown == [Picture("A cat", path)]
    assert path.read_bytes() == b"png"
    assert maker.asked == [("a cat", "1536x1024", "low")]


async def test_no_picture_takes_the_place_of_another(tmp_path):
    await made(tmp_path)
    (tmp_path / "A cat.png").write_bytes(b"first")
    answer, _ = await made(tmp_path)
    assert answer["saved"].endswith("A cat 2.png")
    assert (tmp_path / "A cat.png").read_bytes() == b"first"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["A cat 2.png", "A cat.png"]


async def test_its_name_is_never_a_path(tmp_path):
    answer, _ = await made(tmp_path, title="../../x")
    assert answer["saved"] == str(tmp_path / "x.png")


async def test_what_cannot_be_saved_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ToolFailed, match="could not be saved"):
        await made(tmp_path / "file")


async def test_it_sends_the_words_out_and_so_is_asked_for(tmp_path):
    (tool,) = picture_tools(Maker(), "OpenAI", lambda: tmp_path, lambda _: None)
    assert tool.risk is Risk.SENDS_OUT
    assert tool.question is not None
    assert "OpenAI" in tool.question({})
    with pytest.raises(ToolFailed, match="characters"):
        await made(tmp_path, description=" ")
