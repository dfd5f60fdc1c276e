"""The primitives, one module per family; importing this package registers them all."""

import importlib
import pkgutil

# Every module in this folder is a family. Walking the folder means that a new family cannot be
# forgotten here.
for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
