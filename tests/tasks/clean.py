"""Tasks in which there are no words but the user's own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from app.products.events import ProductOffered
from tests.tasks.task import Place, Task, use


def rows(place: Place, table: str) -> list[str]:
    """What is in a table of the store, row by row, as text."""
    return _rows(str(place.world.paths.store_file), table)


def facts(place: Place) -> list[str]:
    """What is remembered."""
    return _rows(str(place.world.paths.data / "memory.db"), "facts")


def _rows(file: str, table: str) -> list[str]:
    store = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return [repr(row) for row in store.execute(f"SELECT * FROM {table}")]
    finally:
        store.close()


def has(lines: Sequence[str], *words: str) -> bool:
    """Whether one of them has all these words."""
    return any(all(word in line for word in words) for line in lines)


def file_has(path: str, *words: str) -> Callable[[Place], bool]:
    """The file at this place of the home has these words."""

    def look(place: Place) -> bool:
        file = place.world.home / path
        return file.is_file() and all(word in file.read_text() for word in words)

    return look


def told(tool: str, *words: str) -> Callable[[Place], bool]:
    """The tool answered, and its answer has these words."""
    return lambda place: any(
        all(word in repr(result) for word in words) for result in place.results(tool)
    )


def opened(words: str) -> Callable[[Place], bool]:
    """Something was opened with these words."""

    def look(place: Place) -> bool:
        return words in place.world.started

    return look


def offered(*words: str) -> Callable[[Place], bool]:
    """A card with these words is shown."""
    return lambda place: any(
        all(word in repr(event.offer) for word in words) for event in place.world.of(ProductOffered)
    )


def volume_is(percent: int) -> Callable[[Place], bool]:
    """The speakers are so loud."""
    return lambda place: abs(place.desk.loudness() - percent) <= 1


def _put(path: str, text: str) -> Callable[[Place], object]:
    return lambda place: (place.world.home / path).write_text(text, encoding="utf-8")


def _program(place: Place) -> None:
    folder = place.world.home / ".local/share/applications"
    folder.mkdir(parents=True, exist_ok=True)
    painter = place.world.programs / "painter"
    painter.write_text(f'#!/bin/sh\necho painter >> "{place.world.programs}/started.log"\n')
    painter.chmod(0o755)
    (folder / "painter.desktop").write_text(
        f"[Desktop Entry]\nType=Application\nName=Painter\nExec={painter}\n"
    )


def _field(text: str) -> Callable[[Place], bool]:
    return lambda place: text in place.desk.field.settled(text)


def _copied(text: str) -> Callable[[Place], bool]:
    return lambda place: place.desk.copied() == text


CLEAN: tuple[Task, ...] = (
    Task("What time is it?", [[use("get_time")]], told("get_time", ":")),
    Task("What is tomorrow's date?", [[use("get_date", offset_days=1)]], told("get_date", "date")),
    Task("Wake me in ten minutes for the pasta.",
         [[use("set_timer", seconds=600, label="pasta")]],
         lambda place: has(rows(place, "timers"), "pasta", "600")),
    Task("Remind me at five.",
         [[use("get_time")], [use("set_timer", seconds=3600, label="five o'clock")]],
         lambda place: has(rows(place, "timers"), "five o")),
    Task("Which timers are running?",
         [[use("set_timer", seconds=900, label="tea")], [use("list_timers")]],
         told("list_timers", "tea")),
    Task("Cancel the tea timer again.",
         [[use("set_timer", seconds=900, label="oolong")],
          [use("cancel_timer", label="oolong")]],
         lambda place: not has(rows(place, "timers"), "oolong")),
    Task("Two timers: eggs for six minutes and rice for twelve.",
         [[use("set_timer", seconds=360, label="eggs"),
           use("set_timer", seconds=720, label="rice")]],
         lambda place: has(rows(place, "timers"), "eggs") and has(rows(place, "timers"), "rice")),
    Task("What is 17 percent of 240?", [[use("calculate", expression="17 percent of 240")]],
         told("calculate", "40.8")),
    Task("12 times 7?", [[use("calculate", expression="12*7")]], told("calculate", "84")),
    Task("How many miles are 42 kilometres?",
         [[use("convert_units", value=42, from_unit="km", to_unit="mile")]],
         told("convert_units", "26.")),
    Task("What is 350 Fahrenheit in Celsius?",
         [[use("convert_units", value=350, from_unit="fahrenheit", to_unit="celsius")]],
         told("convert_units", "176")),
    Task("Note that the bins go out on Thursday.",
         [[use("add_note", text="The bins go out on Thursday.")]],
         lambda place: has(rows(place, "notes"), "bins")),
    Task("Read me my notes.",
         [[use("add_note", text="Call the dentist.")], [use("list_notes", limit=5)]],
         told("list_notes", "dentist")),
    Task("Note milk, and set a timer for an hour.",
         [[use("add_note", text="Milk"), use("set_timer", seconds=3600, label="hour")]],
         lambda place: has(rows(place, "notes"), "Milk") and has(rows(place, "timers"), "hour")),
    Task("Remember that my car is a blue Golf.",
         [[use("remember", fact="My car is a blue Golf.")]],
         lambda place: has(facts(place), "blue Golf")),
    Task("What do you know about my bike?",
         [[use("remember", fact="My bike is red.")], [use("recall", about="bike")]],
         told("recall", "red")),
    Task("Forget what I said of the piano.",
         [[use("remember", fact="The piano is out of tune.")], [use("forget", about="piano")]],
         lambda place: not has(facts(place), "piano")),
    Task("Write a shopping list with bread and salt into a file.",
         [[use("create_file", path="Documents/shopping.txt", text="bread\nsalt\n")]],
         file_has("Documents/shopping.txt", "bread", "salt")),
    Task("Add to my diary that it rained.",
         [[use("append_to_file", path="Documents/diary.md", text="Tuesday: it rained.")]],
         file_has("Documents/diary.md", "Monday", "it rained")),
    Task("Keep my haiku in a file on the desktop.",
         [[use("create_file", path="Desktop/haiku.txt", text="old pond\nfrog jumps\nsplash\n")]],
         file_has("Desktop/haiku.txt", "frog")),
    Task("Replace what is in draft.txt by “new start”.",
         [[use("replace_file", path="Documents/draft.txt", text="new start")]],
         file_has("Documents/draft.txt", "new start"), frozenset({"replace_file"}),
         before=_put("Documents/draft.txt", "old")),
    Task("Copy “12 Harbour Road” to the clipboard.",
         [[use("write_clipboard", text="12 Harbour Road")]], _copied("12 Harbour Road")),
    Task("Open the Wikipedia page about tea.",
         [[use("open_site", url="https://en.wikipedia.org/wiki/Tea")]],
         opened("wikipedia.org/wiki/Tea"), frozenset({"open_site"})),
    Task("Start the painter.", [[use("open_app", name="Painter")]], opened("painter"),
         frozenset({"open_app"}), before=_program),
    Task("Type “Kind regards” for me.", [[use("type_text", text="Kind regards")]],
         _field("Kind regards"), frozenset({"type_text"}),
         before=lambda place: place.desk.field.empty()),
    Task("Set the volume to forty percent.",
         [[use("set_volume", percent=40, change=None, muted=None)]], volume_is(40)),
    Task("How loud is it?",
         [[use("set_volume", percent=60, change=None, muted=None)], [use("get_volume")]],
         told("get_volume", "60")),
    Task("Mute the speakers, no, unmute them.",
         [[use("set_volume", percent=None, change=None, muted=True)],
          [use("set_volume", percent=None, change=None, muted=False)]],
         told("set_volume", "False")),
    Task("Make me a table of two fruits with prices: apples 2, pears 3.",
         [[use("offer_table", title="Fruit", columns=["Fruit", "Price"],
               rows=[["apples", "2"], ["pears", "3"]])]],
         offered("apples", "pears")),
    Task("Dinner with Ada on Friday the 27th at seven: make an event.",
         [[use("offer_event", title="Dinner with Ada", starts="2026-11-27 19:00", ends=None,
               time_zone=None, place=None, notes=None)]],
         offered("Dinner with Ada")),
    Task("Make a contact for Sam Lee, 030 1234567.",
         [[use("offer_contact", name="Sam Lee", organisation=None, role=None,
               phones=["030 1234567"], emails=[], address=None, website=None, notes=None)]],
         offered("Sam Lee")),
    Task("Write a script that says hello.",
         [[use("offer_code", file_name="hello.py", code="print('hello')\n")]],
         offered("hello.py")),
    Task("Draft a thank-you note that I can edit.",
         [[use("offer_text", title="Thanks", text="Dear Ada, thank you.")]], offered("thank you")),
)  # fmt: skip
