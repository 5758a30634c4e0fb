from __future__ import annotations

import pytest

from ui.tokens import (
    DARK,
    DARK_CONTRAST,
    LIGHT,
    LIGHT_CONTRAST,
    Tokens,
    contrast,
    page_margin,
    tokens_for,
)


@pytest.mark.parametrize(
    ("look", "least"), [(LIGHT, 4.5), (DARK, 4.5), (LIGHT_CONTRAST, 7.0), (DARK_CONTRAST, 7.0)]
)
def test_all_text_can_be_read_on_all_grounds(look: Tokens, least: float) -> None:
    inks = (look.text, look.quiet, look.accent, look.warning, look.danger)
    grounds = (look.background, look.surface, look.raised)
    pairs = {(ink, ground): contrast(ink, ground) for ink in inks for ground in grounds}
    assert min(pairs.values()) >= least, pairs
    assert contrast(look.on_accent, look.accent) >= least
    assert contrast(look.background, look.danger) >= least


def test_lines_are_thicker_in_high_contrast() -> None:
    assert (LIGHT.border_px, LIGHT_CONTRAST.border_px, DARK_CONTRAST.border_px) == (1, 2, 2)


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == pytest.approx(1.0)


def test_tokens_for_preferences() -> None:
    assert tokens_for(dark=False, high_contrast=False) is LIGHT
    assert tokens_for(dark=True, high_contrast=False) is DARK
    assert tokens_for(dark=True, high_contrast=True) is DARK_CONTRAST


def test_narrow_pages_have_smaller_margins() -> None:
    assert page_margin(420) < page_margin(920)
