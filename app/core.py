"""The core: one queue, one owner of the state. Runs on the core thread's loop, without Qt.

Commands come in from any front end, events go out to all of them; what the engine, a session or a
timer has to say comes through the same queue, so that nothing ever happens beside something else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import typing
from collections.abc import Callable
from dataclasses import dataclass

from app import commands, events
from app.asking import Asked
from app.core_parts import Background, CoreParts
from app.current_providers import ServerBack
from app.desktop.hotkeys import KeyEvent
from app.dictation.request import DictationRequest
from app.engine_items import EngineItems
from app.errors import AppError, Code
from app.fact_board import FactBoard
from app.inbox import Inbox
from app.sessions.audio_link import EngineDown, EngineUp
from app.sessions.early import HeardEarly
from app.sessions.hearing import Transcribed
from app.sessions.kept_takes import Recovered
from app.sessions.turn_parts import InTurn, QuietNow, ReplyOver

_log = logging.getLogger(__name__)

_AUDIO_FIRST_S = 2.0
"""So long everything else waits at the start for the microphone to be asked for."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something to say unasked, such as an alarm."""

    text: str
    by: str
    keep: bool = True
    """Whether it becomes a message of the conversation."""


Internal = (
    Transcribed
    | HeardEarly
    | Recovered
    | ReplyOver
    | QuietNow
    | InTurn
    | Announcement
    | ServerBack
    | KeyEvent
    | DictationRequest
    | Asked
    | AppError
)


class Core:
    """`run` until Shutdown. Front ends reach it through `inbox.post`."""

    def __init__(
        self,
        parts: CoreParts,
        inbox: Inbox,
        board: FactBoard,
        publish: Callable[[events.Event], None],
    ) -> None:
        self._parts = parts
        self._inbox = inbox
        self._board = board
        self._publish = publish
        self._engine = EngineItems(parts, publish, inbox.spawn)

    async def run(self) -> None:
        """Start everything, handle what comes, end everything."""
        parts = self._parts
        try:
            await self._start()
            while True:
                item = await self._inbox.next()
                if isinstance(item, commands.Shutdown):
                    break
                await self._handle(item)
        finally:
            self._board.set(closing=True)
            await parts.turn.cut()
            await self._inbox.cancel_all()
            for close in parts.closers:
                await close()
            self._publish(events.Closed())

    async def _start(self) -> None:
        parts = self._parts
        parts.preferences.publish()
        await parts.conversation.begin()
        await parts.conversation.publish_list()
        self._inbox.spawn(parts.audio.run(), "audio")
        for work in parts.background:
            self._inbox.spawn(self._behind_audio(work), getattr(work, "__qualname__", "background"))
        for problem in parts.problems:
            parts.notices.post(problem)
        await parts.dictation.recover()
        await parts.turn.kept.look()
        self._board.set(started=True)

    async def _behind_audio(self, work: Background) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_AUDIO_FIRST_S):
                await self._engine.asked.wait()
        await work()

    async def _handle(self, item: object) -> None:
        try:
            if type(item) in _COMMANDS:
                await self._on_command(item)
            elif isinstance(item, EngineUp | EngineDown):
                await self._engine.on_link(item)
            elif isinstance(item, Internal):
                await self._on_internal(item)
            else:
                await self._engine.on_message(item)
        except AppError as error:
            self._parts.notices.post(error)
        except Exception:  # noqa: BLE001 - the queue's border: the conversation goes on
            _log.exception("handling %s failed", type(item).__name__)
            self._parts.notices.post(AppError(Code.INTERNAL))

    async def _on_internal(self, item: Internal) -> None:  # noqa: C901 - one line for each kind
        turn = self._parts.turn
        match item:
            case Transcribed():
                await turn.hearing.on_transcribed(item)
            case HeardEarly():
                await turn.hearing.on_heard_early(item)
            case ReplyOver():
                await turn.on_reply_over(item)
            case QuietNow():
                await turn.on_quiet()
            case InTurn(work):
                await work()
            case Announcement(text, by, keep):
                await turn.announce(text, by, keep=keep)
            case Recovered():
                await turn.kept.on_recovered(item)
            case ServerBack():
                self._parts.on_back(item)
                turn.kept.retry_passing()
            case KeyEvent():
                await self._on_key(item)
            case DictationRequest():
                await self._parts.dictation.on_request(item)
            case Asked(text, images):
                await turn.send_text(text, images)
            case AppError():
                self._parts.notices.post(item)

    async def _on_key(self, event: KeyEvent) -> None:
        if not self._parts.dictation.keys_are_tried:
            for handle in self._parts.key_handlers:
                if await handle(event):
                    return
        await self._parts.dictation.on_key(event)

    async def _on_command(self, command: object) -> None:
        for handle in (
            self._parts.microphone.on_command,
            self._parts.turn.kept.on_command,
            self._on_talk,
            self._on_conversation,
            self._on_upkeep,
            self._parts.dictation.on_command,
            *self._parts.handlers,
        ):
            if await handle(command):
                return

    async def _on_talk(self, command: object) -> bool:
        turn = self._parts.turn
        match command:
            case commands.SendText(text):
                await turn.send_text(text)
            case commands.StopReply():
                await turn.stop()
            case commands.Answer(request_id, yes, scope):
                turn.approvals.answer(request_id, yes, scope)
            case commands.ReadAgain(message_id):
                await turn.read_again(message_id)
            case commands.ContinueReply():
                await turn.go_on()
            case commands.Retry():
                await turn.retry()
            case _:
                return False
        return True

    async def _on_conversation(self, command: object) -> bool:
        conversation = self._parts.conversation
        match command:
            case commands.NewConversation():
                await self._parts.turn.cut()
                await conversation.begin()
            case commands.OpenConversation(conversation_id):
                await self._parts.turn.cut()
                await conversation.open(conversation_id)
            case commands.DeleteConversation(conversation_id):
                await self._parts.turn.cut()
                await conversation.delete(conversation_id)
                for forget in self._parts.on_deleted:
                    await forget(conversation_id)
            case _:
                return False
        self._parts.turn.kept.show()
        return True

    async def _on_upkeep(self, command: object) -> bool:
        parts = self._parts
        match command:
            case commands.DismissNotice(notice_id):
                parts.notices.dismiss(notice_id)
            case commands.ChangeSettings(values):
                if await parts.preferences.change(values):
                    await parts.audio.restart()
                for follow in parts.on_settings:
                    await follow()
            case commands.StoreKey(secret, host):
                await parts.preferences.store_key(secret, host)
            case _:
                return False
        return True


_COMMANDS = frozenset(typing.get_args(commands.Command))
