"""The realtime engine, built when it is first chosen. Part of the composition root.

Nothing of it is imported before: the start is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.errors import AppError, Code
from app.ground import Ground
from app.later import Later
from app.providers.base import Hints, ToolSpec
from app.realtime import commands, events
from app.realtime_settings import Engine
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import InTurn, TurnParts
from app.settings import Settings

if TYPE_CHECKING:
    from app.providers.voice_session import SessionSetup, TokenCounts, VoiceModel
    from app.sessions.realtime_talk import RealtimeTalk
    from app.sessions.talk_parts import TalkParts


class RealtimeEngine:
    """Core thread. `follow_settings` puts it in front of the turn session, or takes it away."""

    def __init__(
        self,
        ground: Ground,
        session: TurnSession,
        parts: TurnParts,
        later: Later,
        hints: Callable[[Settings], Hints],
    ) -> None:
        self._ground = ground
        self._session = session
        self._parts = parts
        self._later = later
        self._hints = hints
        self._talk: RealtimeTalk | None = None
        self._chosen: object = None
        self._server: object = None
        self._is_away = False
        self._watches = False
        self._watched: VoiceModel | None = None
        self._spent: dict[str, events.SessionCost] = {}

    async def follow_settings(self) -> None:
        """Who talks, as the settings say now; in the middle of a conversation too."""
        settings = self._ground.preferences.settings
        is_chosen = settings.realtime.engine is Engine.REALTIME
        chosen = settings.realtime
        before, self._chosen = self._chosen, (chosen, settings.realtime_address)
        server = (settings.realtime_address, chosen.model)
        has_moved, self._server = self._server != server, server
        talk = self._talk
        if is_chosen:
            if talk is None:
                talk = self._talk = self._built()
            if self._session.direct is None:
                self._session.direct = talk
                self._ground.publish(events.LinkChanged(events.Link.RESTING))
            if before not in (None, self._chosen):
                talk.line.try_again()
                if has_moved:
                    talk.line.follow_soon()
                await talk.line.update()
        elif talk is not None and self._session.direct is not None:
            talk.leave()
            self._session.direct = None
            self._session.floor.discard_prepared()
            self._ground.notices.clear(Code.REALTIME_AWAY)
            self._is_away = False
            self._ground.publish(events.LinkChanged(events.Link.OFF))
        if talk is not None:
            talk.line.look()

    async def on_command(self, command: object) -> bool:
        """Act on it; False when it is not about realtime."""
        match command:
            case commands.WatchWire(on):
                self._watches = on
                self._watch()
            case commands.CloseLink():
                if self._talk is not None:
                    await self._talk.line.close()
            case _:
                return False
        return True

    async def aclose(self) -> None:
        """End the connection."""
        if self._talk is not None:
            await self._talk.line.aclose()

    def _built(self) -> RealtimeTalk:
        from app.providers.voice_session import TurnEnds
        from app.sessions.realtime_talk import RealtimeTalk
        from app.sessions.talk_parts import TalkParts

        talk: TalkParts = TalkParts(
            model=self._model,
            ready=self._later.ready,
            setup=self._setup,
            allow=self._allow,
            begin_note=self._begin_note,
            idle_s=self._idle_s,
            server_ends=lambda: (
                self._ground.preferences.settings.realtime.turn_ends is not TurnEnds.LOCAL
            ),
            tell=self._tell,
            is_own_wish=self._is_own_wish,
        )
        return RealtimeTalk(self._session, self._parts, talk)

    def _is_own_wish(self, text: str) -> bool:
        from app.providers.local.own_wish import is_own_wish

        return is_own_wish(text, self._session.floor.tools)

    async def _model(self) -> VoiceModel:
        model = self._watched = await self._ground.providers.voice_model()
        self._watch()
        return model

    def _watch(self) -> None:
        if self._watched is not None:
            publish = self._ground.publish
            self._watched.watch(
                (lambda note: publish(events.Wired(note))) if self._watches else None
            )

    def _setup(self, instructions: str, tools: tuple[ToolSpec, ...]) -> SessionSetup:
        from app.providers.voice_session import SessionSetup

        settings = self._ground.preferences.settings
        chosen = settings.realtime
        return SessionSetup(
            instructions,
            tools,
            self._hints(settings),
            voice=chosen.voice,
            speed=settings.speech.speed,
            turn_ends=chosen.turn_ends,
            near=chosen.near,
            aloud=settings.speech.aloud,
        )

    def _idle_s(self) -> float:
        is_chosen = self._session.direct is not None
        return self._ground.preferences.settings.realtime.idle_minutes * 60.0 if is_chosen else 0.0

    async def _allow(self) -> None:
        limit_usd = self._ground.preferences.settings.realtime.daily_budget_usd
        if limit_usd and await self._ground.ledger.realtime_usd_today() >= limit_usd:
            raise AppError(Code.REALTIME_LIMIT)

    def _begin_note(self) -> Callable[[TokenCounts], None]:
        from app.net.address import parse_address
        from app.services import Service
        from app.usage.meters import Meter
        from app.usage.request import Purpose
        from app.usage.voice import amounts_of

        ground = self._ground
        settings = ground.preferences.settings
        address = parse_address(settings.realtime_address)
        meter = Meter(ground.ledger, address.label, has_prices=address.is_openai)
        note = meter.begin(Service.CHAT, Purpose.REALTIME)
        model = ground.providers.registry.voice_model_in_use(settings)
        conversation_id = ground.ledger.conversation_id

        def noted(counts: TokenCounts) -> None:
            note(model, amounts_of(counts))
            self._add(conversation_id, model, counts, has_price=address.is_openai)
            ground.inbox.post(InTurn(self._look_at_limit))

        return noted

    def _add(
        self, conversation_id: str, model: str, counts: TokenCounts, *, has_price: bool
    ) -> None:
        from app.realtime.costs import with_response

        before = self._spent.get(conversation_id)
        cost = with_response(before, conversation_id, model, counts, has_price=has_price)
        self._spent[conversation_id] = cost
        self._ground.publish(cost)

    async def _look_at_limit(self) -> None:
        try:
            await self._allow()
        except AppError as error:
            if self._talk is not None:
                self._talk.line.rest(error)

    def _tell(self, changed: events.LinkChanged) -> None:
        ground = self._ground
        if self._session.direct is None:
            changed = events.LinkChanged(events.Link.OFF)
        if changed.link is events.Link.STANDING_IN and changed.error is not None:
            self._is_away = True
            ground.notices.post(AppError(Code.REALTIME_AWAY, changed.error.message))
        elif changed.link is events.Link.CONNECTED and self._is_away:
            self._is_away = False
            ground.notices.clear(Code.REALTIME_AWAY)
            ground.notices.post(AppError(Code.REALTIME_BACK))
        ground.publish(changed)
