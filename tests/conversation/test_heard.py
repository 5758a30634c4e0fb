from __future__ import annotations

from hypothesis import given, strategies as st

from app.conversation.heard import SpokenPiece, heard_until
from app.conversation.sentences import SentenceSplitter

MS_PER_CHARACTER = 50


def spoken_pieces(text):
    splitter = SentenceSplitter()
    at_ms = 0
    pieces = []
    for piece in [*splitter.feed(text), *splitter.finish()]:
        duration_ms = len(piece.text) * MS_PER_CHARACTER
        pieces.append(SpokenPiece(at_ms, duration_ms, piece.source_start, piece.source_end))
        at_ms += duration_ms
    return pieces


def heard(text, played_ms):
    return text[: heard_until(spoken_pieces(text), played_ms, text)]


def test_nothing_played_is_nothing_heard():
    assert heard("Hello there, my friend.", 0) == ""
    assert heard_until([], 5_000, "Hello") == 0


def test_everything_played_is_everything_heard():
    text = "Hello there, my friend. All is well."
    assert heard(text, 100_000) == text


def test_a_piece_is_cut_in_proportion_and_between_words():
    text = "One two three four five"
    assert heard(text, 10 * MS_PER_CHARACTER) == "One two"
    assert heard(text, 2 * MS_PER_CHARACTER) == ""


def test_the_pause_after_a_piece_belongs_to_neither():
    text = "It is warm today. Tomorrow rains."
    pieces = [SpokenPiece(0, 1_000, 0, 17), SpokenPiece(1_500, 1_000, 18, 33)]
    assert text[: heard_until(pieces, 1_200, text)] == "It is warm today."


def test_text_without_spaces_is_cut_between_characters():
    text = "这是一个没有空格的句子"
    assert heard_until([SpokenPiece(0, 1_000, 0, len(text))], 500, text) == 5


def test_code_that_was_announced_counts_as_a_whole():
    text = "Look at this:\n```py\nx = 1\n```\nIt sets x."
    announced_ms = sum(piece.duration_ms for piece in spoken_pieces(text)[:2])
    assert heard(text, announced_ms) == "Look at this:\n```py\nx = 1\n```"
    assert heard(text, announced_ms - 100) == "Look at this:"


def test_a_question_in_between_is_passed_over():
    text = "I will look it up. Here it is."
    pieces = [
        SpokenPiece(0, 1_000, 0, 18),
        SpokenPiece(1_000, 2_000, 30, 30),
        SpokenPiece(3_000, 1_000, 19, 30),
    ]
    assert heard_until(pieces, 2_500, text) == 18
    assert heard_until(pieces, 9_000, text) == 30


def test_a_text_shorter_than_its_pieces_does_not_overrun():
    assert heard_until([SpokenPiece(0, 1_000, 0, 50)], 2_000, "short") == 5


PLAIN = st.lists(st.from_regex(r"[a-z]{1,9}[.,!?]?", fullmatch=True), max_size=60).map(" ".join)


@given(PLAIN, st.integers(0, 30_000), st.integers(0, 30_000))
def test_more_time_is_never_less_text_and_never_half_a_word(text, one_ms, other_ms):
    first, second = sorted((one_ms, other_ms))
    shorter, longer = heard(text, first), heard(text, second)
    assert longer.startswith(shorter)
    assert shorter.split() == text.split()[: len(shorter.split())]
