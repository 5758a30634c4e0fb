"""The settings of commands, declared once."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from app.settings_section import Section, word_list


class CommandSettings(Section):
    """Whether the assistant may run programs, and where they may write."""

    enabled: Annotated[
        bool,
        Field(
            title="Run commands",
            description="In a sandbox without network, each after your yes. Linux only.",
        ),
    ] = False
    folders: Annotated[
        tuple[str, ...],
        BeforeValidator(word_list),
        Field(
            title="Folders that commands may change",
            description="Full paths, with commas between them. Empty: none.",
            max_length=20,
        ),
    ] = ()
