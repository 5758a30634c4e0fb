from __future__ import annotations

from app.shots.events import (
    AttachmentsChanged,
    ShotDelayed,
    ShotEvent,
    ShotGone,
    ShownWindow,
    WindowsListed,
)
from app.shots.shot import Edit, EditKind, Rect, SecretFound, SecretKind
from tests.ui.shots.pictures import attachment, prepared, shot, taken, wanted
from ui.shots.state import ShotsView, reduce
from ui.view_state import ViewState, reduce as reduce_all


def after(*told: ShotEvent) -> ShotsView:
    view = ShotsView()
    for event in told:
        view = reduce(view, event)
    return view


def test_a_shot_waits_until_it_is_prepared() -> None:
    (pending,) = after(taken(note="A window is covered.")).pending
    assert (pending.attachment, pending.width, pending.note) == (None, 800, "A window is covered.")
    secret = SecretFound(SecretKind.KEY, Rect(1, 2, 3, 4))
    edit = Edit(EditKind.BLUR, Rect(0, 0, 9, 9))
    told = prepared(edits=(edit,), secrets=(secret,), unread=("Chat",), waits=True)
    (pending,) = after(taken(), told).pending
    assert pending.attachment is told.attachment
    assert (pending.made_with, pending.secrets) == ((edit,), (secret,))
    assert (pending.unread, pending.waits) == (("Chat",), True)


def test_what_was_prepared_for_a_shot_that_is_gone_is_no_shot() -> None:
    assert after(*shot("a"), ShotGone("a"), prepared("a")) == ShotsView()


def test_several_keep_their_order() -> None:
    view = after(taken("a"), taken("b"), prepared("b"), prepared("a"))
    assert [pending.shot_id for pending in view.pending] == ["a", "b"]


def test_attached_is_no_longer_pending() -> None:
    made = attachment("a")
    view = after(*shot("a"), *shot("b"), AttachmentsChanged((made,)))
    assert [pending.shot_id for pending in view.pending] == ["b"]
    assert view.attached == (made,)
    assert reduce(view, AttachmentsChanged(())).attached == ()
    assert reduce(view, ShotGone("a")).attached == ()


def test_delay_and_windows() -> None:
    windows = (ShownWindow("1", "Mail", "thunderbird"),)
    view = after(ShotDelayed(3.0), WindowsListed(windows))
    assert (view.delay_s, view.windows) == (3.0, windows)
    assert reduce(view, ShotDelayed(0)).delay_s == 0


def test_what_is_about_the_screen_changes_nothing() -> None:
    view = after(taken())
    assert reduce(view, wanted()) is view


def test_the_window_reduces_them() -> None:
    view = reduce_all(ViewState(), taken("a"))
    assert view.shots.find("a") is not None
    assert reduce_all(view, wanted()) is view
