"""What the user chose for single tools."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from app.permission.mode import Mode
from app.settings_section import Section, table_list


class ToolChoice(Section):
    """What one tool may do. Tools that are not named do as needed."""

    tool: str
    mode: Mode


class PermissionSettings(Section):
    """What tools may do without a question."""

    modes: Annotated[
        tuple[ToolChoice, ...],
        BeforeValidator(table_list),
        Field(
            title="Tools",
            description="For single tools: as_needed, allow, ask or off.",
            max_length=500,
            json_schema_extra={"hidden": True},
        ),
    ] = ()

    def mode_of(self, tool: str) -> Mode:
        """What the user chose for the tool of this name."""
        chosen = [choice.mode for choice in self.modes if choice.tool == tool]
        return chosen[-1] if chosen else Mode.AS_NEEDED

    def with_mode(self, tool: str, mode: Mode) -> tuple[ToolChoice, ...]:
        """The choices with this one changed."""
        others = tuple(choice for choice in self.modes if choice.tool != tool)
        return others if mode is Mode.AS_NEEDED else (*others, ToolChoice(tool=tool, mode=mode))
