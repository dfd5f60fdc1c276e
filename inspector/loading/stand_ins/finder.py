"""The last place that Python asks for a module: answers user code for well-known missing ones.

Only modules of the table are answered; a misspelt name stays an ImportError. Where the model itself
depends on one, its layers are placeholders and say so. Libraries get no answer at all: Keras looks
whether PIL or pandas is there, and must find that they are not.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from inspector.loading.situation import Situation
from inspector.loading.stand_ins import (
    corpora,
    distributions,
    games,
    hub,
    hub_layers,
    keras_packages,
    learning,
    media,
    old_python,
    plotting,
    prices,
    progress,
    tables,
    tfds,
    transformer_models,
    tuning,
)
from inspector.loading.stand_ins.recording import StandIn
from inspector.loading.user_files import UserFiles

# Plotting, showing, logging, reading media: none of them makes the model.
KNOWN: dict[str, dict[str, Any]] = {
    "matplotlib": plotting.NAMES,
    "tqdm": progress.NAMES,
    "sklearn": learning.NAMES,
    "pandas": {},
    "tensorflow_datasets": {},
    "tensorflow_hub": {},
    "transformers": {},
    "yfinance": prices.NAMES,
    "pandas_datareader": prices.NAMES,
    **{name: {} for name in keras_packages.PACKAGES},
    "PIL": media.PIL,
    "cv2": media.CV2,
    "librosa": media.SOUND,
    "keras_hub": {},
    "keras_nlp": {},
    "tensorflow_probability": distributions.NAMES,
    "gym": games.NAMES,
    "gymnasium": games.NAMES,
    "baselines": games.NAMES,
    "six": old_python.SIX,
    "pylab": plotting.NAMES,
    "skimage": media.READERS,
    "imageio": media.READERS,
    "keras_tuner": tuning.NAMES,
    "kerastuner": tuning.NAMES,
    **{
        name: {}
        for name in (
            "mpl_toolkits", "seaborn", "plotly", "bokeh", "altair", "pydot", "graphviz", "folium",
            "IPython", "ipywidgets", "google", "wandb", "mlflow", "tensorboard", "tensorboardX",
            "comet_ml", "neptune", "clearml", "livelossplot", "visualkeras", "wordcloud",
            "imgaug", "albumentations", "nltk", "spacy", "textblob", "contractions", "emoji",
            "unidecode", "gensim", "sentencepiece", "conlleval", "evaluate", "jiwer",
            "soundfile", "sounddevice", "pydub", "music21", "pretty_midi", "mido", "torchaudio",
            "pydicom", "SimpleITK", "tifffile", "nilearn", "mne", "pywt", "wfdb", "Bio",
            "requests", "bs4", "psutil", "kaggle", "gdown", "wget", "rdkit", "ale_py", "pygame",
            "nibabel", "datasets", "umap", "lightgbm", "xgboost", "catboost", "imblearn",
            "statsmodels", "sacrebleu", "rouge_score", "trimesh", "medmnist", "huggingface_hub",
            "torch", "torchvision", "jax", "flax", "optax",
            "tensorflow_docs", "tensorflow_io", "pycocotools", "editdistance", "cairocffi",
            "tabulate", "prettytable", "termcolor", "colorama",
            "streamlit", "gradio", "flask", "optuna", "hyperopt", "shap", "lime", "moviepy",
            "missingno", "geopandas", "pyspark", "dask", "ray", "boto3", "dotenv",
            "joblib", "tensorflow_text", "konlpy", "Sastrawi", "pymongo", "sqlalchemy", "redis",
            "talib", "ta", "ccxt", "openpyxl", "xlrd", "tifffile", "rasterio", "osgeo", "netCDF4",
            "xarray", "dlib", "face_recognition", "mtcnn", "pytesseract", "imutils", "serial",
            "orbit", "tables", "zarr", "lmdb", "msgpack_numpy", "networkx", "pydotplus", "jieba",
            "ml_collections", "mlxtend", "eli5", "category_encoders", "fastapi", "uvicorn",
        )
    },
}  # fmt: skip

_PARTS = (
    "PIL.Image", "librosa.feature", "librosa.core", "skimage.io", "keras_tuner.tuners",
    "tensorflow_probability.distributions",
    "pandas_datareader.data",
    *(f"{package}.{part}" for package in keras_packages.PACKAGES
      for part in ("layers", "models", "losses", "metrics", "bounding_box", "tfkeras", "vit")),
    *(f"{library}.{part}" for library in ("keras_hub", "keras_nlp")
      for part in ("layers", "models", "tokenizers", "metrics", "samplers")),
)  # fmt: skip


def install(situation: Situation) -> None:
    """Put the finder behind all others."""
    of_hub = hub.names(situation)
    table = KNOWN | {
        **dict.fromkeys(keras_packages.PACKAGES, keras_packages.names(situation)),
        "keras_hub": of_hub,
        "keras_nlp": of_hub,
        "datasets": corpora.names(situation),
        "pandas": tables.names(situation),
        "tensorflow_datasets": tfds.names(situation),
        "tensorflow_hub": hub_layers.names(situation),
        "transformers": transformer_models.names(situation),
    }
    finder = Finder(situation.files, situation.notes.add, table)
    situation.patches.set(sys, "meta_path", [*sys.meta_path, finder])


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and makes the stand-in modules."""

    def __init__(
        self,
        files: UserFiles,
        add: Callable[[str, str], None],
        known: dict[str, dict[str, Any]] = KNOWN,
    ) -> None:
        self._files = files
        self._known = known
        self._add = add

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        top = name.partition(".")[0]
        if top not in self._known or not self._is_asked_by_user():
            return None
        parent = sys.modules.get(top)
        if parent is not None and not isinstance(parent, StandInModule):
            return None  # really installed; this part of it is missing
        if name == top:
            self._add(
                f"import {top}",
                "Not installed: a stand-in answers, and what it makes means nothing."
                if not self._known[top]
                else "Not installed: a small stand-in answers.",
            )
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return StandInModule(spec.name, self._known[spec.name.partition(".")[0]])

    def exec_module(self, module: ModuleType) -> None:
        """The module is whole already."""

    def _is_asked_by_user(self) -> bool:
        frame: Any = sys._getframe(2)
        while frame is not None:
            filename = frame.f_code.co_filename
            if self._files.contains(filename):
                return True
            # The machinery of imports lies between; anything else is a library that asks.
            if not (filename.startswith("<frozen importlib") or self._files.is_ours(filename)):
                return False
            frame = frame.f_back
        return False


class StandInModule(ModuleType):
    """A module whose every name is there."""

    __version__ = "0.0 (stand-in)"

    def __init__(self, name: str, real: dict[str, Any]) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__all__: list[str] = list(real)
        self._real = real

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        made: Any = self._real.get(name)
        if made is None:
            is_part = f"{self.__name__}.{name}" in _PARTS  # `import librosa` is enough for these
            label = f"{self.__name__}.{name}"
            made = StandInModule(label, self._real) if is_part else StandIn(label)
        setattr(self, name, made)
        return made

    def __call__(self, *args: Any, **options: Any) -> Any:
        return StandIn(self.__name__)(*args, **options)
