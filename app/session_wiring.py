"""The conversation and what it works with. Part of the composition root."""

from __future__ import annotations

from collections.abc import Sequence

from app.conversation.current import CurrentConversation
from app.conversation.turn_end import hangover_ms
from app.ground import Ground
from app.later import Later, WithTools
from app.permission_wiring import WiredPermission
from app.providers.base import ChatMessage, Hints
from app.realtime_wiring import RealtimeEngine
from app.sessions.audio_link import AudioLink
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import Pictures, TurnParts
from app.settings import Settings
from app.system_prompt import system_prompt
from app.tools.runner import ToolRunner
from app.tools.toolbox import Toolbox


def wire_session(
    ground: Ground,
    audio: AudioLink,
    conversation: CurrentConversation,
    toolbox: Toolbox,
    permission: WiredPermission,
    pictures: Pictures,
    later: Later,
) -> tuple[TurnSession, RealtimeEngine]:
    """The conversation turn by turn, and the engine that may take its place."""
    parts = TurnParts(
        audio=audio,
        takes=ground.takes,
        conversation=conversation,
        providers=WithTools(ground.providers, later),
        notices=ground.notices,
        runner=lambda approvals: ToolRunner(toolbox.tools, approvals.ask, permission.gate),
        hints=lambda history: hints(ground.preferences.settings, history),
        hangover_ms=lambda text: _hangover_ms(ground.preferences.settings, text),
        system=lambda: system_prompt(later.prompt()),
        publish=ground.publish,
        post=ground.inbox.post,
        set_facts=ground.board.set,
        spawn=ground.inbox.spawn,
        pictures=pictures,
    )
    turn = TurnSession(parts)
    return turn, RealtimeEngine(ground, turn, parts, later, lambda settings: hints(settings, ()))


def hints(settings: Settings, history: Sequence[ChatMessage]) -> Hints:
    """What a recognizer is told beforehand; `history` is the conversation so far."""
    from app.providers.local.commands import expects  # loads all that can be said

    chosen = settings.transcription
    return Hints(
        chosen.language,
        expects(history),
        vocabulary=tuple(chosen.vocabulary),
        translate=chosen.translate,
    )


def _hangover_ms(settings: Settings, text: str) -> int:
    return hangover_ms(text, settings.audio.hangover_ms, settings.transcription.language)
