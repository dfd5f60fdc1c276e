"""Who may import `tensorflow`: the user's files, nobody else.

The stand-in stands in `sys.modules`, where a library would find it too. So the three ways of
asking for a module are watched for that one name: the import statement, `import_module` and
`find_spec`. The asker is known by its file: what lies in site-packages, in the standard library
or in Inspector is told that there is no TensorFlow (`ModuleNotFoundError`, or None from
`find_spec`), which is the truth. `importlib.metadata` never knew the stand-in. What remains
visible to libraries is the key in `sys.modules`, for those that look there themselves.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import sys
from collections.abc import Callable
from typing import Any

from inspector.compat.missing import MissingAttribute, MissingImport, is_user_file

_GUARDED = "tensorflow"


def _is_guarded(name: str) -> bool:
    return name == _GUARDED or name.startswith(f"{_GUARDED}.")


def asked_by_user(frame: Any) -> bool:
    while frame is not None:
        file = frame.f_code.co_filename
        if "importlib" not in file and file != __file__:
            return is_user_file(file)
        frame = frame.f_back
    return True


def refused(name: str) -> ModuleNotFoundError:
    return ModuleNotFoundError(f"No module named {name!r}", name=name)


class ImportGuard:
    """The three watched functions, put in place and taken back."""

    def __init__(self) -> None:
        self._import: Callable[..., Any] = builtins.__import__
        self._import_module = importlib.import_module
        self._find_spec = importlib.util.find_spec

    def install(self) -> None:
        builtins.__import__ = self._watched_import
        importlib.import_module = self._watched_import_module
        importlib.util.find_spec = self._watched_find_spec

    def remove(self) -> None:
        builtins.__import__ = self._import
        importlib.import_module = self._import_module
        importlib.util.find_spec = self._find_spec

    def _watched_import(
        self,
        name: str,
        globals: Any = None,
        locals: Any = None,
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        if level or not _is_guarded(name):
            return self._import(name, globals, locals, fromlist, level)
        if not is_user_file((globals or {}).get("__file__") or "<string>"):
            raise refused(name)
        module = self._import(name, globals, locals, (), 0)
        if not fromlist:
            return module
        module = sys.modules[name]
        for wanted in fromlist:
            if wanted != "*":
                _need(module, wanted)
        return module

    def _watched_import_module(self, name: str, package: str | None = None) -> Any:
        if _is_guarded(name) and not asked_by_user(sys._getframe(1)):
            raise refused(name)
        return self._import_module(name, package)

    def _watched_find_spec(self, name: str, package: str | None = None) -> Any:
        if _is_guarded(name) and not asked_by_user(sys._getframe(1)):
            return None
        return self._find_spec(name, package)


def _need(module: Any, name: str) -> None:
    """`from module import name`, failing with the full sentence that Python would drop."""
    try:
        getattr(module, name)
    except MissingAttribute as error:
        raise MissingImport(error.message, fix=error.fix) from None
    except AttributeError:
        return
