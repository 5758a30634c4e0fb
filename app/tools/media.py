"""Tools for what plays, and how loud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from app.desktop.players import Button, NothingDone, Players, PlayersUnknown, Playing
from app.desktop.volume import FULL, Loudness, Volume, VolumeUnknown
from app.tools.base import Origin, Risk, Tool, ToolFailed
from app.tools.schema import Answer, tool

_FAMILY = "media"
_NO_BUS = "What plays is not known on this desktop."
_NO_SPEAKERS = "The volume of the speakers cannot be reached."
_TITLE_CHARS = 300
_KEYS = {
    Button.PLAY: "Let the music or video play?",
    Button.PAUSE: "Pause the music or video?",
    Button.TOGGLE: "Pause the music or video, or let it play on?",
    Button.NEXT: "Go to the next track?",
    Button.PREVIOUS: "Go to the previous track?",
    Button.STOP: "Stop the music or video?",
}


def player_tools(players: Players) -> tuple[Tool, ...]:
    """control_media and now_playing."""

    @tool(
        description="Press a media key: for the music or video that plays or is paused.",
        risk=Risk.REVERSIBLE,
        question=lambda arguments: _KEYS[arguments["action"]],
        family=_FAMILY,
    )
    async def control_media(
        action: Annotated[Button, "Which key; toggle plays what is paused, and the reverse."],
    ) -> Answer:
        try:
            now = await players.press(action)
        except PlayersUnknown:
            raise ToolFailed(_NO_BUS) from None
        except NothingDone as error:
            raise ToolFailed(str(error)) from None
        return {"player": now.name[:_TITLE_CHARS], "status": now.status.lower()}

    @tool(
        description="What music or video plays or is paused: title, artist and program.",
        risk=Risk.READ,
        family=_FAMILY,
        origin=Origin.SCREEN,
    )
    async def now_playing() -> Answer:
        try:
            now = await players.current()
        except PlayersUnknown:
            raise ToolFailed(_NO_BUS) from None
        return {"status": "nothing"} if now is None else _told(now)

    return control_media, now_playing


def volume_tools(volume: Volume) -> tuple[Tool, ...]:
    """get_volume and set_volume."""

    @tool(description="How loud the speakers are.", risk=Risk.READ, family=_FAMILY)
    async def get_volume() -> Answer:
        try:
            return _loudness(await volume.get())
        except VolumeUnknown:
            raise ToolFailed(_NO_SPEAKERS) from None

    @tool(
        description="Make the speakers louder or softer, or mute them. Give one of the three.",
        risk=Risk.REVERSIBLE,
        question=_volume_question,
        family=_FAMILY,
    )
    async def set_volume(
        percent: Annotated[int | None, "So loud, 0 to 100."] = None,
        change: Annotated[int | None, "Louder by so many percent; below zero: softer."] = None,
        muted: Annotated[bool | None, "true mutes, false ends it."] = None,
    ) -> Answer:
        if sum(each is not None for each in (percent, change, muted)) != 1:
            raise ToolFailed("Give one of percent, change and muted.")
        try:
            if muted is not None:
                return _loudness(await volume.mute(muted))
            if change is not None:
                percent = (await volume.get()).percent + change
            return _loudness(await volume.set(max(0, min(percent or 0, FULL))))
        except VolumeUnknown:
            raise ToolFailed(_NO_SPEAKERS) from None

    return get_volume, set_volume


def _volume_question(arguments: Mapping[str, Any]) -> str:
    if arguments.get("percent") is not None:
        return f"Set the volume to {arguments['percent']} percent?"
    if arguments.get("muted") is not None:
        return "Turn the sound off?" if arguments["muted"] else "Turn the sound on?"
    change = arguments.get("change") or 0
    return f"Make the sound {abs(change)} percent {'softer' if change < 0 else 'louder'}?"


def _told(now: Playing) -> dict[str, object]:
    return {
        "status": now.status.lower(),
        "title": now.title[:_TITLE_CHARS],
        "artist": now.artist[:_TITLE_CHARS],
        "player": now.name[:_TITLE_CHARS],
    }


def _loudness(loudness: Loudness) -> dict[str, object]:
    return {"percent": loudness.percent, "muted": loudness.muted}
