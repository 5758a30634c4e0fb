from __future__ import annotations

from dataclasses import replace

from hypothesis import given, strategies as st

from app.conversation.history import (
    CUT_MARK,
    CUT_NOTE,
    MOST_IMAGE_BYTES,
    MOST_IMAGES,
    NO_LONGER_SHOWN,
    TOOL_IMAGES,
    UNFINISHED,
    chat_messages,
)
from app.conversation.message import Message, Role, ToolUse
from app.providers.base import ChatMessage, ChatRole, Image

ROOMY = 1_000_000


def user(text):
    return Message(Role.USER, text)


def reply(text, **more):
    return Message(Role.ASSISTANT, text, **more)


def roles(entries):
    return [entry.role for entry in entries]


def test_the_system_text_comes_first_and_explains_the_mark():
    (system, question) = chat_messages("Be kind.", [user("Hi")], ROOMY)
    assert system.role is ChatRole.SYSTEM
    assert system.text.startswith("Be kind.")
    assert CUT_NOTE in system.text
    assert (question.role, question.text) == (ChatRole.USER, "Hi")


def test_no_system_text_is_no_entry():
    assert roles(chat_messages("", [user("Hi")], ROOMY)) == [ChatRole.USER]


def test_tool_calls_are_followed_by_their_results_in_order():
    uses = (
        ToolUse("c1", "get_time", "{}", '{"time": "14:05"}'),
        ToolUse("c2", "get_date", '{"offset_days": 0}', ""),
    )
    _, calls, first, second, answer = chat_messages(
        "", [user("When?"), reply("Now.", tools=uses)], ROOMY
    )
    assert [call.call_id for call in calls.tool_calls] == ["c1", "c2"]
    assert calls.role is ChatRole.ASSISTANT
    assert (first.call_id, first.text) == ("c1", '{"time": "14:05"}')
    assert (second.call_id, second.text) == ("c2", UNFINISHED)
    assert answer.text == "Now."


def test_an_interrupted_reply_ends_where_it_was_heard():
    messages = [user("Tell"), reply("One two three.", heard="One two"), user("Stop")]
    entries = chat_messages("", messages, ROOMY)
    assert [entry.text for entry in entries] == ["Tell", f"One two{CUT_MARK}", "Stop"]
    assert [entry.whole for entry in entries] == ["", "One two three.", ""]


def test_a_reply_of_which_nothing_was_heard_is_not_remembered():
    entries = chat_messages("", [user("Tell"), reply("One.", heard=""), user("Stop")], ROOMY)
    assert [entry.text for entry in entries] == ["Tell", "Stop"]


def test_over_budget_the_oldest_turns_go():
    messages = [m for n in range(20) for m in (user(f"q{n} " * 20), reply(f"a{n} " * 20))]
    entries = chat_messages("Be kind.", messages, 1_000)
    assert entries[0].role is ChatRole.SYSTEM
    assert entries[1].role is ChatRole.USER
    assert entries[-1].text == messages[-1].text
    assert sum(len(entry.text) for entry in entries) <= 1_000


def test_the_last_turn_stays_however_long_it_is():
    entries = chat_messages("s" * 100, [user("old"), reply("old"), user("x" * 5_000)], 50)
    assert [entry.text[:3] for entry in entries[1:]] == ["xxx"]


MESSAGES = st.lists(
    st.one_of(
        st.integers(0, 300).map(lambda size: user("u" * size + "!")),
        st.builds(
            lambda size, tools, cut: reply(
                "r" * size,
                tools=tuple(
                    ToolUse(f"c{number}", "get_time", "{}", "ok") for number in range(tools)
                ),
                heard="r" * (size // 2) if cut else None,
            ),
            st.integers(0, 300),
            st.integers(0, 3),
            st.booleans(),
        ),
    ),
    max_size=30,
)


@given(MESSAGES, st.integers(0, 3_000))
def test_no_result_is_without_its_call_and_the_last_words_stay(messages, budget):
    entries = chat_messages("Be kind.", messages, budget)
    waiting: list[str] = []
    for entry in entries:
        if entry.role is ChatRole.TOOL:
            assert entry.call_id == waiting.pop(0)
        else:
            assert not waiting
            waiting = [call.call_id for call in entry.tool_calls]
    assert not waiting
    said = [message.text for message in messages if message.role is Role.USER]
    if said:
        assert said[-1] in [entry.text for entry in entries if entry.role is ChatRole.USER]


def test_most_requests_begin_with_the_whole_request_before_them():
    messages: list[Message] = []
    before: tuple[ChatMessage, ...] = ()
    changes = 0
    for number in range(100):
        messages.append(user(f"{number:03} " + "q" * 80))
        entries = chat_messages("Be kind.", messages, 2_000)
        changes += entries[: len(before)] != before
        before = entries
    assert 0 < changes < 15


def test_what_was_not_cut_is_sent_whole():
    message = replace(reply("All of it."), heard=None)
    assert chat_messages("", [user("?"), message], ROOMY)[-1].text == "All of it."


def picture(name):
    return Image(name.encode(), "image/png")


def shown(entries):
    return [[image.data.decode() for image in entry.images] for entry in entries]


def test_pictures_go_with_the_words_that_they_were_shown_with():
    messages = [
        replace(user("What is this?"), images=(picture("a"), picture("b"))),
        reply("A table."),
        user("And below?"),
    ]
    entries = chat_messages("", messages, ROOMY)
    assert shown(entries) == [["a", "b"], [], []]


def test_what_a_tool_saw_follows_its_results():
    use = ToolUse("c1", "look_at_screen", "{}", "A picture. It follows.")
    message = reply("An error.", tools=(use,), images=(picture("a"),))
    entries = chat_messages("", [user("Look"), message], ROOMY)
    roles_then = [ChatRole.USER, ChatRole.ASSISTANT, ChatRole.TOOL, ChatRole.USER]
    assert roles(entries) == [*roles_then, ChatRole.ASSISTANT]
    assert (shown(entries)[3], entries[3].text) == (["a"], TOOL_IMAGES)


def test_pictures_of_long_ago_become_a_note():
    messages = [replace(user(f"Q{n}"), images=(picture(str(n)),)) for n in range(MOST_IMAGES + 2)]
    entries = chat_messages("", messages, ROOMY)
    assert shown(entries)[:3] == [[], [], ["2"]]
    assert entries[0].text == f"Q0\n\n{NO_LONGER_SHOWN}"
    assert entries[2].text == "Q2"


def test_the_last_picture_stays_however_large_it_is():
    large = Image(bytes(MOST_IMAGE_BYTES + 1), "image/png")
    messages = [
        replace(user("old"), images=(picture("a"),)), replace(user("new"), images=(large,)),
    ]  # fmt: skip
    old, new = chat_messages("", messages, ROOMY)
    assert (old.images, new.images) == ((), (large,))


def test_a_conversation_of_another_start_says_that_there_was_a_picture():
    (entry,) = chat_messages("", [replace(user("What is this?"), had_images=True)], ROOMY)
    assert entry.text.endswith(NO_LONGER_SHOWN)
