"""What the user can take along: shown first, written only when the user says so. Core thread."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
import os
from collections.abc import Callable
from pathlib import Path

from app.conversation.message import new_id
from app.products.commands import DismissProduct, SaveProduct
from app.products.events import (
    ProductEvent,
    ProductGone,
    ProductNotSaved,
    ProductOffered,
    ProductSaved,
)
from app.products.files import file_bytes
from app.products.product import Offer, Product, ProductInvalid

_log = logging.getLogger(__name__)


class ProductDesk:
    """Shows products, and handles SaveProduct and DismissProduct."""

    def __init__(self, publish: Callable[[ProductEvent], None]) -> None:
        self._publish = publish

    def offer(self, product: Product) -> None:
        """Show it. Nothing is written."""
        self._publish(ProductOffered(Offer(new_id(), product)))

    async def on_command(self, command: object) -> bool:
        """Whether it was for here."""
        match command:
            case SaveProduct(offer_id, product, path):
                self._publish(await _saved(offer_id, product, path))
            case DismissProduct(offer_id):
                self._publish(ProductGone(offer_id))
            case _:
                return False
        return True


async def _saved(offer_id: str, product: Product, path: Path) -> ProductEvent:
    try:
        data = file_bytes(product, f"{new_id()}@sayso", datetime.datetime.now(datetime.UTC))
        await asyncio.to_thread(write_whole, path, data)
    except ProductInvalid as error:
        return ProductNotSaved(offer_id, str(error))
    except OSError as error:
        _log.info("%s could not be written: %s", path.name, error)
        why = error.strerror or "the system refused it"
        return ProductNotSaved(offer_id, f"{path.name} could not be written: {why}.")
    return ProductSaved(offer_id, path)


def write_whole(path: Path, data: bytes) -> None:
    """All of it or nothing: a file that was there stays until the new one is on disk.

    Raises OSError.
    """
    unfinished = path.with_name(f".{new_id()}.part")
    try:
        with unfinished.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
