from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies as st

from app.conversation.sentence_ends import MAX_CHARS
from app.conversation.sentences import CODE_PHRASE, TABLE_PHRASE, SentenceSplitter

MARKED_TEXT = st.lists(
    st.sampled_from(
        [
            "word", "Word", "a", "I", "3.5", "14:05", "1.", "10.", "Dr.", "e.g.", "U.S.", "No.",
            "p.m.", "...", "…", ".", "!", "?", ",", ";", ":", "。", " ", " ", " ", "\n", "\n\n",
            "```", "```py\n", "\n```\n", "~~~\n", "| a | b |\n", "|x|", "- ", "# ", "**", "_", "`",
            "[", "](", ")", "https://example.org/a.b", '"', "”", "😀", "ß", "中文",
            "averyveryverylongwordindeed", "\t", "x" * 120,
        ]
    ),
    max_size=40,
).map("".join)  # fmt: skip


def split(*parts):
    splitter = SentenceSplitter()
    pieces = [piece for part in parts for piece in splitter.feed(part)]
    return [*pieces, *splitter.finish()]


def spoken(text):
    return [piece.text for piece in split(text)]


def test_the_first_piece_is_a_clause_of_twelve_characters_or_more():
    assert spoken("Sure, it is warm today, and it stays so. It will rain, later.") == [
        "Sure, it is warm today,",
        "and it stays so.",
        "It will rain, later.",
    ]


def test_a_clause_comes_before_its_sentence_is_complete():
    splitter = SentenceSplitter()
    assert splitter.feed("It is warm today") == []
    assert [piece.text for piece in splitter.feed(",")] == ["It is warm today,"]


@pytest.mark.parametrize(
    "sentence",
    [
        "The value is 3.5 and not 1,000.25 at all.",
        "Let us meet at 14:05 in the hall.",
        "Dr. Smith and Mr. Jones met Prof. A. Turing there.",
        "Take a fruit e.g. Granny Smith apples for it.",
        "The U.S. Army marched through the town.",
        "See https://example.org/a.html?b=1. for all of it.",
        "Well... yes I think so.",
        "It is in No. 5 on the left.",
        "“Really?” she said and left.",
    ],
)
def test_what_only_looks_like_an_end_does_not_cut(sentence):
    assert len(spoken("Here is one thing. " + sentence)) == 2


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("It is all done. No. I do not.", ["It is all done.", "No.", "I do not."]),
        ("It is all over. We left at 5 p.m. Then it rained.", 3),
        ("I think so do I. Then we went.", ["I think so do I.", "Then we went."]),
        ("She left the house. “Why?” He wondered.", 3),
        ("**It is done.** Next one.", ["It is done.", "Next one."]),
        ("这是第一个很长很长的句子吧。这是第二个。", 2),
        ("Is it really true?! Yes.", ["Is it really true?!", "Yes."]),
    ],
)
def test_sentences_end(text, pieces):
    found = spoken(text)
    assert (len(found) if isinstance(pieces, int) else found) == pieces


def test_list_items_and_headings_are_pieces_of_their_own():
    text = "# Plan\n\n1. Wake up. Really.\n2. Eat\n- [ ] run\n\nEnd"
    assert spoken(text) == ["Plan", "1. Wake up.", "Really.", "2. Eat", "run", "End"]


def test_a_wrapped_line_goes_on():
    text = "This line is so long that whoever wrote it has wrapped\nit here. Then more."
    assert spoken(text) == [
        "This line is so long that whoever wrote it has wrapped it here.",
        "Then more.",
    ]


def test_a_long_item_ends_before_the_next_one():
    item = "an item of a list that is as long as a whole line of text"
    assert spoken(f"- {item}\n  - {item}\n  and more") == [item, f"{item} and more"]


def test_code_and_tables_are_announced_once():
    text = (
        "Look:\n```py\nprint('a. B')\n```\nIt prints.\n| a | b |\n|---|---|\n| 1 | 2 |\n"
        "Good.\n~~~\nmore\n~~~\n| c |\nDone."
    )
    assert spoken(text) == ["Look:", CODE_PHRASE, "It prints.", TABLE_PHRASE, "Good.", "Done."]


def test_code_is_announced_before_it_is_complete():
    splitter = SentenceSplitter()
    assert [piece.text for piece in splitter.feed("```py\nprint(")] == [CODE_PHRASE]


def test_code_that_never_ends_is_not_spoken():
    assert spoken("Here you are.\n```\nx = 1\ny = 2") == ["Here you are.", CODE_PHRASE]


def test_long_text_is_cut_at_a_pause_or_a_space():
    text = "word " * 60 + "pause, " + "word " * 60
    pieces = split(text)
    assert pieces[0].text.endswith("pause,")
    assert all(len(piece.text) <= MAX_CHARS for piece in pieces)
    assert " ".join(piece.text for piece in pieces).split() == text.split()


def test_an_address_longer_than_a_piece_stays_whole():
    address = "https://example.org/" + "a" * 900
    assert spoken(f"Look here. {address} and there.")[1:] == ["example.org", "and there."]


def test_an_address_without_an_end_waits_for_it():
    address = "https://example.org/" + "a" * 900
    assert spoken(address) == ["example.org"]
    assert SentenceSplitter().feed(address) == []


def test_a_word_without_an_end_is_cut():
    assert [len(piece.text) for piece in split("x" * 1_000)] == [392, 392, 216]


def test_marks_alone_are_no_piece():
    assert spoken("---\n\n😀\n\n...\n") == []


@given(MARKED_TEXT, st.data())
def test_pieces_do_not_depend_on_how_the_text_arrives(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    bounds = [0, *cuts, len(text)]
    parts = [text[begins:end] for begins, end in itertools.pairwise(bounds)]
    assert split(*parts) == split(text) == split(*text)


@given(MARKED_TEXT)
def test_pieces_are_in_order_and_bounded(text):
    end = 0
    for piece in split(text):
        assert end <= piece.source_start < piece.source_end <= len(text)
        assert 0 < len(piece.text) <= MAX_CHARS
        end = piece.source_end


@given(
    st.lists(st.from_regex(r"[a-zA-Z]{1,12}[.,;:!?]?", fullmatch=True), max_size=150).map(" ".join)
)
def test_no_word_of_plain_text_is_lost(text):
    pieces = split(text)
    assert " ".join(piece.text for piece in pieces).split() == text.split()
    joined = "".join(text[piece.source_start : piece.source_end] for piece in pieces)
    assert joined.replace(" ", "") == text.replace(" ", "")
