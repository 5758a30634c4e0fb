from __future__ import annotations

from hypothesis import given, strategies as st

from app.shots.shot import Rect
from ui.shots.selection import Selection, contains, intersected, spanned

BOUNDS = Rect(-100, -50, 400, 300)
START = Selection(BOUNDS, (0, 0))


def dragged(*, begin: tuple[int, int], end: tuple[int, int]) -> Selection:
    return START.press(begin).move(end).release()


def test_a_drag_has_both_pixels_in_it_whichever_way_it_goes() -> None:
    wanted = Rect(10, 20, 31, 41)
    assert dragged(begin=(10, 20), end=(40, 60)).rect == wanted
    assert dragged(begin=(40, 60), end=(10, 20)).rect == wanted
    assert dragged(begin=(40, 20), end=(10, 60)).rect == wanted


def test_a_drag_ends_at_the_edge_of_the_screen() -> None:
    assert dragged(begin=(0, 0), end=(9999, -9999)).rect == Rect(0, -50, 300, 51)


def test_arrows_move_and_ctrl_arrows_resize() -> None:
    chosen = dragged(begin=(0, 0), end=(9, 9))
    assert chosen.nudge(1, -1).rect == Rect(1, -1, 10, 10)
    assert chosen.resize(5, 2).rect == Rect(0, 0, 15, 12)
    assert chosen.resize(-100, -100).rect == Rect(0, 0, 1, 1)
    assert chosen.nudge(-9999, 9999).rect == Rect(-100, 240, 10, 10)
    assert chosen.nudge(1, 0).point == (10, 9)


def test_without_anything_chosen_arrows_move_the_crosshair() -> None:
    moved = START.nudge(3, 4)
    assert (moved.rect, moved.point) == (None, (3, 4))
    assert moved.resize(9, 0).rect == Rect(3, 4, 10, 1)


def test_space_moves_all_of_it_while_it_is_dragged() -> None:
    dragging = START.press((0, 0)).move((20, 10))
    moved = dragging.move((25, 15), whole=True)
    assert moved.rect == Rect(5, 5, 21, 11)
    assert moved.move((30, 30)).rect == Rect(5, 5, 26, 26), "the first corner moved with it"


def test_space_at_the_edge_keeps_the_size() -> None:
    dragging = START.press((-90, 0)).move((-80, 10))
    moved = dragging.move((-100, 10), whole=True)
    assert moved.rect == Rect(-100, 0, 11, 11)
    assert moved.move((-85, 10)).rect == Rect(-100, 0, 16, 11)


def test_a_press_within_moves_what_is_chosen() -> None:
    chosen = dragged(begin=(0, 0), end=(19, 19))
    assert chosen.press((5, 5)).move((15, 25)).release().rect == Rect(10, 20, 20, 20)
    assert chosen.press((50, 50)).rect is None


def test_release_without_a_drag_chooses_nothing() -> None:
    assert START.press((5, 5)).release().rect is None


point = st.tuples(st.integers(-500, 500), st.integers(-500, 500))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("press"), point),
        st.tuples(st.just("move"), point),
        st.tuples(st.just("whole"), point),
        st.tuples(st.just("release"), point),
        st.tuples(st.just("nudge"), point),
        st.tuples(st.just("resize"), point),
    ),
    max_size=20,
)


@given(steps)
def test_it_never_leaves_the_screen(taken: list[tuple[str, tuple[int, int]]]) -> None:
    chosen = START
    for name, at in taken:
        match name:
            case "press":
                chosen = chosen.press(at)
            case "move" | "whole":
                chosen = chosen.move(at, whole=name == "whole")
            case "release":
                chosen = chosen.release()
            case "nudge":
                chosen = chosen.nudge(*at)
            case _:
                chosen = chosen.resize(*at)
        assert contains(BOUNDS, chosen.point)
        if chosen.rect is not None:
            assert intersected(BOUNDS, chosen.rect) == chosen.rect


@given(point, point)
def test_spanned_holds_both(one: tuple[int, int], other: tuple[int, int]) -> None:
    rect = spanned(one, other)
    assert contains(rect, one)
    assert contains(rect, other)


def test_what_does_not_meet_shares_nothing() -> None:
    assert intersected(Rect(0, 0, 10, 10), Rect(10, 0, 5, 5)) is None
    assert intersected(Rect(0, 0, 10, 10), Rect(5, 5, 10, 10)) == Rect(5, 5, 5, 5)
