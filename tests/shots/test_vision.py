from __future__ import annotations

import pytest

from app.providers.catalogue import catalogue, facts
from app.shots.vision import cost_of, seen_size, tokens_of


@pytest.mark.parametrize(
    ("model", "size", "seen", "tokens"),
    [
        ("gpt-4o", (1920, 1080), (1365, 768), 1105),
        ("gpt-4o", (4096, 8192), (768, 1536), 1105),
        ("gpt-4o", (512, 512), (512, 512), 255),
        ("gpt-4o-mini", (512, 512), (512, 512), 8500),
        ("gpt-6-luna", (1920, 1080), (1920, 1080), 2040),
        ("gpt-6-luna", (1024, 576), (1024, 576), 576),
        ("gpt-5.4-mini", (1024, 1024), (1024, 1024), 1659),
    ],
)
def test_published_examples(
    model: str, size: tuple[int, int], seen: tuple[int, int], tokens: int
) -> None:
    vision = facts(model).chat.vision
    assert (seen_size(*size, vision), tokens_of(*size, vision)) == (seen, tokens)


@pytest.mark.parametrize("size", [(3840, 2160), (7680, 1440), (300, 9000), (1, 1), (5000, 40)])
@pytest.mark.parametrize("model", ["gpt-4o", "gpt-6-luna", "gpt-5.4-nano", "unheard-of"])
def test_never_larger_and_never_more_than_is_counted(model: str, size: tuple[int, int]) -> None:
    vision = facts(model).chat.vision
    width, height = seen_size(*size, vision)
    assert width <= size[0]
    assert height <= size[1]
    assert min(width, height) >= 1
    if vision is not None and vision.tile is None:
        tokens = tokens_of(*size, vision)
        assert tokens is not None
        assert tokens <= round(vision.most * vision.factor)


def test_what_is_not_known_is_not_made_up() -> None:
    assert tokens_of(100, 100, None) is None
    assert cost_of(None, "gpt-4o") is None
    assert cost_of(1000, "unheard-of") is None


def test_the_cost_is_the_catalogues() -> None:
    assert cost_of(1_000_000, "gpt-4o") == 2.50


def test_each_model_that_sees_says_how_pictures_are_counted() -> None:
    chat = {name: model.chat for name, model in catalogue().models.items() if model.chat.images}
    assert chat
    assert [name for name, abilities in chat.items() if abilities.vision is None] == []
