"""What the core works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from app.conversation.current import CurrentConversation
from app.current_providers import ServerBack
from app.desktop.hotkeys import KeyEvent
from app.errors import AppError
from app.microphone import Microphone
from app.notices import NoticeBoard
from app.preferences import Preferences
from app.sessions.audio_link import AudioLink
from app.sessions.dictation import DictationSession
from app.sessions.takes import TakeShelf
from app.sessions.turn import TurnSession

Background = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class CoreParts:
    """What the core works with. `background` runs beside it, `closers` in order at the end.

    `handlers` are offered the commands that nobody else handled, and say whether they did.
    `on_deleted` is given the id of a conversation that was deleted.
    `on_settings` is called after a change of the settings, `key_handlers` are offered hotkeys
    before dictation is.
    `warm` readies the providers when somebody begins to speak, `on_back` asks a server again.
    """

    audio: AudioLink
    microphone: Microphone
    takes: TakeShelf
    conversation: CurrentConversation
    preferences: Preferences
    notices: NoticeBoard
    turn: TurnSession
    dictation: DictationSession
    warm: Background
    on_back: Callable[[ServerBack], None]
    background: Sequence[Background]
    closers: Sequence[Background]
    problems: Sequence[AppError] = ()
    handlers: Sequence[Callable[[object], Awaitable[bool]]] = ()
    on_settings: Sequence[Background] = ()
    on_deleted: Sequence[Callable[[str], Awaitable[None]]] = ()
    key_handlers: Sequence[Callable[[KeyEvent], Awaitable[bool]]] = ()
