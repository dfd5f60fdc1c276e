"""`keras.utils.get_file` and pretrained weights: real files where they are, else stand-ins.

Weights that cannot be had stay what the layers were initialised with, and a note says so: shapes,
masks and gradients are right, values mean nothing.
"""

from __future__ import annotations

import os
import sys
import urllib.request
from pathlib import Path
from typing import Any

import keras
import keras.src.utils.file_utils as file_utils

from inspector.errors import OpenError
from inspector.loading import made_up_files
from inspector.loading.situation import Situation

_WHY = "Not on this machine, and the network is off: a small made-up file stands in for it."
_WEIGHTS = (".h5", ".hdf5", ".keras", ".ckpt", ".index")
_NO_WEIGHTS = "inspector-no-weights"


def install(situation: Situation) -> None:
    """Answer `get_file` without a network, and let pretrained weights be random."""
    downloads = _Downloads(situation)
    patches = situation.patches
    patches.wrap(file_utils, "get_file", downloads.get_file)
    patches.set(keras.utils, "get_file", file_utils.get_file)
    for name, module in list(sys.modules.items()):  # these have taken the function by name
        if name.startswith("keras.src.datasets.") and hasattr(module, "get_file"):
            patches.set(module, "get_file", file_utils.get_file)
    patches.wrap(file_utils, "urlretrieve", downloads.urlretrieve)
    patches.wrap(urllib.request, "urlretrieve", downloads.urlretrieve)
    patches.wrap(keras.Model, "load_weights", downloads.load_weights)


class _Downloads:
    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._folder = situation.scratch / "downloads"

    def get_file(self, original: Any) -> Any:
        def get_file(
            fname: Any = None, origin: Any = None, untar: bool = False, *rest: Any, **options: Any
        ) -> str:
            name = os.path.basename(str(fname or origin or "file").split("?")[0].rstrip("/"))
            real = self._real(str(fname or name), options, untar or bool(options.get("extract")))
            if real is not None:
                return real
            return self._stand_in(name, str(origin or fname), untar or options.get("extract"))

        return get_file

    def urlretrieve(self, original: Any) -> Any:
        def urlretrieve(url: str, filename: Any = None, *args: Any, **options: Any) -> Any:
            name = os.path.basename(str(url).split("?")[0].rstrip("/"))
            data = self._data(name, url)
            target = Path(filename) if filename is not None else self._folder / name
            self._folder.mkdir(parents=True, exist_ok=True)
            with open(target, "wb") as file:
                file.write(data)
            return str(target), {}

        return urlretrieve

    def load_weights(self, original: Any) -> Any:
        def load_weights(model: Any, filepath: Any, *args: Any, **options: Any) -> Any:
            if os.path.basename(os.fspath(filepath)).startswith(_NO_WEIGHTS):
                self._situation.notes.add(
                    f"the weights of {model.name}",
                    "Pretrained weights are not on this machine: random ones instead.",
                )
                return None
            return original(model, filepath, *args, **options)

        return load_weights

    def _real(self, fname: str, options: dict[str, Any], unpack: bool) -> str | None:
        cache = options.get("cache_dir")
        folders = [Path(cache)] if cache else [Path.home() / ".keras"]
        place = options.get("cache_subdir", "datasets")
        for folder in folders:
            path = folder / place / fname
            if path.exists():
                unpacked = path.parent / f"{path.name.split('.')[0]}_extracted"
                return str(unpacked if unpack and unpacked.exists() else path)
        return None

    def _stand_in(self, name: str, origin: str, unpack: Any) -> str:
        self._folder.mkdir(parents=True, exist_ok=True)
        if name.lower().endswith(_WEIGHTS):
            path = self._folder / f"{_NO_WEIGHTS}-{name}"
            path.touch()
            return str(path)
        path = self._folder / name
        if not unpack:
            path.write_bytes(self._data(name, origin))
            return str(path)
        self._situation.notes.add(f"download of {origin}", _WHY)
        # Keras gives the folder that it unpacked to.
        folder = self._folder / f"{name.split('.')[0]}_extracted"
        folder.mkdir(exist_ok=True)
        for inside, part in made_up_files.folder_content().items():
            folder.joinpath(inside).write_bytes(part)
        return str(folder)

    def _data(self, name: str, origin: str) -> bytes:
        data = made_up_files.content(name)
        if data is None:  # a name without an ending: the address may have one
            data = made_up_files.content(os.path.basename(origin.split("?")[0].rstrip("/")))
        if data is None:
            raise OpenError(
                f"{origin} is not on this machine, and the network is off.",
                fix=f"Put {name} into ~/.keras/datasets, or beside the script.",
            )
        self._situation.notes.add(f"download of {origin}", _WHY)
        return data
