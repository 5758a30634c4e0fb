"""A take that is transcribed while it is spoken, by the first provider that can. Core loop."""

from __future__ import annotations

import asyncio

from app.net.policy import CLOSE_WITHIN_S
from app.providers.base import Hints, LiveTranscriber, OnLivePartial, Transcript
from app.providers.fallback import Lineup
from app.providers.kept_sound import KeptSound


class LiveTake:
    """One take. Its sound is read until `finish` returned or `cancel` was called."""

    def __init__(
        self,
        lineup: Lineup[LiveTranscriber],
        sound: KeptSound,
        hints: Hints,
        on_partial: OnLivePartial | None,
    ) -> None:
        self._sound = sound
        self._task = asyncio.create_task(
            lineup.call(lambda provider: provider.follow(sound, hints, on_partial)),
            name="live take",
        )
        self._task.add_done_callback(_looked_at)

    @property
    def sound(self) -> KeptSound:
        """What is transcribed while it grows."""
        return self._sound

    async def finish(self) -> Transcript:
        """The words of all of it. Raises AppError: that of the provider chosen first.

        The sound ends, and is left as it was, so that it can be transcribed in another way.
        """
        self._sound.end()
        try:
            return await asyncio.shield(self._task)
        except asyncio.CancelledError:
            self._task.cancel()
            raise

    async def cancel(self) -> None:
        """Nobody wants the words. Takes a tenth of a second at most."""
        self._task.cancel()
        await asyncio.wait([self._task], timeout=CLOSE_WITHIN_S)


class LiveDictation:
    """Begins takes. `label` is that of the one who is asked next."""

    def __init__(self, lineup: Lineup[LiveTranscriber], label: str) -> None:
        self._lineup = lineup
        self.label = label

    async def warm(self) -> None:
        """Ready whom is asked next."""
        await self._lineup.warm()

    def open(
        self, hints: Hints, sound: KeptSound, on_partial: OnLivePartial | None = None
    ) -> LiveTake:
        """Begin a take, with the press of a key. Opens connections while its sound grows."""
        return LiveTake(self._lineup, sound, hints, on_partial)


def _looked_at(task: asyncio.Task[Transcript]) -> None:
    if not task.cancelled():
        task.exception()  # `finish` tells it; asyncio shall not complain where nobody finishes.
