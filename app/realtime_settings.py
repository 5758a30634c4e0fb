"""The settings of speech to speech, declared once."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from app.providers.voice_session import Near, TurnEnds
from app.settings_section import Section


class Engine(enum.StrEnum):
    """How a spoken conversation is held."""

    TURNS = "turn_by_turn"
    REALTIME = "realtime"


class RealtimeSettings(Section):
    """Speech to speech over one connection to a server."""

    engine: Annotated[
        Engine,
        Field(
            title="Conversation",
            description=(
                "Realtime: one model hears you and speaks itself. Turn by turn: recognition, "
                "answers and voice one after another, and whenever realtime is not to be had."
            ),
        ),
    ] = Engine.TURNS
    base_url: Annotated[
        str,
        Field(title="Server address", description="Leave empty for the address under Server."),
    ] = ""
    model: Annotated[
        str,
        Field(title="Model", description="Leave empty for the best one that is known."),
    ] = ""
    voice: Annotated[
        str,
        Field(
            title="Voice name",
            description="Leave empty for the server's default. It stays from the first reply on.",
        ),
    ] = ""
    turn_ends: Annotated[
        TurnEnds,
        Field(
            title="Who hears that you have finished",
            description=(
                "This computer: nothing is sent while nobody speaks. The server goes by your "
                "pauses or by your words, and is sent all that the microphone hears."
            ),
        ),
    ] = TurnEnds.LOCAL
    near: Annotated[
        Near,
        Field(
            title="Your microphone is",
            description="The server takes noise out of the sound accordingly.",
        ),
    ] = Near.ROOM
    idle_minutes: Annotated[
        int,
        Field(
            title="Close after silence (minutes)",
            description="The connection is closed, and opened again when you speak.",
            ge=1,
            le=30,
        ),
    ] = 5
    daily_budget_usd: Annotated[
        float,
        Field(
            title="Limit for a day (US$)",
            description="Once it is spent, Sayso goes on turn by turn until midnight. 0: no limit.",
            ge=0.0,
            le=1000.0,
        ),
    ] = 5.0
