"""Traces made by hand for the window's tests: a VAE with nested frames, a failure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from inspector.trace import (
    AxisOrigin,
    Call,
    Edge,
    Engine,
    Failure,
    Loss,
    Mask,
    MaskEvent,
    Model,
    Op,
    Operand,
    Replacement,
    Run,
    Shape,
    TensorRef,
    Trace,
    Update,
    Weight,
)

ENGINE = Engine("numpy", "cpu", "CuPy is not installed.")


@dataclass
class RunBuilder:
    """Builds calls in the order in which they run; `calls` maps ids to what is known so far."""

    file: str
    calls: list[Call] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    clock: int = 0
    tensors: int = 0
    stack: list[str] = field(default_factory=list)

    def tensor(self, shape: Shape, *, mask: int | None = None) -> TensorRef:
        self.tensors += 1
        return TensorRef(self.tensors, shape, "float32", mask)

    def enter(self, name: str, class_: str, line: int, inputs: tuple[TensorRef, ...]) -> str:
        parent = self.stack[-1] if self.stack else None
        path = f"{parent.split('#')[0]}/{name}" if parent else name
        index = sum(call.path == path for call in self.calls)
        call = Call(
            id=f"{path}#{index}",
            layer_id=hash((path,)) % 10_000,
            path=path,
            name=name,
            class_=class_,
            call_index=index,
            parent=parent,
            depth=len(self.stack),
            file=self.file,
            line=line,
            elapsed_s=0.0004 + 0.0001 * len(self.calls),
            inputs=inputs,
            outputs=(),
            start=self.tick(),
            training=True,
        )
        self.calls.append(call)
        self.stack.append(call.id)
        return call.id

    def leave(self, outputs: tuple[TensorRef, ...], **fields: object) -> None:
        call_id = self.stack.pop()
        self.patch(call_id, outputs=outputs, end=self.tick(), **fields)

    def leaf(
        self, name: str, class_: str, line: int, given: TensorRef, shape: Shape, units: int = 0
    ) -> TensorRef:
        self.enter(name, class_, line, (given,))
        out = self.tensor(shape)
        weights: tuple[Weight, ...] = ()
        if units and given.shape:
            weights = (
                Weight(
                    "kernel",
                    (given.shape[-1], units),
                    "float32",
                    True,
                    True,
                    self.tensor(()).tensor,
                ),
                Weight("bias", (units,), "float32", True, True, self.tensor(()).tensor),
            )
        ops = (
            Op("matmul", (given,), (out,), self.file, line, "ops.matmul", 0.0001),
            Op("add", (out,), (out,), self.file, line, "ops.add", 0.0001),
        )
        self.clock += len(ops)
        self.leave((out,), weights=weights, ops=ops, op_count=len(ops))
        return out

    def patch(self, call_id: str, **fields: object) -> None:
        position = next(i for i, call in enumerate(self.calls) if call.id == call_id)
        self.calls[position] = replace(self.calls[position], **fields)  # type: ignore[arg-type]

    def tick(self) -> int:
        self.clock += 1
        return self.clock - 1

    def join(self, source: str | None, target: str, shape: Shape, argument: str = "inputs") -> None:
        self.edges.append(Edge(source, target, 0, argument, shape, "float32"))


def _block(build: RunBuilder, name: str, line: int, x: TensorRef, width: int) -> TensorRef:
    """Four dense layers and a normalisation in a frame of their own."""
    shape = (32, width)
    block = build.enter(name, "DenseBlock", line, (x,))
    first = len(build.calls)
    y = x
    for index in range(2):
        y = build.leaf(f"dense_{index}", "Dense", line + 4, y, shape, width)
        y = build.leaf(f"norm_{index}", "LayerNormalization", line + 5, y, shape)
        y = build.leaf(f"dropout_{index}", "Dropout", line + 6, y, shape)
    inner = [call.id for call in build.calls[first:]]
    for source, target in pairwise(inner):
        build.join(source, target, shape)
    out = build.leaf("add", "Add", line + 7, y, shape)
    add = build.calls[-1].id
    build.join(inner[-1], add, shape)
    build.join(inner[0], add, shape, "inputs[1]")
    build.leave((out,))
    assert block == build.calls[first - 1].id
    return out


def vae_run(file: str, *, number: int = 1, kind: str = "train_step") -> Run:
    """One training step of a variational autoencoder: 45 calls in three levels of frames."""
    build = RunBuilder(file)
    x = build.tensor((32, 784))
    model = build.enter("variational_auto_encoder", "VariationalAutoEncoder", 62, (x,))
    encoder = build.enter("encoder", "Encoder", 40, (x,))
    h = build.leaf("dense_proj", "Dense", 21, x, (32, 64), 64)
    proj = build.calls[-1].id
    build.join(None, proj, (32, 784))
    blocks = []
    for index in range(2):
        position = len(build.calls)
        h = _block(build, f"block_{index}", 22, h, 64)
        blocks.append((build.calls[position].id, build.calls[position + 1].id, build.calls[-1].id))
    build.join(proj, blocks[0][1], (32, 64))
    build.join(blocks[0][2], blocks[1][1], (32, 64))
    z_mean = build.leaf("dense_mean", "Dense", 24, h, (32, 16), 16)
    mean_id = build.calls[-1].id
    z_var = build.leaf("dense_log_var", "Dense", 25, h, (32, 16), 16)
    var_id = build.calls[-1].id
    build.join(blocks[1][2], mean_id, (32, 64))
    build.join(blocks[1][2], var_id, (32, 64))
    z = build.leaf("sampling", "Sampling", 26, z_mean, (32, 16))
    sampling = build.calls[-1].id
    build.join(mean_id, sampling, (32, 16), "inputs[0]")
    build.join(var_id, sampling, (32, 16), "inputs[1]")
    build.leave((z_mean, z_var, z))
    build.enter("decoder", "Decoder", 41, (z,))
    position = len(build.calls)
    d = build.leaf("dense_in", "Dense", 34, z, (32, 64), 64)
    build.join(sampling, build.calls[position].id, (32, 16))
    previous = build.calls[position].id
    for index in range(3):
        position = len(build.calls)
        d = _block(build, f"block_{index}", 35, d, 64)
        build.join(previous, build.calls[position + 1].id, (32, 64))
        previous = build.calls[-1].id
    out = build.leaf("dense_output", "Dense", 36, d, (32, 784), 784)
    build.join(previous, build.calls[-1].id, (32, 64))
    build.leave((out,))
    build.leave((out,))
    return Run(
        model="variational_auto_encoder",
        kind=kind,
        training=True,
        seed=0,  # type: ignore[arg-type]
        calls=tuple(build.calls),
        edges=tuple(build.edges),
        losses=(
            Loss("variational_auto_encoder", "compiled", 0.6951, 1.0, file, 71),
            Loss("variational_auto_encoder/encoder", "add_loss", 0.0432, 1.0, file, 44),
            Loss(
                "variational_auto_encoder/decoder/dense_in",
                "kernel_regularizer",
                0.0021,
                1.0,
                file,
                34,
            ),
        ),
        total_loss=0.7404,
        updates=(
            Update("variational_auto_encoder/encoder/dense_proj/kernel", 0.4212, 0.0031),
            Update("variational_auto_encoder/encoder/dense_proj/bias", 0.0312, 0.0010),
            Update("variational_auto_encoder/decoder/dense_in/kernel", None, 0.0),
        ),
        masks=(
            Mask(
                1,
                (32, 16),
                encoder,
                (
                    MaskEvent(encoder, None, "born", file, 40),
                    MaskEvent(sampling, None, "passed", file, 26),
                    MaskEvent(model, "add", "dropped", file, 44),
                ),
            ),
        ),
        number=number,
    )


def failing_run(file: str, *, number: int = 2) -> Run:
    """Two dense layers, the second given the wrong last axis."""
    build = RunBuilder(file)
    x = build.tensor((8, 32))
    build.enter("classifier", "Classifier", 30, (x,))
    h = build.leaf("features", "Dense", 18, x, (8, 64), 64)
    features = build.calls[-1].id
    build.join(None, features, (8, 32))
    head = build.enter("head", "WrongHead", 24, (h,))
    build.join(features, head, (8, 64))
    return Run(
        model="classifier",
        kind="forward",
        training=False,
        seed=0,
        calls=tuple(build.calls),
        edges=tuple(build.edges),
        failure=Failure(
            head,
            "ShapeMismatch",
            "classifier/head: the input's last axis is 64, the kernel's first is 128.",
            "an input of shape (batch, 128)",
            "(8, 64)",
            (
                Operand("x", (8, 64), (AxisOrigin(1, 64, "Dense(64) features", file, 18),)),
                Operand(
                    "kernel", (128, 10), (AxisOrigin(0, 128, "add_weight in build", file, 12),)
                ),
            ),
            file,
            24,
        ),
        number=number,
    )


def vae_trace(file: str) -> Trace:
    """A file that builds, trains and breaks."""
    return Trace(
        file,
        ENGINE,
        models=(
            Model(
                "variational_auto_encoder", "VariationalAutoEncoder", "subclassed", 141_968, 141_968
            ),
            Model("classifier", "Classifier", "subclassed", 2_112, 2_112),
        ),
        replaced=(
            Replacement(
                "keras.datasets.mnist.load_data", "No network: arrays of the true shape.", file, 66
            ),
            Replacement("fit(epochs=30)", "Recorded the first batch only.", file, 71),
        ),
        runs=(vae_run(file), failing_run(file)),
    )
