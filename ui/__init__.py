"""The Qt window: renders events, sends commands, holds no logic."""

import builtins
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

# PySide6 compiles its generator of type stubs from source at every start, though only its own tools
# use it: an eighth of what importing Qt costs.
_STUBS = "shibokensupport.signature.lib.pyi_generator"
if "shiboken6" not in sys.modules and _STUBS not in sys.modules:
    sys.modules[_STUBS] = ModuleType(_STUBS)
    sys.modules[_STUBS].__spec__ = ModuleSpec(_STUBS, None)

import PySide6  # noqa: E402, F401 - importing it replaces `builtins.__import__`

# PySide6's own import reads and keeps the source of every module that comes after it, for a feature
# that nobody here uses: a quarter of the time, and 22 MB, of what the core imports.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
