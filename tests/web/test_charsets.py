from __future__ import annotations

import pytest

from app.web.charsets import decoded


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("Grüße".encode(), "", "Grüße"),
        ("Grüße".encode("cp1252"), "", "Grüße"),
        ("Grüße".encode("cp1252"), "iso-8859-1", "Grüße"),
        ("“x”".encode("cp1252"), "iso-8859-1", "“x”"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("日本".encode("shift_jis"), "Shift_JIS".lower(), "日本"),
        ("\ufeffx".encode(), "iso-8859-1", "x"),
        ("\ufeffx".encode("utf-16-le"), "", "x"),
        ('<meta charset="cp1251">да'.encode("cp1251"), "", '<meta charset="cp1251">да'),
        ("Grüß".encode()[:-1], "", "Grü\ufffd"),
        (b"abc", "zip", "abc"),
        (b"+ADw-script+AD4-", "utf-7", "+ADw-script+AD4-"),
        (b"\xff\xfa", "utf-8", "\ufffd\ufffd"),
    ],
)  # fmt: skip
def test_text_is_read_in_the_charset_it_is_in(body, charset, text):
    assert decoded(body, charset) == text
