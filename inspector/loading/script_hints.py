"""What a script's own text says of data that it does not have: kinds of files, fields, numbers.

for line in f:                              a text of lines with
    name, text = line.split("|")            two fields, parted by "|"
json.load(f)[i]["caption"]                  records with the key "caption"
os.listdir(root) ... os.path.isdir(...)     a folder of folders
frame["income"].str.strip()                 a column of texts
paths[-1000:]                               more than a thousand files
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

_MEDIA = re.compile(r"\.(jpe?g|png|bmp|tiff?|gif|wav|flac|mp3|txt|npy|csv|json)\b", re.IGNORECASE)
_PICTURES = re.compile(r"imread|load_img|decode_(jpeg|png|image)|Image\.open|ImageDataGenerator|"
                       r"image_size|img_|cv2")  # fmt: skip
_SOUNDS = re.compile(r"decode_wav|librosa|wavfile|soundfile|torchaudio")
_OF_CLASSES = re.compile(r"train|test|val|data|news|command|photo|extracted|classes", re.IGNORECASE)
_HAS_FOLDERS = re.compile(
    r"os\.path\.isdir\(|\.is_dir\(\)|"
    r"(class\w*|label\w*|categor\w*)\s*=\s*[\w(\[.]*(listdir|iterdir)"
)
_MASKS = re.compile(r"mask|annotation|trimap|segmentation|groundtruth|gt$", re.IGNORECASE)
_KEYS = re.compile(r"""(?<=[\w\])])\[["'](\w+)["']\]""")
_SPLIT = re.compile(
    r"""([\w ,()_]*?)=\s*[\w.()\[\]]*?\.split\(\s*["']([^"']{1,3})["'](?=(.{0,200}))""", re.DOTALL
)
_PICKED = re.compile(r"""\.split\(\s*["']([^"']{1,3})["'][^)]*\)\[(\d)\]""")
_DELIMITERS = {"\\t": "\t", "|": "|", ",": ",", ";": ";", "::": "::"}
_NUMBERS = re.compile(r"float\(|int\(|float32|asarray|astype")
_COUNT = re.compile(r"^(\w*(?:val|test|train|num|valid)\w*)\s*=\s*(\d[\d_]*)\s*(?:#.*)?$",
                    re.MULTILINE | re.IGNORECASE)  # fmt: skip
_CLASSES = re.compile(
    r"""\b(?:num|n|nb|no_of)_?classes\s*=\s*(\d[\d_]*)|"""
    r"""Dense\(\s*(?:units\s*=\s*)?(\d+)\s*,[^()]*["']softmax""", re.IGNORECASE,
)  # fmt: skip
_MOST_CLASSES = 100
_FILES, _MOST_FILES = 64, 4000


@dataclass(frozen=True, slots=True)
class Fields:
    """How the lines of a text are parted.

    are_numbers: whether the script makes numbers of them.
    """

    delimiter: str
    count: int
    are_numbers: bool


class Hints:
    """Looks into the text of one script."""

    def __init__(self, source: str) -> None:
        self._source = source

    def ending(self, folder: str) -> str:
        """What the files of a folder end in."""
        if _MASKS.search(folder):
            return ".png"
        media = [e for e in _MEDIA.findall(self._source) if e not in ("csv", "json", "npy")]
        if not media and _SOUNDS.search(self._source):
            return ".wav"
        if not media and not _PICTURES.search(self._source):
            return ""  # texts, as in the newsgroups
        return f".{media[0].lower()}" if media else ".jpg"

    def has_folders(self, folder: str) -> bool:
        """Whether a folder holds one folder for each class."""
        return bool(_OF_CLASSES.search(folder) or _HAS_FOLDERS.search(self._source))

    def classes(self) -> int:
        """Into how many classes the script sorts, as far as it says so; else two."""
        found = [int(a or b) for a, b in _CLASSES.findall(self._source)]
        return min(max(found, default=2), _MOST_CLASSES) if max(found, default=2) > 1 else 2

    def files(self) -> int:
        """How many files a folder needs, for what the script cuts off its list."""
        numbers = [
            int(number)
            for name, number in _COUNT.findall(self._source)
            if re.search(rf"\[\s*-?\s*{name}\s*:|:\s*-?\s*{name}\s*\]", self._source)
        ]
        most = max(numbers, default=0)
        return _FILES if most < _FILES // 2 else min(most + _FILES, _MOST_FILES)

    def fields(self) -> Fields | None:
        """How lines are parted; None if the script parts none."""
        for names, delimiter, after in _SPLIT.findall(self._source):
            if delimiter not in _DELIMITERS:
                continue
            count = len([name for name in names.split(",") if name.strip()])
            if count == 1:
                count = self._most_picked(names.strip()) or 1
            if count > 1:
                return Fields(_DELIMITERS[delimiter], count, bool(_NUMBERS.search(after)))
        picked = [(d, int(place)) for d, place in _PICKED.findall(self._source) if d in _DELIMITERS]
        if not picked:
            # `line.split("\t")[:2]`: sentences in two languages, as a rule with a remark.
            is_tabbed = re.search(r"""split\(["']\\t""", self._source)
            return Fields("\t", 3, False) if is_tabbed else None
        return Fields(_DELIMITERS[picked[0][0]], max(place for _, place in picked) + 1, False)

    def keys(self) -> list[str]:
        """The keys that the script looks up in anything."""
        return list(dict.fromkeys(_KEYS.findall(self._source)))

    def reads_rows_by_name(self) -> bool:
        """Whether the rows of a table are dictionaries."""
        return "DictReader" in self._source and bool(self.keys())

    def is_text(self, column: str) -> bool:
        """Whether the script calls functions of texts on a table's column."""
        name = re.escape(column)
        return bool(
            re.search(
                rf"""\[?["'.]{name}["']?\]?\.(str\b|(apply|map)\(\s*lambda (\w+): \3\.(replace|"""
                r"""split|lower|upper|strip|startswith|endswith)\b)""",
                self._source,
            )
        )

    def is_class(self, column: str) -> bool:
        """Whether the script groups rows by a column, or lists its different values."""
        name = re.escape(column)
        return bool(
            re.search(rf"""groupby\(\[?["']{name}["']""", self._source)
            or re.search(rf"""["'.]{name}["']?\]?\.(unique|value_counts|nunique)\(""", self._source)
        )

    def _most_picked(self, name: str) -> int:
        places = re.findall(rf"\b{re.escape(name)}\[(\d)\]", self._source)
        return max(map(int, places), default=-1) + 1


@functools.lru_cache(maxsize=4)
def hints_of(path: Path) -> Hints:
    """The hints of a script; none if it cannot be read."""
    is_script = path.suffix in (".py", ".ipynb") and path.exists()
    return Hints(path.read_text(errors="replace") if is_script else "")
