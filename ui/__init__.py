"""The Qt window: renders events, sends commands, holds no logic."""

import builtins
import sys

if "shiboken6" in sys.modules:
    import PySide6
else:
    from ui.signatures import compiled_late

    with compiled_late():
        import PySide6  # noqa: F401 - importing it replaces `builtins.__import__`

# PySide6's own import reads and keeps the source of every module that comes after it, for a feature
# that nobody here uses: a quarter of the time, and 22 MB, of what the core imports.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
