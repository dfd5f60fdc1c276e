"""Data files and folders of another machine: made up at the place where the script looks for them.

    opened("fra.txt")            a small file of the kind that its ending names
    listed("images/train")       a folder of files, or of one folder for each class
    matched("data/*/*.jpg")      files that the pattern finds

All of it is written to the scratch folder. What kinds of files and which keys there are is taken
from the script: the endings that it filters by, the keys that it looks up.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

from inspector.loading import made_up_files
from inspector.loading.overlay import Overlay
from inspector.loading.script_hints import hints_of
from inspector.loading.situation import Situation

_WHY = "It is not on this machine: made up for the time that the script is inspected."
_HAS_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}$")


class MissingData:
    """Makes up what the script reads and does not find."""

    def __init__(self, situation: Situation, overlay: Overlay) -> None:
        self._situation = situation
        self._overlay = overlay
        self._hints = hints_of(situation.path)
        self._classes = class_names(self._hints.classes())

    def opened(self, path: Any, *, as_text: bool = False) -> None:
        """A file that is opened for reading."""
        text = _text(path)
        if text is None or self._overlay.exists(text):
            return
        data = self._content(os.path.basename(text))
        if data is None and as_text and not _HAS_ENDING.search(text):
            data = made_up_files.text()
        if data is not None:
            self._note("open", text)
            self._write(text, data)

    def listed(self, path: Any) -> None:
        """A folder whose content is asked for."""
        text = _text(path)
        if text is None or (self._overlay.exists(text) and self._overlay.listdir(text)):
            return
        self._note("the folder", text)
        base = os.path.basename(text.rstrip("/\\"))
        # A class's own folder, a second listing, holds files.
        is_class = base.startswith("class_")
        of_classes = not is_class and self._hints.has_folders(base)
        for folder in (
            [os.path.join(text, name) for name in self._classes] if of_classes else [text]
        ):
            self._fill(folder, self._hints.ending(text))

    def _fill(self, folder: str, ending: str) -> None:
        for number in range(self._files(folder)):
            self._make(os.path.join(folder, f"{number:04d}{ending}"))

    def _files(self, folder: str) -> int:
        """How many files a folder gets: fewer in one of many classes'."""
        is_class = os.path.basename(folder.rstrip("/\\")) in self._classes
        return self._hints.files() // (max(len(self._classes) // 2, 1) if is_class else 1) or 1

    def matched(self, pattern: Any) -> None:
        """Files for a pattern of `glob` that finds none."""
        text = _text(pattern)
        if text is None or not os.path.dirname(text):
            return  # what lies in the working folder is the user's own
        self._note("the files", text)
        parts = text.replace("**/", "*/").split("/")
        places = [""]
        for place, part in enumerate(parts[:-1]):
            names = [part.replace("*", name) for name in self._classes] if "*" in part else [part]
            places = [before + name + "/" for before in places for name in names] or places
            if place > 12:
                return
        ending = "" if "." in parts[-1].replace(".*", "") else self._hints.ending(text)
        last = parts[-1].replace(".*", "*")
        for folder in places:
            for number in range(self._files(folder)):
                name = re.sub(r"\[.*?\]|\?", "0", last).replace("*", f"{number:04d}", 1)
                self._make(folder + name.replace("*", "") + ending)

    def _make(self, path: str) -> None:
        data = self._content(os.path.basename(path))
        self._write(path, b"" if data is None else data)

    def _write(self, path: str, data: bytes) -> None:
        # `makedirs` of the system, on the scratch side: the real folders stay as they are.
        target = path if self._overlay.is_free(path) else self._overlay.copy_of(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(data)

    def _content(self, name: str) -> bytes | None:
        lower = name.lower()
        if lower.endswith((".json", ".jsonl")):
            keys = self._hints.keys()
            return json.dumps([_record(keys, i) for i in range(200)]).encode() if keys else None
        if re.search(r"glove|word2vec|\.vec$", lower):
            return made_up_files.word_vectors(name)
        if lower.endswith(".csv") and self._hints.reads_rows_by_name():
            return made_up_files.rows(self._hints.keys())
        fields = self._hints.fields() if lower.endswith((".txt", ".tsv", ".csv", ".dat")) else None
        if fields is not None:
            return made_up_files.lines(fields)
        if not _HAS_ENDING.search(lower) and not self._hints.ending(""):
            return made_up_files.text()
        return made_up_files.content(name)

    def _note(self, what: str, path: str) -> None:
        self._situation.notes.add(f"{what} {path}", _WHY)


def class_names(count: int) -> tuple[str, ...]:
    """Names for classes, in the order in which they are sorted."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    if count <= len(letters):
        return tuple(f"class_{letter}" for letter in letters[:count])
    return tuple(f"class_{number:03d}" for number in range(count))


def _text(path: Any) -> str | None:
    if isinstance(path, int | bytes):
        return None
    text = os.fspath(path)
    is_data = isinstance(text, str) and not text.startswith(("/proc", "/sys", "/dev", "/etc"))
    return text if is_data else None


def _record(keys: list[str], number: int) -> dict[str, Any]:
    """A row with a value for each key: a class for labels, else a sentence."""
    is_class = re.compile(r"label|^is_|target|class|id$|rating|score|year", re.IGNORECASE)
    return {
        key: number % 2 if is_class.search(key) else made_up_files.sentence(number) for key in keys
    }
