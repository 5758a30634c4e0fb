from __future__ import annotations

import pytest

from app.dictation.sounds import distance, sound_of
from app.dictation.vocabulary import MAX_ENTRIES, with_vocabulary

WORDS = ("Kubernetes", "Sayso", "Claude Code", "Catherine", "PyTorch", "Will", "Go", "Größe", "iOS")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we use kubernetes", "we use Kubernetes"),
        ("Kubernetis and Cubernetes", "Kubernetes and Kubernetes"),
        ("Katherine and Catharine", "Catherine and Catherine"),
        ("cuber netes", "cuber netes"),
        ("kuber netes", "Kubernetes"),
        ("py torch", "PyTorch"),
        ("claude code, Claude-code", "Claude Code, Claude-code"),
        ("sayso", "Sayso"),
        ("if you say so", "if you say so"),
        ("I will go", "I will go"),
        ("on ios and IOS", "on iOS and iOS"),
        ("Catherines", "Catherines"),
        ("the cathedral", "the cathedral"),
        ("GRÖSSE", "Größe"),
        ("Grösse", "Größe"),
        ("", ""),
    ],
)
def test_only_the_users_own_words_are_respelled(text: str, expected: str) -> None:
    assert with_vocabulary(text, WORDS, "en") == expected


def test_a_small_entry_keeps_the_capital_of_a_sentence() -> None:
    assert with_vocabulary("Nginx. nginx", ("nginx",), "en") == "Nginx. nginx"


def test_two_entries_that_sound_alike_change_nothing() -> None:
    assert with_vocabulary("Philip", ("Phillip", "Philipp"), "en") == "Philip"
    assert with_vocabulary("philipp", ("Phillip", "Philipp"), "en") == "Philipp"


@pytest.mark.parametrize("common", ["cloud", "plain", "model", "really", "market", "river"])
def test_common_words_stay(common: str) -> None:
    assert with_vocabulary(common, ("Claude", "Plaine", "Modell", "Marked"), "en") == common


def test_the_list_is_bounded() -> None:
    many = tuple(f"Zq{n}ab" for n in range(MAX_ENTRIES + 1))
    assert with_vocabulary("zq0ab", many, "en") == "Zq0ab"
    assert with_vocabulary(many[-1].lower(), many, "en") == many[-1].lower()


@pytest.mark.parametrize(
    ("one", "other"),
    [("Steven", "Stephen"), ("Kate", "Cate"), ("Schmidt", "Schmitt"), ("Jon", "John")],
)
def test_words_that_sound_alike_have_one_sound(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [("abc", "abc", 0), ("abc", "abd", 1), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xyz", 3)],
)
def test_the_distance_of_letters_is_bounded(one: str, other: str, far: int) -> None:
    assert distance(one, other, 2) == far
