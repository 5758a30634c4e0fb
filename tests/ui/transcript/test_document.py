from __future__ import annotations

from tests.ui import told
from ui.transcript import blocks
from ui.transcript.document import BlockDocument
from ui.transcript.markup import parse
from ui.view_entries import of_message

TEXT = (
    "# Title\nSome *words*.\n\n```py\na = 1\nb = 2\n```\n- item one\n- item https://a.example\n> q"
)


def shown(text: str, width: float = 400.0) -> BlockDocument:
    document = BlockDocument(width)
    document.show(blocks.of_entry(of_message(told.reply(text)), frozenset()))
    return document


def plain_text(document: BlockDocument) -> str:
    return document._document.toPlainText()


def test_blocks_and_paragraphs_of_the_document_are_the_same(qapp) -> None:
    document = shown(TEXT)
    texts = [document._document.findBlockByNumber(n).text() for n in range(len(document.blocks))]
    assert texts == ["".join(span.text for span in block.spans) for block in document.blocks]
    assert document._document.blockCount() == len(document.blocks)


def test_streamed_document_equals_one_made_at_once(qapp) -> None:
    streamed = BlockDocument(400)
    for end in range(1, len(TEXT) + 1):
        streamed.show(blocks.of_entry(of_message(told.reply(TEXT[:end])), frozenset()))
    whole = shown(TEXT)
    assert plain_text(streamed) == plain_text(whole)
    assert streamed.height == whole.height


def test_only_the_differing_end_is_laid_out_again(qapp) -> None:
    document = shown("one\n\ntwo\n\nthree")
    assert document.height > 0
    touched: list[int] = []
    document._document.contentsChange.connect(lambda at, gone, added: touched.append(at))
    document.show(parse("one\n\ntwo\n\nthree and more"))
    assert touched
    assert min(touched) >= plain_text(document).index("three") - 1


def test_blocks_can_go_away_altogether(qapp) -> None:
    document = shown("one\n\ntwo")
    document.show(())
    assert plain_text(document) == ""
    assert document.height == 0
    document.show(parse("again"))
    assert plain_text(document) == "again"


def test_narrower_text_is_higher_and_short_text_shrinks(qapp) -> None:
    assert shown("word " * 80, 200).height > shown("word " * 80, 600).height
    assert shown("short").shrink_to_fit() < 100


def test_words_can_be_marked(qapp) -> None:
    document = shown("one two\n\nthree")
    begin, end = document.word_at(5)
    assert document.text_between(begin, end) == "two"
    assert document.text_between(4, 13) == "two\nthree"
    assert document.text_between(13, 4) == "two\nthree"
