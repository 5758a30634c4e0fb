"""What everything else stands on. Part of the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from app.conversation.kept import Timer
from app.conversation.store import Store
from app.core import Announcement
from app.current_providers import CurrentProviders, Outlook
from app.errors import AppError, Code
from app.fact_board import FactBoard
from app.inbox import Inbox
from app.net.waits import Waits
from app.notices import NoticeBoard
from app.paths import Paths
from app.preferences import Preferences
from app.provider_wiring import provider_registry
from app.providers.succession import replaced
from app.secrets import KeyVault
from app.sessions.takes import TakeShelf
from app.settings_store import SettingsStore
from app.thread import Publish
from app.tools.timers import Timers
from app.usage.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Ground:
    """`problems` are what was found broken on the way."""

    paths: Paths
    inbox: Inbox
    publish: Publish
    board: FactBoard
    notices: NoticeBoard
    preferences: Preferences
    store: Store
    vault: KeyVault
    ledger: Ledger
    providers: CurrentProviders
    timers: Timers
    takes: TakeShelf
    problems: Sequence[AppError]


async def open_ground(paths: Paths, inbox: Inbox, publish: Publish) -> Ground:
    """Read the settings, open the store and the ledger; nothing else is done yet."""
    notices = NoticeBoard(publish)
    settings_store = SettingsStore(paths.settings_file)
    loaded = await asyncio.to_thread(settings_store.load)
    store, store_problem = await _open_store(paths)
    vault, ledger = KeyVault(), Ledger(paths.usage_file, publish)
    preferences = Preferences(settings_store, vault, notices, loaded.settings, publish)
    return Ground(
        paths=paths,
        inbox=inbox,
        publish=publish,
        board=FactBoard(publish),
        notices=notices,
        preferences=preferences,
        store=store,
        vault=vault,
        ledger=ledger,
        providers=CurrentProviders(
            lambda: provider_registry(
                vault, ledger, lambda old, new: notices.post(replaced(old, new)), Waits(publish)
            ),
            preferences,
            Outlook(
                notices=notices,
                say=lambda text: inbox.post(Announcement(text, "Sayso", keep=False)),
                post=inbox.post,
                spawn=inbox.spawn,
            ),
        ),
        timers=Timers(store, lambda timer: inbox.post(Announcement(_ring(timer), "timer"))),
        takes=TakeShelf(paths.journal),
        problems=[problem for problem in (loaded.problem, store_problem) if problem is not None],
    )


async def _open_store(paths: Paths) -> tuple[Store, AppError | None]:
    """The store; in memory for this run where the disk refuses it."""
    try:
        store = await Store.open(paths.store_file)
    except AppError as error:
        return await Store.open(None), error
    broken = store.set_aside
    return store, AppError(Code.STORE_BROKEN, broken.name) if broken is not None else None


def _ring(timer: Timer) -> str:
    # It joins the conversation that is open: words of others must not, in Sayso's own name.
    name = f"{timer.label} timer" if timer.label and not timer.is_foreign else "timer"
    return f"Your {name} is done."
