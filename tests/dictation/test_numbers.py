from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.dictation.foreign_numbers import _SAYERS
from app.dictation.numbers import with_digits


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Twenty-five people, twelve dogs.", "25 people, 12 dogs."),
        ("twenty, five", "20, five"),
        ("twenty\nfive", "20\nfive"),
        ("one twentieth", "one twentieth"),
        ("seven eleven", "seven eleven"),
        ("nine one one", "nine one one"),
        ("double five double one two three", "551123"),
        ("plus four nine one seven two three", "+491723"),
        ("the point five people made", "the point five people made"),
        ("zero point five", "0.5"),
        ("point five percent", "0.5%"),
        ("a hundred percent", "100%"),
        ("two and a quarter litres", "2.25 L"),
        ("one million", "1 million"),
        ("a million", "a million"),
        ("three point five million", "3.5 million"),
        ("two million five hundred thousand", "2,500,000"),
        ("three billion euros", "€3 billion"),
        ("fifty cents", "50 cents"),
        ("twelve pounds sterling", "£12"),
        ("twelve pounds and fifty pence", "£12.50"),
        ("twelve pounds of flour", "12 pounds of flour"),
        ("eight am", "8 am"),
        ("eight am i right", "eight am i right"),
        ("thirteen pm", "13 pm"),
        ("three p.m. sharp", "3 p.m. sharp"),
        ("ten oh five pm", "10:05 pm"),
        ("by twenty thirty", "by 2030"),
        ("twenty oh five", "2005"),
        ("march third", "march third"),
        ("March third", "March 3"),
        ("the fifth of may", "the 5th of May"),
        ("may the fifth", "may the fifth"),
        ("december thirty second", "december 32nd"),
        ("eleventh twelfth thirteenth", "11th 12th 13th"),
        ("twenty-second", "22nd"),
        ("a thirty second break", "a thirty second break"),
        ("the thirty second floor", "the 32nd floor"),
        ("room one oh one", "room 101"),
        ("number nine", "number nine"),
        ("five hundred and one of them", "501 of them"),
        ("5 5 5 and 25 percent", "5 5 5 and 25 percent"),
        ("minus twenty", "-20"),
        ("ten thousand", "10,000"),
        ("nine thousand", "9000"),
        ("someone else won", "someone else won"),
        ("", ""),
    ],
)
def test_english_numbers_are_written_as_people_write_them(said: str, written: str) -> None:
    assert with_digits(said, "en") == written


@given(st.integers(13, 999), st.sampled_from(["de", "fr", "es"]))
def test_every_number_is_read_back(number: int, language: str) -> None:
    for name in _SAYERS[language](number):
        assert with_digits(name, language) == str(number)
        assert with_digits(name.replace(" ", "-"), language) == str(number)


@pytest.mark.parametrize(
    ("language", "said", "written"),
    [
        ("de", "zwölftausenddreihundert Euro", "12.300 €"),
        ("de", "tausend Leute", "1000 Leute"),
        ("de", "achtzehn Uhr", "18 Uhr"),
        ("de", "zwanzig Grad Celsius", "20 °C"),
        ("de", "null Komma fünf", "0,5"),
        ("de", "hunderteins", "101"),
        ("fr", "douze mille trois cents euros", "12\u00a0300\u00a0€"),
        ("fr", "mille neuf cent quatre-vingt-quatre", "1984"),
        ("fr", "soixante et onze", "71"),
        ("fr", "quatre-vingts", "80"),
        ("es", "doce mil trescientos euros", "12.300 €"),
        ("es", "mil novecientos ochenta y cuatro", "1984"),
        ("es", "cien por ciento", "100 %"),
        ("it", "venticinque", "venticinque"),
    ],
)
def test_other_languages_have_their_own_ways(language: str, said: str, written: str) -> None:
    assert with_digits(said, language) == written


@given(st.text())
def test_text_without_number_words_stays(text: str) -> None:
    marked = "".join("x" if character.isalpha() else character for character in text)
    assert with_digits(marked, "en") == marked
