"""What has to be read anew."""

from __future__ import annotations

from app.knowledge.changes import Known, changes
from app.knowledge.passage import LeftOut
from app.knowledge.ranking import fused, spread
from app.knowledge.scan import Found

A = Known(1, 10, 5, b"a", "")


def paths(files: tuple[Found, ...]) -> list[str]:
    return [file.path for file in files]


def test_only_what_differs_is_read() -> None:
    known = {"same": A, "touched": A, "grown": A, "gone": A, "once": Known(2, 1, 1, b"", "x", 1)}
    found = [
        Found("same", 10, 5),
        Found("touched", 10, 6),
        Found("grown", 11, 5),
        Found("new", 1, 1),
        Found("once", 1, 1),
    ]
    todo = changes(known, found)
    assert paths(todo.to_read) == ["touched", "grown", "new", "once"]
    assert todo.gone == ("gone",)


def test_a_file_that_ended_two_readings_is_not_tried_a_third_time() -> None:
    known = {"bad.pdf": Known(1, 1, 1, b"", "too_slow", 2)}
    assert changes(known, [Found("bad.pdf", 1, 1)]).to_read == ()


def test_what_cannot_be_seen_is_not_taken_for_gone() -> None:
    known = {"in/a": A, "in/deep/b": A, "inner": A}
    assert changes(known, [], ["in"]).gone == ("inner",)
    assert changes(known, [], [""]).gone == ()


def test_a_reason_is_noted_once() -> None:
    file = Found("x.png", 1, 1, LeftOut.BINARY)
    assert changes({}, [file]).to_leave_out == (file,)
    assert changes({"x.png": Known(1, 1, 1, b"", "binary")}, [file]).to_leave_out == ()


def test_searches_are_fused_by_rank() -> None:
    assert fused([["a", "b", "c"], ["c", "b", "d"]])[:2] == ["c", "b"]
    assert fused([[], ["x"]]) == ["x"]


def test_one_file_does_not_take_all_places() -> None:
    items = ["a1", "a2", "a3", "b1", "a4"]
    assert spread(items, lambda item: item[0], 2, 3) == ["a1", "a2", "b1"]
    assert spread(items, lambda item: item[0], 2, 9) == ["a1", "a2", "b1", "a3", "a4"]
