"""The conversation that is going on, in memory and in the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app import events
from app.conversation.message import ConversationSummary, Message, Role, new_id
from app.conversation.store import Store


class CurrentConversation:
    """Core thread. A conversation gets its row with its first message: none is kept empty."""

    def __init__(
        self,
        store: Store,
        publish: Callable[[events.Event], None],
        on_opened: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`on_opened` is told the id of each conversation that is begun or opened."""
        self._store = store
        self._publish = publish
        self._on_opened = on_opened
        self._summary: ConversationSummary | None = None
        self._messages: list[Message] = []
        self._expected: dict[str, str] = {}
        self._new_id = new_id()

    @property
    def id(self) -> str:
        """Its id, which it has before its first message."""
        return self._new_id if self._summary is None else self._summary.id

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages, oldest first."""
        return tuple(self._messages)

    @property
    def last_user_index(self) -> int | None:
        """Where the last thing that the user said stands."""
        indexes = range(len(self._messages) - 1, -1, -1)
        return next((i for i in indexes if self._messages[i].role is Role.USER), None)

    def find(self, message_id: str) -> Message | None:
        """The message with this id."""
        return next((m for m in self._messages if m.id == message_id), None)

    async def add(self, message: Message, *, before: str = "") -> None:
        """Append, or put it in front of the message with this id; on return it is safe on disk."""
        if self._summary is None:
            self._summary = replace(await self._store.new_conversation(), id=self._new_id)
        self._messages.insert(self._place(before), message)
        await self._store.add_message(self._summary.id, message)
        if before:
            await self._store.move_message(self._summary.id, message.id, before)
        if message.role is Role.USER:
            self._publish(events.MessageAdded(message, before))
        await self.publish_list()

    def expect(self, message: Message) -> None:
        """A message whose text comes later stands here from now on; nothing is written yet.

        One that stands here already stays in its place: more of its text is to come.
        """
        self._expected[message.id] = self.id
        if self.find(message.id) is None:
            self._messages.append(message)
            self._publish(events.MessageAdded(message))
        else:
            self._messages = [message if m.id == message.id else m for m in self._messages]

    def is_expected(self, message_id: str) -> bool:
        """Whether the text of this message is still to come."""
        return message_id in self._expected

    async def settle(self, message: Message) -> None:
        """The text of an expected message is known; on return it is safe on disk, in its place."""
        conversation_id = self._expected.pop(message.id, "")
        if not conversation_id:
            return
        place = next((i for i, one in enumerate(self._messages) if one.id == message.id), None)
        if place is None:  # Another conversation is open by now.
            await self._store.add_message(conversation_id, message)
            rows = await self._store.messages(conversation_id)
            later = next((m.id for m in rows if m.created_at > message.created_at), "")
            if later and any(m.id == message.id for m in rows):
                await self._store.move_message(conversation_id, message.id, later)
            return
        self._messages[place] = message
        if self._summary is None:
            self._summary = replace(await self._store.new_conversation(), id=self._new_id)
        await self._store.add_message(self._summary.id, message)
        kept = (m.id for m in self._messages[place + 1 :] if m.id not in self._expected)
        if later := next(kept, ""):
            await self._store.move_message(self._summary.id, message.id, later)
        await self.publish_list()

    def forget(self, message_id: str) -> None:
        """The text of an expected message will not come."""
        if self._expected.pop(message_id, None) is not None:
            self._messages = [m for m in self._messages if m.id != message_id]

    async def begin(self) -> None:
        """An empty conversation; nothing is written yet."""
        self._summary, self._messages, self._new_id = None, [], new_id()
        await self._publish_opened()

    async def open(self, conversation_id: str) -> None:
        """Go on with a kept one; an id that is gone begins an empty one."""
        known = {summary.id: summary for summary in await self._store.list_conversations()}
        self._summary = known.get(conversation_id)
        self._messages = list(await self._store.messages(conversation_id)) if self._summary else []
        self._new_id = new_id()
        await self._publish_opened()

    async def delete(self, conversation_id: str) -> None:
        """Remove a conversation for good; the current one leaves an empty one behind."""
        await self._store.delete_conversation(conversation_id)
        if self._summary is not None and self._summary.id == conversation_id:
            await self.begin()
        await self.publish_list()

    async def publish_list(self) -> None:
        """Tell what conversations there are."""
        self._publish(events.ConversationsListed(await self._store.list_conversations()))

    def _place(self, before: str) -> int:
        ids = [message.id for message in self._messages]
        return ids.index(before) if before in ids else len(ids)

    async def _publish_opened(self) -> None:
        summary = self._summary or ConversationSummary.empty()
        self._publish(events.ConversationOpened(summary, tuple(self._messages)))
        self._on_opened(self.id)
