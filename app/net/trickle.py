"""A stream that goes on but never gets anywhere is as silent as one that stops."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from app.errors import AppError, Code


async def no_trickle(
    pieces: AsyncGenerator[bytes, None], *, bytes_per_s: float, within_s: float, peer: str
) -> AsyncGenerator[bytes, None]:
    """The pieces, as long as at least `bytes_per_s` of them come.

    Only the time spent waiting counts, from the first piece on, and the first `within_s` of it are
    forgiven. Raises AppError(SERVER_SILENT) with `peer`.
    """
    clock = asyncio.get_running_loop().time
    waited_s, came_bytes, begun = 0.0, 0, False
    async with contextlib.aclosing(pieces):
        while True:
            began_s = clock()
            try:
                piece = await anext(pieces)
            except StopAsyncIteration:
                return
            waited_s += clock() - began_s if begun else 0.0
            came_bytes, begun = came_bytes + len(piece), True
            if waited_s > within_s and came_bytes < waited_s * bytes_per_s:
                raise AppError(Code.SERVER_SILENT, peer)
            yield piece
