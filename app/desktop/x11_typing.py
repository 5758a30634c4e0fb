"""Types any text with simulated keys (XTEST), in any layout, and leaves the keyboard as it was."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from Xlib import X, Xatom

from app.desktop.typing_plan import Batch, Key, Layout, keysym_of, lendings, plan, read_layout
from app.desktop.writing import NoKey
from app.desktop.x11_session import X11Session

_SETTLE_S = 0.01
_SLOW_S = 0.5
"""What a program is given more that has not told in time that it has looked up its keys."""

_PONG_S = 3.0

_LENDINGS = 4
"""Window managers bind all their keys anew at each change: after hundreds they hang for minutes."""


_AT_MOST = 12
"""Characters between two looks at the focus. The server hears nobody else meanwhile."""

_SHIFT_L = 0xFFE1
_LOCK = X.LockMask
_ROW_BYTES = 255


class X11Typing:
    """Writes with the keyboard. One thread, with its connection.

    Keys that write nothing are lent to the characters that the layout lacks. Which ones is noted
    at the root window, so that those of a run that was killed are found and freed.
    """

    def __init__(self, session: X11Session) -> None:
        self._session = session
        self._note = session.atom("SAYSO_LENT_KEYS")
        self._free_leftovers()

    def layout(self) -> Layout:
        """What the keys write now."""
        info = self._session.display.display.info
        count = info.max_keycode - info.min_keycode + 1
        rows = self._session.display.get_keyboard_mapping(info.min_keycode, count)
        return read_layout(rows, info.min_keycode, self._session.modifiers().group)

    def type(self, text: str, window: int, fits: Callable[[], bool]) -> int:
        """Type `text` into `window` while `fits()`, and give the number of characters typed.

        `fits` is asked while the server hears nobody else, right before the keys. Raises NoKey
        before the first one.
        """
        layout = self.layout()
        shift = layout.keys.get(_SHIFT_L)
        try:
            batches = plan(text, layout, _AT_MOST)
        except ValueError:
            raise NoKey from None
        lent = lendings(batches)
        if shift is None or lent > _LENDINGS or (lent and not self._answers(window)):
            raise NoKey
        typed = 0
        with self._without_caps_lock(), self._lending(layout, window) as lend:
            for batch in batches:
                lend(batch.lent)
                with self._session.alone():
                    if not fits():
                        break
                    self._press(batch, layout, shift.code)
                typed += len(batch.text)
        return typed

    def press(self, *codes: int) -> None:
        """Press a chord: keys go down in order, and up again."""
        for code in codes:
            self._session.key(code, down=True)
        for code in reversed(codes):
            self._session.key(code, down=False)

    def _press(self, batch: Batch, layout: Layout, shift: int) -> None:
        codes = {symbol: code for code, symbol in batch.lent.items()}
        for character in batch.text:
            symbol = keysym_of(character)
            key = layout.keys.get(symbol) or Key(codes[symbol])
            self.press(*((shift, key.code) if key.shifted else (key.code,)))

    @contextlib.contextmanager
    def _lending(self, layout: Layout, window: int) -> Iterator[Callable[[dict[int, int]], None]]:
        lent: dict[int, int] = {}

        def lend(wanted: dict[int, int]) -> None:
            new = {code: symbol for code, symbol in wanted.items() if lent.get(code) != symbol}
            if not new:
                return
            if not lent:
                self._session.root.change_property(
                    self._note, Xatom.CARDINAL, 32, list(layout.spare)
                )
            elif any(code in lent for code in new):
                self._caught_up(window)
            lent.update(new)
            self._write(new, layout.width)
            self._session.display.sync()
            time.sleep(_SETTLE_S)

        try:
            yield lend
        finally:
            if lent:
                self._caught_up(window)
                self._free(list(lent), layout.width)

    def _answers(self, window: int) -> bool:
        """Whether the program tells when it has looked up its keys; without that, some are lost."""
        return self._session.ping(window, _PONG_S)

    def _caught_up(self, window: int) -> None:
        """Wait until the program has looked up the keys it got: it uses the map it finds then."""
        self._session.display.sync()
        if not self._session.ping(window, _PONG_S):
            time.sleep(_SLOW_S)

    def _write(self, symbols: dict[int, int], width: int) -> None:
        """Give keys other symbols, neighbours at once: programs read the whole map each time."""
        run: list[int] = []
        for code in sorted(symbols):
            if run and code != run[-1] + 1:
                self._write_run(run, symbols, width)
                run = []
            run.append(code)
        if run:
            self._write_run(run, symbols, width)

    def _write_run(self, codes: list[int], symbols: dict[int, int], width: int) -> None:
        rows = [[symbols[code]] * max(width, 1) for code in codes]
        self._session.display.change_keyboard_mapping(codes[0], rows)

    def _free(self, codes: list[int], width: int) -> None:
        self._write(dict.fromkeys(codes, 0), width)
        self._session.root.delete_property(self._note)
        self._session.display.sync()

    def _free_leftovers(self) -> None:
        noted = self._session.numbers(self._session.root, "SAYSO_LENT_KEYS")
        codes = [code for code in noted if 8 <= code <= _ROW_BYTES]
        if codes:
            rows = {code: self._session.display.get_keyboard_mapping(code, 1)[0] for code in codes}
            ours = [code for code, row in rows.items() if len({*row} - {0}) == 1]
            self._free(ours, max(map(len, rows.values())))

    @contextlib.contextmanager
    def _without_caps_lock(self) -> Iterator[None]:
        locked = self._session.modifiers().locked & _LOCK
        if not locked:
            yield
            return
        self._session.lock_modifiers(_LOCK, 0)
        try:
            yield
        finally:
            self._session.lock_modifiers(_LOCK, _LOCK)
            self._session.display.sync()
