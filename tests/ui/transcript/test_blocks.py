from __future__ import annotations

import pytest

from app.conversation.message import ToolUse
from app.tools.refusals import DECLINED, UNANSWERED
from tests.ui import told
from ui.transcript import blocks
from ui.transcript.blocks import Click, Target
from ui.transcript.markup import BlockKind, Style
from ui.view_entries import Entry, ToolLine, of_message

K = BlockKind


def entry(text: str = "", **more: object) -> Entry:
    return of_message(told.reply(text, **more))


@pytest.mark.parametrize(
    ("tool", "title"),
    [
        (ToolLine("c", "set_timer", "{}", seconds=0.12), "Set timer · 0.1 s"),
        (ToolLine("c", "set_timer", "{}", running=True), "Set timer · running"),
        (
            ToolLine("c", "find_files", "{}", running=True, progress="12 of\n40 files\u202e"),
            "Find files · 12 of 40 files\\u202e",
        ),
        (ToolLine("c", "open_app", "{}", ok=False, seconds=2), "Open app · failed after 2.0 s"),
        (ToolLine("c", "open_app", "{}", DECLINED, ok=False), "Open app · you said no"),
        (ToolLine("c", "open_app", "{}", UNANSWERED, ok=False), "Open app · not answered"),
    ],
)
def test_tool_call_is_one_line(tool: ToolLine, title: str) -> None:
    assert blocks.tool_title(tool) == title


def test_tool_line_unfolds_to_arguments_and_result() -> None:
    shown = entry("Done.", tools=(told.TIMER,))
    folded = blocks.of_entry(shown, frozenset())
    assert [block.kind for block in folded] == [K.TOOL, K.TEXT]
    unfolded = blocks.of_entry(shown, frozenset({"call"}))
    details = [block.text for block in unfolded if block.kind is K.DETAIL]
    assert details == ["Arguments", '{\n  "minutes": 10\n}', "Result", "Set."]


def test_details_spell_out_hidden_characters() -> None:
    use = ToolUse("call", "note", '{"a": "x\u202ey"}', "z\u200b")
    text = "".join(b.text for b in blocks.of_entry(entry(tools=(use,)), frozenset({"call"})))
    assert "x\\u202ey" in text
    assert "z\\u200b" in text


def test_failed_tool_is_drawn_as_a_warning() -> None:
    use = ToolUse("call", "note", "{}", "no", ok=False)
    (line,) = blocks.of_entry(entry(tools=(use,)), frozenset())
    assert line.spans[0].style is Style.WARNING


def test_code_has_a_label_and_can_be_copied() -> None:
    shown = blocks.of_entry(entry("```python\na\n```\n```\nb\n```"), frozenset())
    labels = [block for block in shown if block.kind is K.CODE_LABEL]
    assert [label.text for label in labels] == ["python\tCopy", "code\tCopy"]
    assert blocks.target_of(labels[1].spans[-1].link) == Target(Click.COPY_CODE, "1")
    assert [blocks.code_of(shown, number) for number in (0, 1, 2)] == ["a", "b", ""]


def test_links_lead_to_the_web_or_do_something_here() -> None:
    assert blocks.target_of("fold:abc") == Target(Click.FOLD, "abc")
    assert blocks.target_of("https://a.example") == Target(None, "https://a.example")
    shown = blocks.of_entry(
        entry("https://a.example https://b.example https://a.example", tools=(told.TIMER,)),
        frozenset(),
    )
    assert blocks.links_of(shown) == ("https://a.example", "https://b.example")


def test_row_in_words_for_screen_readers() -> None:
    assert blocks.spoken_text(of_message(told.user("Hi"))) == "You: Hi"
    assert blocks.spoken_text(entry("**Bold** `code`")) == "Sayso: Bold code"
    spoken = blocks.spoken_text(entry("One two", heard="One", tools=(told.TIMER,)))
    assert spoken == "Sayso: Set timer · 0.1 s. One. (not heard: two)"
