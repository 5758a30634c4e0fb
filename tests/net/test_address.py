from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.errors import AppError, Code
from app.net.address import host_of, parse_address, parse_origin


@pytest.mark.parametrize(
    ("text", "url", "origin", "label"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1", "api.openai.com", None),
        (" HTTPS://API.OpenAI.com:443/v1/ ", "https://api.openai.com/v1", "api.openai.com", None),
        ("https://api.openai.com./v1", "https://api.openai.com/v1", "api.openai.com", None),
        ("https://h.example:8443", "https://h.example:8443", "h.example:8443", None),
        ("http://localhost:11434/v1", None, "http://localhost:11434", "localhost:11434"),
        ("http://127.0.0.1:80/a/b", "http://127.0.0.1/a/b", "http://127.0.0.1", "127.0.0.1"),
        ("http://[::1]:8080/v1", None, "http://[::1]:8080", "[::1]:8080"),
        ("https://[0:0::1]/", "https://[::1]", "[::1]", None),
        ("https://bücher.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example", None),
        ("http://my_nas:8000", None, "http://my_nas:8000", "my_nas:8000"),
    ],
)
def test_address_is_normalised(text: str, url: str | None, origin: str, label: str | None) -> None:
    address = parse_address(text)
    assert address.url == (url or text.rstrip("/"))
    assert address.origin == origin
    assert address.label == (label or origin)
    assert parse_origin(origin).origin == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "https://",
        "https:///v1",
        "api.openai.com/v1",
        "ftp://host/v1",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://user@host/v1",
        "https://user:pass@host/v1",
        "https://@host/v1",
        "https://host:0/v1",
        "https://host:99999/v1",
        "https://host:port/v1",
        "https://host/v1?key=x",
        "https://host/v1?",
        "https://host/v1#x",
        "https://ho st/v1",
        "https://host/v 1",
        "https://host\\@evil/v1",
        "https://host\n.evil/v1",
        "https://ho%73t/v1",
        "https://-host/v1",
        "https://host..example/v1",
        "https://[::1/v1",
        "https://[fe80::1%25eth0]/v1",
        "http://127.1/v1",
        "http://0x7f.1/v1",
        "http://2130706433/v1",
        "http://017700000001/v1",
        "http://1.2.3.4.5/v1",
        "http://1.2.3.256/v1",
        "https://" + "a" * 64 + ".example",
        "https://" + "a." * 130 + "example",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AppError) as caught:
        parse_address(text)
    assert caught.value.code is Code.SERVER_ADDRESS_INVALID


@given(st.text(max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    for candidate in (text, f"https://{text}", f"http://host:{text}", f"https://[{text}]/v1"):
        try:
            address = parse_address(candidate)
        except AppError:
            continue
        assert parse_address(address.url) == address
        assert parse_origin(address.origin).origin == address.origin


@pytest.mark.parametrize("text", ["https://me:pa55@host/v1", "sk-abcdefghijklmnop", "x sk-abc?"])
def test_a_secret_in_the_field_is_not_repeated(text: str) -> None:
    with pytest.raises(AppError) as caught:
        parse_address(text)
    assert not {"pa55", "abc"} & set(str(caught.value).replace("@", " ").split())
    assert "pa55" not in str(caught.value)
    assert "sk-abc" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("https://anywhere.example", True),
        ("http://anywhere.example", False),
        ("http://8.8.8.8", False),
        ("http://[2001:db8::1]", False),
        ("http://172.32.0.1", False),
        ("http://notlocal", True),
        ("http://notlocal.com", False),
        ("http://evil-local", True),
        ("http://local.evil.com", False),
        ("http://localhost.evil.com", False),
        ("http://localhost", True),
        ("http://app.localhost:3000", True),
        ("http://nas.local", True),
        ("http://nas.home.arpa", True),
        ("http://127.8.9.10", True),
        ("http://10.1.2.3", True),
        ("http://172.31.0.1", True),
        ("http://192.168.0.7:8000", True),
        ("http://169.254.1.1", True),
        ("http://100.100.1.1", True),
        ("http://[::1]", True),
        ("http://[fd00::5]", True),
        ("http://[fe80::5]", True),
    ],
)
def test_a_key_goes_unencrypted_only_nearby(text: str, may: bool) -> None:
    assert parse_address(text).may_carry_key is may


def test_keys_tell_schemes_and_ports_apart() -> None:
    addresses = ["https://h/v1", "http://h/v1", "https://h:8443/v1", "http://h:8443", "https://g"]
    assert len({host_of(address) for address in addresses}) == 5
    assert host_of("https://h:443/other") == host_of("h")


@pytest.mark.parametrize(
    ("text", "is_openai"),
    [
        ("https://api.openai.com/v1", True),
        ("https://API.OPENAI.COM:443", True),
        ("http://api.openai.com/v1", False),
        ("https://api.openai.com:8443/v1", False),
        ("https://api.openai.com.evil.example/v1", False),
        ("https://eu.api.openai.com/v1", False),
    ],
)
def test_openai_is_told_by_its_origin(text: str, is_openai: bool) -> None:
    assert parse_address(text).is_openai is is_openai
