"""Everything the window shows, and how each event changes it. Pure: no Qt, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app import events
from app.dictation.events import DictationEvent
from app.errors import Action, Category, Code
from app.extensions.events import ExtensionEvent
from app.knowledge.events import KnowledgeEvent
from app.permission.events import ApprovalExtended, PermissionEvent
from app.products.events import ProductEvent
from app.shots.events import ShotEvent
from app.state import Phase, State
from ui import view_entries, view_hotkeys, view_services
from ui.extensions import state as extensions
from ui.extensions.state import ExtensionsView
from ui.history import state as history
from ui.history.state import HistoryView
from ui.knowledge import state as knowledge
from ui.knowledge.state import KnowledgeView
from ui.permissions import state as permissions
from ui.permissions.state import PermissionsView
from ui.products import state as products
from ui.products.state import ProductsView
from ui.realtime import state as realtime
from ui.realtime.state import RealtimeView
from ui.shots import state as shots
from ui.shots.state import ShotsView
from ui.view_entries import Entry
from ui.view_hotkeys import HotkeysView
from ui.view_services import ServicesView

if TYPE_CHECKING:
    from app.conversation.message import ConversationSummary
    from app.settings import Settings
    from app.usage.spent import Bill

_NOT_A_FAILURE = frozenset(
    {
        Code.TAKES_KEPT,
        Code.STOPPED,
        Code.FELL_BACK,
        Code.BACK_AGAIN,
        Code.REALTIME_AWAY,
        Code.REALTIME_BACK,
        Code.REALTIME_LIMIT,
        Code.KEYRING_MISSING,
        Code.NOTHING_HEARD,
        Code.NOT_UNDERSTOOD,
        Code.ENGINE_LOST,
        Code.VOICE_MISSING,
        Code.VOICE_FAILED,
        Code.NO_SPEAKER,
        Code.NOT_SPOKEN,
        Code.NOT_ANSWERED,
        Code.TOOL_LIMIT,
    }
)
_FAILING = frozenset(
    {Category.AUDIO, Category.KEY, Category.NETWORK, Category.SERVER, Category.INTERNAL}
)


@dataclass(frozen=True, slots=True)
class ViewState:
    """What there is to show. `settings` is None until the core has read them."""

    state: State = State()
    input_level: float = 0.0
    output_level: float = 0.0
    inputs: tuple[events.DeviceChoice, ...] = ()
    outputs: tuple[events.DeviceChoice, ...] = ()
    partial: str = ""
    entries: tuple[Entry, ...] = ()
    conversation: ConversationSummary | None = None
    conversations: tuple[ConversationSummary, ...] = ()
    bill: Bill | None = None
    notices: tuple[events.Notice, ...] = ()
    waits: tuple[events.RetryWaiting, ...] = ()
    approvals: tuple[events.ApprovalRequested, ...] = ()
    settings: Settings | None = None
    services: ServicesView = ServicesView()
    history: HistoryView = HistoryView()
    knowledge: KnowledgeView = KnowledgeView()
    extensions: ExtensionsView = ExtensionsView()
    permissions: PermissionsView = PermissionsView()
    products: ProductsView = ProductsView()
    hotkeys: HotkeysView = HotkeysView()
    shots: ShotsView = ShotsView()
    realtime: RealtimeView = RealtimeView()
    times_asked_for: int = 0
    closed: bool = False

    @property
    def banner(self) -> events.Notice | None:
        """The one notice to show: what needs doing before what needs reading, newest first."""
        urgent = [notice for notice in self.notices if notice.action is not Action.NONE]
        ranked = urgent or list(self.notices)
        return ranked[-1] if ranked else None

    @property
    def wait(self) -> events.RetryWaiting | None:
        """The wait for a server to show: the one that began last."""
        return self.waits[-1] if self.waits else None

    @property
    def approval(self) -> events.ApprovalRequested | None:
        """The question to answer first."""
        return self.approvals[0] if self.approvals else None

    @property
    def has_failed(self) -> bool:
        """Whether something stands in the way while nothing else goes on."""
        return self.state.phase is Phase.IDLE and any(
            notice.category in _FAILING and notice.code not in _NOT_A_FAILURE
            for notice in self.notices
        )

    @property
    def answered_by(self) -> str:
        """Who gave the latest reply; empty when nobody did yet."""
        return next((entry.by for entry in reversed(self.entries) if entry.by), "")


_Family = (
    DictationEvent | ShotEvent | ProductEvent | KnowledgeEvent | PermissionEvent | ExtensionEvent
)


def reduce(view: ViewState, event: events.Event | DictationEvent) -> ViewState:
    """What is shown after `event`. Events of replies that are over or unknown change nothing."""
    if isinstance(event, _Family):
        return _reduce_family(view, event)
    match event:
        case events.StateChanged(state):
            return replace(view, state=state)
        case events.LevelChanged(level_in, level_out):
            return replace(view, input_level=level_in, output_level=level_out)
        case events.PartialTranscript(text):
            return replace(view, partial=text)
        case events.DevicesChanged(inputs, outputs):
            return replace(view, inputs=inputs, outputs=outputs)
        case events.SettingsChanged(settings):
            services = view_services.after_change(view.services, view.settings, settings)
            return replace(view, settings=settings, services=services)
        case events.ShowWindow():
            return replace(view, times_asked_for=view.times_asked_for + 1)
        case events.Closed():
            return replace(view, closed=True)
        case _:
            services = view_services.reduce(view.services, event)
            if services is not view.services:
                return replace(view, services=services)
            return _reduce_conversation(view, event)


def _reduce_family(view: ViewState, event: _Family) -> ViewState:
    if isinstance(event, PermissionEvent):
        return _reduce_permissions(view, event)
    if isinstance(event, KnowledgeEvent):
        return replace(view, knowledge=knowledge.reduce(view.knowledge, event))
    if isinstance(event, ExtensionEvent):
        return replace(view, extensions=extensions.reduce(view.extensions, event))
    if isinstance(event, ProductEvent):
        return replace(view, products=products.reduce(view.products, event))
    if isinstance(event, ShotEvent):
        pictures = shots.reduce(view.shots, event)
        return view if pictures is view.shots else replace(view, shots=pictures)
    known = history.reduce(view.history, event)
    hotkeys = view_hotkeys.reduce(view.hotkeys, event)
    if known is view.history and hotkeys is view.hotkeys:
        return view
    return replace(view, history=known, hotkeys=hotkeys)


def _reduce_permissions(view: ViewState, event: PermissionEvent) -> ViewState:
    if isinstance(event, ApprovalExtended):
        asked = (
            replace(each, seconds=event.seconds) if each.request_id == event.request_id else each
            for each in view.approvals
        )
        return replace(view, approvals=tuple(asked))
    known = permissions.reduce(view.permissions, event)
    return view if known is view.permissions else replace(view, permissions=known)


def _reduce_conversation(view: ViewState, event: events.Event) -> ViewState:
    match event:
        case events.ConversationOpened(summary, messages):
            entries = tuple(view_entries.of_message(message) for message in messages)
            return replace(
                view,
                conversation=summary,
                entries=entries,
                partial="",
                bill=None,
                products=ProductsView(),
            )
        case events.ConversationsListed(summaries):
            return replace(view, conversations=summaries, conversation=_renewed(view, summaries))
        case events.CostChanged(_, bill):
            return replace(view, bill=bill)
        case events.Notice():
            return replace(view, notices=(*_without(view.notices, event), event))
        case events.NoticeGone(notice_id):
            kept = tuple(notice for notice in view.notices if notice.id != notice_id)
            return replace(view, notices=kept)
        case events.RetryWaiting():
            return replace(view, waits=(*view.waits, event))
        case events.RetryOver(wait_id):
            going = tuple(wait for wait in view.waits if wait.wait_id != wait_id)
            return replace(view, waits=going)
        case events.ApprovalRequested():
            return replace(view, approvals=(*view.approvals, event))
        case events.ApprovalEnded(request_id):
            left = tuple(asked for asked in view.approvals if asked.request_id != request_id)
            return replace(view, approvals=left)
        case _:
            return _reduce_rest(view, event)


def _reduce_rest(view: ViewState, event: events.Event) -> ViewState:
    entries = view_entries.reduce(view.entries, event)
    known = realtime.reduce(view.realtime, event)
    if entries is view.entries and known is view.realtime:
        return view
    return replace(view, entries=entries, realtime=known)


def _without(notices: tuple[events.Notice, ...], newer: events.Notice) -> tuple[events.Notice, ...]:
    return tuple(n for n in notices if n.id != newer.id and n.code is not newer.code)


def _renewed(
    view: ViewState, summaries: tuple[ConversationSummary, ...]
) -> ConversationSummary | None:
    """The shown conversation as it is listed now; its first message gave it an id and a title."""
    shown = view.conversation
    if shown is None:
        return None
    if not shown.id and view.entries:
        known = {summary.id for summary in view.conversations}
        return next((summary for summary in summaries if summary.id not in known), shown)
    return next((summary for summary in summaries if summary.id == shown.id), shown)
