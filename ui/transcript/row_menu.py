"""The menu of a row: everything the pointer can do there, for the keyboard too. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from app.conversation.message import Role
from app.knowledge.citation import Source
from ui import words
from ui.shots.shown import sent
from ui.transcript import blocks
from ui.transcript.markup import Block, BlockKind
from ui.transcript.sources import named_in
from ui.view_entries import Entry

_LONGEST_ADDRESS = 60


@dataclass(frozen=True, slots=True)
class RowChoices:
    """What the menu's lines do. `selected` is the marked text, or empty."""

    selected: str
    is_last_reply: bool
    copy: Callable[[str], None]
    open_link: Callable[[str], None]
    read_again: Callable[[str], None]
    retry: Callable[[], None]
    fold: Callable[[str], None]
    retry_take: Callable[[str], None]
    discard_take: Callable[[str], None]
    open_source: Callable[[Source], None]
    open_picture: Callable[[str], None]


def row_menu(parent: QWidget, entry: Entry, does: RowChoices, unfolded: blocks.Unfolded) -> QMenu:
    """The menu for `entry`."""
    menu = QMenu(parent)
    menu.setAccessibleName("Message")
    shown = blocks.of_entry(entry, frozenset())
    if does.selected:
        menu.addAction("Copy selection", partial(does.copy, does.selected))
    if entry.text:
        menu.addAction("Copy message", partial(does.copy, entry.text))
    for block in (block for block in shown if block.kind is BlockKind.CODE):
        name = block.marker or "code"
        menu.addAction(f"Copy {name}", partial(does.copy, block.text))
    _add_links(menu, shown, does)
    for source in named_in(entry):
        name = words.escaped(source.name).replace("&", "&&")
        menu.addAction(f"Open {name}", partial(does.open_source, source))
    for number in range(len(entry.images)):
        which = f" {number + 1}" if len(entry.images) > 1 else ""
        menu.addAction(f"Open picture{which}", partial(does.open_picture, sent(entry.id, number)))
    if entry.role is Role.ASSISTANT and entry.is_kept:
        menu.addSeparator()
        if entry.text.strip():
            menu.addAction("Read again", partial(does.read_again, entry.id))
        if does.is_last_reply:
            menu.addAction("Try again", does.retry)
    _add_tools(menu, entry, does, unfolded)
    _add_take(menu, entry, does, unfolded)
    return menu


def _add_links(menu: QMenu, shown: tuple[Block, ...], does: RowChoices) -> None:
    for address in blocks.links_of(shown):
        short = words.escaped(address)
        if len(short) > _LONGEST_ADDRESS:
            short = short[: _LONGEST_ADDRESS - 1] + "…"
        short = short.replace("&", "&&")
        menu.addAction(f"Open {short}", partial(does.open_link, address))


def _add_take(menu: QMenu, entry: Entry, does: RowChoices, unfolded: blocks.Unfolded) -> None:
    if entry.take is None:
        return
    take_id = entry.take.take_id
    if take_id in unfolded:
        menu.addAction("Discard for good", partial(does.discard_take, take_id))
        menu.addAction("Keep", partial(does.fold, take_id))
        return
    retry = menu.addAction("Try again", partial(does.retry_take, take_id))
    retry.setEnabled(not entry.take.trying)
    menu.addAction("Discard recording…", partial(does.fold, take_id))


def _add_tools(menu: QMenu, entry: Entry, does: RowChoices, unfolded: blocks.Unfolded) -> None:
    if entry.tools:
        menu.addSeparator()
    for tool in entry.tools:
        verb = "Hide" if tool.call_id in unfolded else "Show"
        title = f"{verb} details: {words.sentence(tool.name)}"
        menu.addAction(title, partial(does.fold, tool.call_id))
