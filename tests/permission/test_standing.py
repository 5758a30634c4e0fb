from __future__ import annotations

from pathlib import Path

import pytest

from app.conversation.history import TOOL_IMAGES
from app.conversation.message import Message, Role, ToolUse
from app.conversation.store import Store
from app.permission.standing import Standing, after, is_said, shown, standing_of
from app.providers.base import ChatMessage, ChatRole, Image
from app.tools.base import Origin

PICTURE = Image(b"png", "image/png")


def use(result="text", origin="", **more):
    return ToolUse("1", "t", "{}", result, origin=origin, **more)


@pytest.mark.parametrize(
    ("messages", "origins"),
    [
        ([], set()),
        ([Message(Role.USER, "hello")], set()),
        ([Message(Role.ASSISTANT, "", tools=(use(),))], set()),
        ([Message(Role.USER, "look", images=(PICTURE,))], {Origin.SCREEN}),
        ([Message(Role.USER, "look", had_images=True)], {Origin.SCREEN}),
        ([Message(Role.ASSISTANT, "", tools=(use(),), images=(PICTURE,))], set()),
        ([Message(Role.ASSISTANT, "", tools=(use(origin="web"),))], {Origin.WEB}),
        ([Message(Role.ASSISTANT, "", tools=(use("Error: x", "web", ok=False),))], {Origin.WEB}),
        ([Message(Role.ASSISTANT, "", tools=(use(origin="a newer one"),))], {Origin.SERVER}),
        ([Message(Role.ASSISTANT, "", tools=(use(origin="own"),))], set()),
        ([Message(Role.ASSISTANT, "", tools=(use(origin="kept"),))], {Origin.KEPT}),
        (
            [
                Message(Role.ASSISTANT, "", tools=(use(origin="file"), use(origin="clipboard"))),
                Message(Role.USER, "thanks"),
            ],
            {Origin.FILE, Origin.CLIPBOARD},
        ),
    ],
)
def test_what_taints(messages, origins):
    standing = standing_of("c", messages)
    assert standing.origins == origins
    assert standing.is_tainted is bool(origins)
    assert standing.conversation_id == "c"


def test_a_picture_in_the_history_taints_and_the_users_words_are_known():
    history = [
        ChatMessage(ChatRole.SYSTEM, "be brief"),
        ChatMessage(ChatRole.USER, "what is this", images=(PICTURE,)),
    ]
    standing = shown(Standing(), history)
    assert standing.origins == {Origin.SCREEN}
    assert standing.said == ("what is this",)
    assert not shown(Standing(), history[:1]).is_tainted
    by_tool = [ChatMessage(ChatRole.USER, TOOL_IMAGES, images=(PICTURE,))]
    assert shown(Standing(), by_tool) == Standing()


def test_words_of_others_steer_from_the_latest_message_on():
    alone = ChatMessage(ChatRole.USER, "what is this")
    pictured = ChatMessage(ChatRole.USER, "and this", images=(PICTURE,))
    assert shown(Standing(), [alone, pictured]).is_steered
    standing = shown(Standing(), [pictured, alone])
    assert standing.is_tainted
    assert not standing.is_steered
    assert not after(standing, [use("my note", "own"), use("4 pm")]).is_steered
    read = after(standing, [use("from a page", "web")])
    assert read.is_steered
    assert after(read, []).is_steered
    assert not shown(read, [alone]).is_steered


def test_results_are_foreign_or_private_or_both():
    standing = after(
        Standing(),
        [
            use("from a page", "web", addresses=("https://a.example/",)),
            use("from a file", "file"),
            use("my note", "own"),
            use("their note and mine", "kept"),
            use("4 pm"),
        ],
    )
    assert standing.foreign == ("from a page", "from a file", "their note and mine")
    assert standing.private == ("from a file", "my note", "their note and mine")
    assert standing.sent == ("{}",)
    assert standing.addresses == {"https://a.example/"}


@pytest.mark.parametrize(
    ("text", "is_theirs"),
    [
        ("Buy tea, and Earl Grey!", True),
        ("earl  grey", True),
        ("earl gre", False),
        ("Earl Grey, buy tea", False),
        ("buy tea and Earl Grey too", False),
        ("!", False),
        ("", False),
    ],
)
def test_what_the_user_said_word_for_word(text, is_theirs):
    assert is_said(text, ("hello", "Note: buy tea and Earl Grey.")) is is_theirs


async def test_it_is_the_same_after_a_restart(tmp_path: Path) -> None:
    messages = [
        Message(Role.USER, "look", images=(PICTURE,)),
        Message(Role.ASSISTANT, "", tools=(use("hit", "web", addresses=("https://a.example/",)),)),
    ]
    store = await Store.open(tmp_path / "s.db")
    summary = await store.new_conversation()
    for message in messages:
        await store.add_message(summary.id, message)
    await store.aclose()
    store = await Store.open(tmp_path / "s.db")
    kept = await store.messages(summary.id)
    await store.aclose()
    assert [message.images for message in kept] == [(), ()]
    assert standing_of("c", kept) == standing_of("c", messages)
    assert hash(kept[1]) is not None
