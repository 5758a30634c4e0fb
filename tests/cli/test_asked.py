from __future__ import annotations

from app import events
from app.cli.asked import asked_in_words
from app.tools.base import Origin


def test_it_is_shown_whole_with_nothing_hidden_and_whose_words_led_to_it() -> None:
    asked = events.ApprovalRequested("q", "Delete \x1b[8m?", "delete", '{"a": "\u202e"}', True)
    assert asked_in_words(asked) == 'Delete \\u001b[8m? {"a": "\\u202e"}'
    tainted = events.ApprovalRequested(
        "q", "Note it?", "add_note", "{}", False, origins=(Origin.FILE, Origin.WEB)
    )
    assert asked_in_words(tainted).splitlines()[1].endswith("from: file, web.")
