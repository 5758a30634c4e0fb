"""Every setting of pictures, declared once."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from app.settings_section import Section, word_list

PASSWORD_MANAGERS = (
    "1password",
    "bitwarden",
    "dashlane",
    "enpass",
    "gcr-prompter",
    "keepass",
    "keepassxc",
    "kwalletmanager",
    "lastpass",
    "pinentry",
    "proton pass",
    "seahorse",
)


class ScreenSettings(Section):
    """What Sayso is shown of the screen."""

    preview: Annotated[
        bool,
        Field(
            title="Look before sending",
            description="Every picture of the screen is shown to you before it goes anywhere.",
        ),
    ] = True
    never: Annotated[
        tuple[str, ...],
        BeforeValidator(word_list),
        Field(
            title="Never look at",
            description="Programs, or words of window titles. They are covered in every picture.",
            max_length=200,
        ),
    ] = PASSWORD_MANAGERS
    region_hotkey: Annotated[
        str,
        Field(
            title="Show a region",
            description="Drag a part of the screen, and ask about it.",
            json_schema_extra={"hidden": True},
        ),
    ] = "Ctrl+Alt+R"
    window_hotkey: Annotated[
        str,
        Field(
            title="Show a window",
            description="The window under the pointer.",
            json_schema_extra={"hidden": True},
        ),
    ] = ""
    screen_hotkey: Annotated[
        str,
        Field(
            title="Show the screen",
            description="The monitor with the pointer.",
            json_schema_extra={"hidden": True},
        ),
    ] = ""
