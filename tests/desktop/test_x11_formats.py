from app.desktop.x11_formats import (
    BIG_BYTES,
    SECRET_HINT,
    Form,
    derived,
    reading_order,
    text_content,
)


def test_a_text_is_offered_in_every_form_that_programs_ask_for():
    content = text_content("漢 ä", hidden=True)
    utf8 = "漢 ä".encode()
    assert content["UTF8_STRING"] == Form("UTF8_STRING", 8, utf8)
    assert content["text/plain;charset=utf-8"].data == utf8
    assert content["STRING"].data == b"? \xe4"
    assert content["COMPOUND_TEXT"].data == b"\x1b%G" + utf8 + b"\x1b%@"
    assert content[SECRET_HINT].data == b"secret"
    assert SECRET_HINT not in text_content("x", hidden=False)


def test_a_latin_text_is_exact_in_the_old_forms():
    content = text_content("ä", hidden=False)
    assert content["STRING"].data == content["COMPOUND_TEXT"].data == b"\xe4"


def test_content_is_read_and_requests_are_not():
    offered = ["TARGETS", "image/bmp", "MULTIPLE", "PIXMAP", "image/png", "DELETE", "UTF8_STRING"]
    assert reading_order(offered) == ["UTF8_STRING", "image/png", "image/bmp"]


def test_a_big_text_is_fetched_once():
    big = {"UTF8_STRING": Form("UTF8_STRING", 8, b"x" * BIG_BYTES)}
    form = derived("text/plain;charset=utf-8", big)
    assert form is not None
    assert form.data is big["UTF8_STRING"].data
    assert derived("image/png", big) is None
    assert derived("STRING", {"UTF8_STRING": Form("UTF8_STRING", 8, b"x")}) is None
