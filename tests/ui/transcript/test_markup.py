from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ui.transcript.markup import LINE_BREAK, Block, BlockKind, Span, Style, parse, plain

K = BlockKind


def kinds(text: str) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.text) for block in parse(text)]


def styles(text: str) -> list[tuple[str, Style]]:
    return [(span.text, span.style) for span in parse(text)[0].spans]


def test_paragraphs_and_line_breaks() -> None:
    assert kinds("one\ntwo\n\nthree") == [(K.TEXT, "one\ntwo"), (K.TEXT, "three")]


def test_headings_lists_and_quotes() -> None:
    text = "# Title\n- one\n  goes on\n  - inner\n3) three\n> said\n> so\nafter"
    blocks = parse(text)
    assert [(b.kind, b.text, b.level, b.marker) for b in blocks] == [
        (K.HEADING, "Title", 0, ""),
        (K.ITEM, "one\ngoes on", 0, "•"),
        (K.ITEM, "inner", 1, "•"),
        (K.ITEM, "three", 0, "3."),
        (K.QUOTE, "said\nso", 0, ""),
        (K.TEXT, "after", 0, ""),
    ]


def test_fenced_code_keeps_its_lines_and_language() -> None:
    blocks = parse("```python\ndef f():\n\n\treturn 1\n```\nend")
    assert (blocks[0].kind, blocks[0].marker) == (K.CODE, "python")
    assert blocks[0].text == "def f():\n\n    return 1"
    assert blocks[1].text == "end"


def test_half_a_fence_is_code_until_its_end_arrives() -> None:
    assert kinds("```\nx = 1") == [(K.CODE, "x = 1")]
    assert kinds("```") == [(K.CODE, " ")]
    assert kinds("````\n```\ninner\n```\n````") == [(K.CODE, "```\ninner\n```")]


def test_inline_styles() -> None:
    assert styles("a **b `c`** *d* _e_") == [
        ("a ", Style.PLAIN),
        ("b ", Style.BOLD),
        ("c", Style.BOLD | Style.CODE),
        (" ", Style.PLAIN),
        ("d", Style.ITALIC),
        (" ", Style.PLAIN),
        ("e", Style.ITALIC),
    ]


@pytest.mark.parametrize("text", ["2*3*4", "snake_case_name", "a * b * c", "** no **", "5 > 3"])
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert styles(text) == [(text, Style.PLAIN)]


def test_link_shows_its_real_address() -> None:
    spans = parse("see [my bank](https://evil.example/login) now")[0].spans
    assert spans == (
        Span("see my bank "),
        Span("https://evil.example/login", link="https://evil.example/login"),
        Span(" now"),
    )


@pytest.mark.parametrize("to", ["javascript:alert", "file:///etc/passwd", "mailto:a@b.c", "/x"])
def test_only_web_addresses_lead_anywhere(to: str) -> None:
    (block,) = parse(f"[click]({to})")
    assert all(not span.link for span in block.spans)
    assert to in block.text


def test_address_in_a_sentence_ends_before_its_punctuation() -> None:
    spans = parse("(see https://a.example/b_(c).)")[0].spans
    assert [span.link for span in spans if span.link] == ["https://a.example/b_(c)"]
    assert "".join(span.text for span in spans) == "(see https://a.example/b_(c).)"


def test_hidden_characters_of_an_address_are_spelled_out() -> None:
    (span,) = [s for s in parse("https://a.example/\u202egnp")[0].spans if s.link]
    assert span.text == "https://a.example/\\u202egnp"


def test_unheard_part_is_marked_across_styles() -> None:
    text = "Heard **bold and un**heard"
    (block,) = parse(text, text.index("and"))
    assert [(s.text, s.style) for s in block.spans] == [
        ("Heard ", Style.PLAIN),
        ("bold ", Style.BOLD),
        ("and un", Style.BOLD | Style.UNHEARD),
        ("heard", Style.UNHEARD),
    ]


def test_nothing_heard_and_everything_heard() -> None:
    assert all(s.style & Style.UNHEARD for s in parse("a\n- b", 0)[1].spans)
    assert not any(s.style & Style.UNHEARD for b in parse("a\n- b") for s in b.spans)


def test_words_of_a_person_stay_as_they_are() -> None:
    (block,) = plain("**no** `markup`\n# here https://a.example")
    assert block.text == "**no** `markup`\n# here https://a.example"
    assert [s.link for s in block.spans if s.link] == ["https://a.example"]


@given(st.text(alphabet="ab *_`[]()#->\n~1.h:/\u2029\u202e", max_size=80), st.integers(0, 80))
def test_any_text_gives_blocks_that_qt_keeps_apart(text: str, cut: int) -> None:
    for block in (*parse(text, cut), *plain(text)):
        assert isinstance(block, Block)
        assert not set("\n\r\u2029") & set("".join(span.text for span in block.spans))


@given(st.text(alphabet="ab c\n", max_size=60))
def test_no_word_is_lost(text: str) -> None:
    shown = " ".join(block.text for block in parse(text))
    assert shown.split() == text.split()


@pytest.mark.parametrize("unit", ["**a ", "[", "*a ", "_a ", "`", "![](", "> ", "- ", "http://"])
def test_hostile_text_is_parsed_without_backtracking(unit: str) -> None:
    """It would run for hours if the patterns were not bounded."""
    assert sum(len(block.text) for block in parse(unit * 20_000)) <= len(unit) * 20_000


def test_line_break_is_the_one_that_qt_knows() -> None:
    assert LINE_BREAK == "\u2028"
