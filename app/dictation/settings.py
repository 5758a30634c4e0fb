"""Every setting of dictation, declared once. The vocabulary is the recognition's own."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import BeforeValidator, Field

from app.dictation.modes import MODES, Mode, ModeRule
from app.dictation.replacements import Replacement, Snippet
from app.settings_section import Section, table_list, word_list

_HIDDEN = {"hidden": True}


class Retention(enum.StrEnum):
    """How long dictations stay in the history."""

    NOTHING = "nothing"
    TEXT = "text"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    FOREVER = "forever"


class DictationSettings(Section):
    """Speak into any program."""

    hotkey: Annotated[
        str,
        Field(
            title="Dictation key",
            description="Hold it and speak, or tap it to begin and again to end.",
            json_schema_extra=_HIDDEN,
        ),
    ] = "Ctrl+Alt+D"
    selection_hotkey: Annotated[
        str,
        Field(
            title="Selection key",
            description="Hold it and say what to do with the selected text.",
            json_schema_extra=_HIDDEN,
        ),
    ] = "Ctrl+Alt+S"
    again_hotkey: Annotated[
        str,
        Field(
            title="Insert again",
            description="Inserts the last dictation where the keyboard is now.",
            json_schema_extra=_HIDDEN,
        ),
    ] = "Ctrl+Alt+A"
    raw_hotkey: Annotated[
        str,
        Field(
            title="Insert the raw words",
            description="Inserts the last dictation as it was recognised.",
            json_schema_extra=_HIDDEN,
        ),
    ] = ""
    undo_hotkey: Annotated[
        str,
        Field(
            title="Take back",
            description="Takes back the last insertion while nothing else was typed.",
            json_schema_extra=_HIDDEN,
        ),
    ] = ""
    spoken_marks: Annotated[
        bool,
        Field(
            title="Spoken punctuation",
            description="“comma”, “new line” and “scratch that” do what they say.",
        ),
    ] = True
    numbers: Annotated[
        bool,
        Field(
            title="Numbers as digits",
            description="“twenty five percent” is written 25%.",
        ),
    ] = True
    earcons: Annotated[
        bool, Field(title="Sounds", description="A short sound when listening begins and ends.")
    ] = True
    ducking: Annotated[
        bool,
        Field(
            title="Soften other sound",
            description="Music and videos play softer while you dictate.",
        ),
    ] = True
    overlay: Annotated[
        bool,
        Field(title="Show the pill", description="Level, words and outcome, over all windows."),
    ] = True
    retention: Annotated[
        Retention,
        Field(
            title="Keep dictations",
            description="How long the history holds the words and the recordings.",
        ),
    ] = Retention.MONTH
    mode: Annotated[
        str,
        Field(
            title="Mode",
            description="What is made of the words where no rule says otherwise.",
            json_schema_extra=_HIDDEN,
        ),
    ] = "verbatim"
    modes: Annotated[
        tuple[Mode, ...],
        BeforeValidator(table_list),
        Field(title="Modes", max_length=50, json_schema_extra=_HIDDEN),
    ] = MODES
    rules: Annotated[
        tuple[ModeRule, ...],
        BeforeValidator(table_list),
        Field(title="Modes by program", max_length=200, json_schema_extra=_HIDDEN),
    ] = ()
    enter_allowed: Annotated[
        tuple[str, ...],
        BeforeValidator(word_list),
        Field(
            title="Terminals that may get line breaks",
            max_length=50,
            json_schema_extra=_HIDDEN,
        ),
    ] = ()
    replacements: Annotated[
        tuple[Replacement, ...],
        BeforeValidator(table_list),
        Field(title="Replacements", max_length=1000, json_schema_extra=_HIDDEN),
    ] = ()
    snippets: Annotated[
        tuple[Snippet, ...],
        BeforeValidator(table_list),
        Field(title="Snippets", max_length=500, json_schema_extra=_HIDDEN),
    ] = ()
