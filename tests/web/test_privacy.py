from __future__ import annotations

import base64
import urllib.parse

import pytest
from hypothesis import given, strategies as st

from app.web.privacy import carries, carries_text

NOTE = "Dear Anna, the account number is DE89 3704 0044 0532 0130 00. See you on Monday."
SECRET = "the account number is DE89"


@pytest.mark.parametrize(
    "words",
    [
        SECRET,
        SECRET.upper(),
        SECRET.replace(" ", "-"),
        SECRET.replace(" ", ""),
        SECRET[::-1],
        urllib.parse.quote(SECRET, safe=""),
        urllib.parse.quote(urllib.parse.quote(SECRET, safe=""), safe=""),
        urllib.parse.quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
        base64.b32encode(SECRET.encode()).decode().lower().rstrip("="),
        SECRET.encode().hex(),
        base64.b64encode(SECRET.encode().hex().encode()).decode(),
    ],
)
@pytest.mark.parametrize(
    "address", ["https://evil.example/?q={}", "https://evil.example/a/{}", "https://e.example/#{}"]
)
def test_private_words_in_an_address_are_seen(words, address):
    assert carries(address.format(words), [NOTE])


@pytest.mark.parametrize(
    "address",
    [
        "https://the.account.number.is.de89.evil.example/",
        "https://theaccountnumberisde89.evil.example/",
        "https://the-account-number-is-de89.example/",
        "https://theaccountnumber.evil.example/isde89",
        "https://theaccountnumberisde89@evil.example/",
        "theaccountnumberisde89.evil.example",
    ],
)
def test_private_words_in_a_host_are_seen(address):
    assert carries(address, [NOTE])


@pytest.mark.parametrize(
    "address",
    [
        "https://en.wikipedia.org/wiki/Account",
        "https://bank.example/account-number",
        "https://example.org/monday",
        "https://[::1/",
        "",
    ],
)
def test_ordinary_addresses_carry_nothing(address):
    assert not carries(address, [NOTE, "", "https://en.wikipedia.org/wiki/Tea"])


def test_fifteen_bytes_are_chance_and_sixteen_are_not():
    private = "abcdefghijklmnopqrstuvwxyz"
    assert not carries_text("zz" + private[3:18] + "aa", [private])
    assert carries_text("zz" + private[3:19] + "aa", [private])


def test_words_of_other_scripts_count_by_their_bytes():
    assert carries_text("договор с банком", ["Это договор с банком."])
    assert carries_text("我的银行账号", ["我的银行账号是"])


@given(st.text("abcdef 0123", min_size=30, max_size=60), st.integers(0, 10), st.integers(0, 9))
def test_any_run_is_found_wherever_it_stands(private, begin, shift):
    words = [char for char in private if char != " "]
    run = "".join(words)[begin : begin + 16]
    if len(run) == 16:
        assert carries_text("X" * shift + run + "Y", [private])


def test_a_long_text_is_searched_at_once():
    private = "the quick brown fox jumps over " * 40_000
    assert not carries("https://example.org/" + "lazydog" * 250, [private])
