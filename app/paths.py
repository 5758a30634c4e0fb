"""Where Sayso keeps things. `SAYSO_HOME` puts all of it under one folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError, Code
from app.summons import runtime_dir


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders exist, with rights for the user alone, once `create` was called."""

    config: Path
    data: Path
    state: Path
    runtime: Path

    @classmethod
    def from_environment(cls) -> Paths:
        """The platform's folders, or those under `SAYSO_HOME`."""
        if home := os.environ.get("SAYSO_HOME"):
            root = Path(home).expanduser().resolve()
            runtime = Path(runtime_dir())
            return cls(root / "config", root / "data", root / "state", runtime)
        import platformdirs

        dirs = platformdirs.PlatformDirs("sayso", appauthor=False)
        return cls(
            dirs.user_config_path, dirs.user_data_path, dirs.user_state_path, Path(runtime_dir())
        )

    def create(self) -> None:
        """Make the folders. Raises AppError when one of them cannot be written."""
        for folder in (self.config, self.data, self.state, self.runtime, self.journal, self.logs):
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise AppError(Code.FOLDER_UNWRITABLE, str(folder)) from error
            if not os.access(folder, os.W_OK):
                raise AppError(Code.FOLDER_UNWRITABLE, str(folder))

    @property
    def settings_file(self) -> Path:
        """The settings, TOML."""
        return self.config / "settings.toml"

    @property
    def store_file(self) -> Path:
        """Conversations and notes, SQLite."""
        return self.data / "sayso.db"

    @property
    def usage_file(self) -> Path:
        """What requests cost, SQLite."""
        return self.data / "usage.db"

    @property
    def grants_file(self) -> Path:
        """What tools may do without a question, JSON."""
        return self.data / "grants.json"

    @property
    def allowed_file(self) -> Path:
        """Hashes of the servers and tool files that the user allowed, JSON."""
        return self.data / "allowed.json"

    @property
    def tool_files(self) -> Path:
        """The user's own tools, Python."""
        return self.data / "tools"

    @property
    def tool_log(self) -> Path:
        """What tools did, a line of JSON for each call."""
        return self.state / "tools.jsonl"

    @property
    def knowledge_file(self) -> Path:
        """What was read of the user's folders, SQLite."""
        return self.data / "knowledge.db"

    @property
    def memory_file(self) -> Path:
        """What the user asked to remember, SQLite."""
        return self.data / "memory.db"

    @property
    def journal(self) -> Path:
        """One folder per take."""
        return self.state / "takes"

    @property
    def dictations(self) -> Path:
        """Recordings of dictations."""
        return self.data / "dictations"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.state / "logs"
