"""Saved models with mutations, read by the code that reads them in the worker.

    python -m tests.loading.fuzz_archives 20000 [SEED]

Real `.keras` and `.h5` bytes are changed: bits, blocks, lengths, and in a `.keras` also single
values of its config, with the archive made whole again around them. Each is read in a forked copy
of a process that has Keras loaded; where HDF5's library crashes, a new copy goes on after it, as
a new worker would. What may come out is a model, an InspectorError, or the end of that process;
anything else is a fault, and its bytes are kept.
"""

from __future__ import annotations

import copy
import io
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

LIMIT_S = 60
MEMORY_BYTES = 6 << 30
NASTY = [
    None, True, -1, 0, 1, 3, 2**31, 2**63, -(2**63), 1e308, float("nan"), "", "x", "relu", "../..",
    "/etc/passwd", "__lambda__", [], {}, [None], [-1], [0, 0], [[]], {"class_name": "Lambda"},
    {"class_name": "__lambda__", "config": {"value": "4wAAAA=="}},
    {"class_name": "system", "config": {"command": "true"}, "module": "os"},
    {"class_name": "function", "config": "get_file", "module": "keras.utils"},
]  # fmt: skip


class Unfinished(BaseException):
    """One file took longer than the limit; nothing of Keras catches it."""


def seeds(folder: Path) -> list[tuple[str, bytes]]:
    """Real files of several kinds of models, small."""
    import keras
    from keras import layers

    class Own(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight(shape=(shape[-1],), name="scale")

        def call(self, x):
            return x * self.scale

        def get_config(self):
            return super().get_config()

    image, words, row = keras.Input((6, 6, 2)), keras.Input((5,), dtype="int32"), keras.Input((4,))
    x = layers.BatchNormalization()(layers.Conv2D(3, 3, activation="relu")(image))
    y = layers.Bidirectional(layers.LSTM(2))(layers.Embedding(9, 3, mask_zero=True)(words))
    z = layers.Dense(2)(layers.Lambda(lambda t: t * 2, output_shape=(4,))(Own()(row)))
    models = {
        "image": keras.Model(image, layers.Flatten()(x)),
        "words": keras.Model([words, row], layers.concatenate([y, row]) * 2.0),
        "own": keras.Model(row, z),
        "plain": keras.Sequential([keras.Input((3,)), layers.Dense(2), layers.Dropout(0.5)]),
    }
    models["plain"].compile("adam", "mse", metrics=["mae"])
    found = []
    for name, model in models.items():
        for suffix in (".keras", ".h5"):
            path = folder / f"{name}{suffix}"
            model.save(path)
            found.append((suffix, path.read_bytes()))
    return found


def mutated(random_: random.Random, files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """One changed file with its suffix."""
    suffix, data = random_.choice(files)
    if suffix == ".keras" and random_.random() < 0.7:
        return suffix, _inside(random_, data)
    return suffix, _bytes(random_, data, files)


def _bytes(random_: random.Random, data: bytes, files: list[tuple[str, bytes]]) -> bytes:
    changed = bytearray(data)
    for _ in range(random_.choice((1, 1, 2, 5, 40))):
        at = random_.randrange(len(changed) or 1)
        size = random_.choice((1, 2, 4, 8, 64, 512))
        kind = random_.randrange(7)
        if kind == 0 and changed:
            changed[at % len(changed)] ^= 1 << random_.randrange(8)
        elif kind == 1:
            changed[at : at + size] = random_.randbytes(size)
        elif kind == 2:
            changed[at : at + size] = random_.choice((b"\0", b"\xff", b"\x7f")) * size
        elif kind == 3:
            del changed[at : at + size]
        elif kind == 4:
            changed[at:at] = changed[at : at + size]
        elif kind == 5:
            other = random_.choice(files)[1]
            changed[at : at + size] = other[at : at + size]
        elif random_.random() < 0.3:
            del changed[at:]
    return bytes(changed)


def _inside(random_: random.Random, data: bytes) -> bytes:
    """One member changed, the archive written anew, so that its checksums are right."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = random_.choice(list(members))
    if name == "config.json" or random_.random() < 0.5:
        members["config.json"] = _config(random_, members["config.json"])
    else:
        members[name] = _bytes(random_, members[name], [(".keras", data)])
    if random_.random() < 0.1:
        del members[random_.choice(list(members))]
    if random_.random() < 0.05:
        members[random_.choice(("../out", "/etc/out", "assets/../../out", "C:\\out"))] = b"x"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", random_.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as z:
        for name, content in members.items():
            z.writestr(name, content)
    return out.getvalue()


def _config(random_: random.Random, text: bytes) -> bytes:
    if random_.random() < 0.2:
        return _bytes(random_, text, [(".keras", text)])
    config = json.loads(text)
    for _ in range(random_.choice((1, 1, 2, 6))):
        places = list(_places(config))
        holder, key = random_.choice(places)
        if random_.random() < 0.2:
            other, name = random_.choice(places)
            holder[key] = other[name] if isinstance(other[name], int | str | None) else None
        elif random_.random() < 0.1:
            holder[key] = "DEEP"
            return json.dumps(config).replace('"DEEP"', "[" * 3000 + "]" * 3000).encode()
        else:
            holder[key] = copy.deepcopy(random_.choice(NASTY))
    return json.dumps(config).encode()


def _places(value: object):
    items = value.items() if isinstance(value, dict) else enumerate(value)  # type: ignore[arg-type]
    for key, item in list(items):
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)


def outcome(path: Path, scratch: Path) -> str:
    """What reading one file came to: "opened", "refused", or what went wrong."""
    from inspector.errors import InspectorError
    from inspector.loading import inputs
    from inspector.loading.notes import Notes
    from inspector.loading.programs import Around, read_program
    from inspector.loading.situation import Situation
    from inspector.loading.user_files import UserFiles

    files = UserFiles(path)
    notes = Notes(files, lambda replacement: None)
    situation = Situation(path, path.parent, scratch, files, notes)
    namespace: dict[str, object] = {}
    around = Around(namespace, lambda e: False, lambda s: None, lambda *a: None)
    try:
        program = read_program(situation)
        program.run(around)
        model = namespace["model"]
    except InspectorError as error:
        return "refused" if error.message and error.fix else "an error without a way out"
    try:
        model(inputs.made_up(model).first)  # type: ignore[operator]
    except Exception:  # the model is there; that it cannot run is a run's failure, as anybody's
        return "opened, does not run"
    return "opened"


def _child(
    numbers: range, seed: int, files: list[tuple[str, bytes]], folder: Path, pipe: int
) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGALRM, _too_long)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1), os.dup2(null, 2)
    for number in numbers:
        suffix, data = mutated(random.Random(f"{seed}/{number}"), files)
        path = folder / f"case{suffix}"
        path.write_bytes(data)
        signal.setitimer(signal.ITIMER_REAL, LIMIT_S, 1)
        scratch = Path(tempfile.mkdtemp(dir=folder))
        try:
            word = outcome(path, scratch)
        except Unfinished:
            word = "took too long"
        except BaseException as error:  # the fault this looks for
            word = f"{type(error).__name__}: {error}"[:200].replace("\n", " ")
            (folder / f"fault-{number}.txt").write_text(traceback.format_exc())
        signal.setitimer(signal.ITIMER_REAL, 0)
        os.write(pipe, f"{number}\t{word}\n".encode("utf-8", "replace"))
        if number % 10 == 0:
            __import__("keras").utils.clear_session()


def _too_long(number: int, frame: object) -> None:
    raise Unfinished


def fuzz(count: int, seed: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """Read `count` mutated files; what came out, and the faults."""
    os.environ.setdefault("KERAS_HOME", str(folder / "keras"))
    from inspector.keras_backend import hook

    hook.install("numpy")
    files = seeds(folder)
    from inspector import compat
    from inspector.loading.archives import hdf5, saved_model  # noqa: F401  # before the forks

    compat.install()
    hdf5.LOOK_S = 2
    found: Counter[str] = Counter()
    faults: list[str] = []
    following = 0
    while following < count:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            try:
                _child(range(following, count), seed, files, folder, writing)
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                number, _, word = line.rstrip("\n").partition("\t")
                following = int(number) + 1
                _count(int(number), word, found, faults)
        _, status = os.waitpid(pid, 0)
        if following < count:
            _count(following, f"the process ended ({_words(status)})", found, faults)
            following += 1
    return found, faults


def _words(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return signal.Signals(-code).name if code < 0 else f"code {code}"


def _count(number: int, word: str, found: Counter[str], faults: list[str]) -> None:
    is_known = word.startswith(("opened", "refused", "the process ended (SIG"))
    found[word if is_known else "faults"] += 1
    if not is_known:
        faults.append(f"case {number}: {word}")


def main() -> int:
    """Print what came out; 1 when there was a fault."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="fuzz-archives-") as name:
        found, faults = fuzz(count, seed, Path(name))
        for fault in faults[:40]:
            print(fault)
            kept = Path(name) / f"fault-{fault.split()[1].rstrip(':')}.txt"
            if kept.exists() and "-v" in sys.argv:
                print(kept.read_text())
    for word, times in sorted(found.items()):
        print(f"{times:7} {word}")
    print(f"{count} files in {time.perf_counter() - began:.0f} s, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
