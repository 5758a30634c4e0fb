"""A process that adds messages to a store, and prints the number of each once it is kept."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from app.conversation.message import Message, Role
from app.conversation.store import Store


async def write(path: Path, name: str, count: int) -> None:
    """Add `count` messages to the conversation `name`."""
    store = await Store.open(path)
    for number in range(count):
        await store.add_message(name, Message(Role.USER, f"{name} {number}", id=f"{name}-{number}"))
        print(number, flush=True)
    await store.aclose()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
