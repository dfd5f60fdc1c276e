"""Cases of `advice`: shapes that do not fit together, in ops and in layers."""

from __future__ import annotations

import math
import re
from typing import Any

from inspector.capture.advice import (
    Advice,
    Case,
    OpCase,
    Situation,
    layer_words,
    line_words,
    numbers,
)
from inspector.capture.axis_rules import elements, product

Shape = tuple[int | None, ...]
_AXES = {
    "Conv1D": "(batch, steps, channels)",
    "Conv2D": "(batch, height, width, channels)",
    "Conv3D": "(batch, depth, height, width, channels)",
    "RNN": "(batch, time, features)",
    "Dense": "(batch, features)",
}
_KINDS = (("Conv1D", "1D"), ("Conv2D", "2D"), ("Conv3D", "3D"), ("RNN", "RNN"))


# --- ops of the engine -------------------------------------------------------------------


def _matmul(situation: Situation) -> Advice | None:
    if len(situation.given) != 2 or not all(situation.shapes):
        return None
    (first, second), (a, b) = situation.given, situation.shapes
    inner = b[-2] if len(b) > 1 else b[0]
    if a[-1] == inner:
        return None
    return Advice(
        f"the last axis of {first.name} to be {inner}, as the last but one of {second.name}",
        f"{a[-1]}: {first.name} is {a}, {second.name} is {b}",
        _matmul_fix(situation, a, b, inner),
    )


def _matmul_fix(situation: Situation, a: Shape, b: Shape, inner: int | None) -> str:
    first, second = situation.given
    joined = _joined_on_wrong_axis(first.tensor, inner)
    if joined is not None:
        axis, parts = joined
        return f"Join along the last axis: axis=-1 instead of axis={axis} makes {parts} = {inner}."
    if inner is not None and len(a) > 2 and elements(a[1:]) == inner:
        return f"Flatten {first.name} first: {product(a[1:])} = {inner}."
    if len(b) > 1 and a[-1] == b[-1] and not _is_weight(situation, second.tensor):
        return (
            f"Transpose {second.name}: its last axis is the {b[-1]} that {first.name} has, "
            f"so ops.swapaxes({second.name}, -1, -2) fits."
        )
    if situation.frame is not None and _is_weight(situation, second.tensor) and len(b) == 2:
        return (
            f"Make {second.name} for {a[-1]} features: create it in `build`, "
            f"with input_shape[-1] in place of {inner}."
        )
    return ""


def _is_weight(situation: Situation, tensor: Any) -> bool:
    frame = situation.frame
    return frame is not None and any(value is tensor for _, value in frame.weights)


def _joined_on_wrong_axis(tensor: Any, inner: int | None) -> tuple[int, str] | None:
    """The axis of the concatenation that made a tensor, if the last one would have fitted."""
    record = getattr(tensor, "record", None)
    if record is None or record.primitive.name not in ("concatenate", "concat"):
        return None
    axis = record.constants.get("axis", 0)
    last = [part.shape[-1] for part in record.inputs]
    if axis % tensor.ndim == tensor.ndim - 1 or sum(last) != inner:
        return None
    return axis, " + ".join(map(str, last))


def _concatenate(situation: Situation) -> Advice | None:
    axis = situation.op[2].get("axis", 0)
    return _joining(situation, axis) if len(situation.shapes) > 1 else None


def _joining(situation: Situation, axis: int) -> Advice:
    shapes = situation.shapes
    listed = " and ".join(f"{given.name} {given.shape}" for given in situation.given)
    if len({len(shape) for shape in shapes}) > 1:
        return Advice("tensors with as many axes as each other", listed)
    ndim = len(shapes[0])
    differ = [i for i in range(ndim) if len({shape[i] for shape in shapes}) > 1]
    wrong = [i for i in differ if i != axis % ndim]
    sizes = "; ".join(
        f"axis {i}: {' against '.join(str(shape[i]) for shape in shapes)}" for i in wrong
    )
    fix = ""
    if len(differ) == 1 and wrong:
        way = -1 if wrong[0] == ndim - 1 else wrong[0]
        which = "the last axis" if way == -1 else f"axis {way}"
        fix = f"Join along {which}, the only one that differs: axis={way} instead of {axis}."
    expected = f"the same size on every axis but axis {axis}, along which they are joined"
    return Advice(expected, f"{sizes} ({listed})" if sizes else listed, fix)


def _broadcast(situation: Situation) -> Advice | None:
    if len(situation.shapes) < 2:
        return None
    return _adding(situation)


def _adding(situation: Situation) -> Advice:
    shapes = situation.shapes[:2]
    listed = " and ".join(f"{given.name} {given.shape}" for given in situation.given)
    size = max(map(len, shapes))
    long = [(1,) * (size - len(shape)) + shape for shape in shapes]
    wrong = [i for i in range(size) if not _fits(long[0][i], long[1][i])]
    if not wrong:
        return Advice("shapes that broadcast: each axis equal, or 1", listed)
    sizes = "; ".join(
        f"axis {i - size if len(shapes[0]) != len(shapes[1]) else i}: {long[0][i]} against "
        f"{long[1][i]}"
        for i in wrong
    )
    fix = _projection(situation, wrong[0], size) if len(wrong) == 1 else ""
    return Advice("each axis equal on both, or 1", f"{sizes} ({listed})", fix)


def _fits(a: int | None, b: int | None) -> bool:
    return a == b or 1 in (a, b) or None in (a, b)


def _projection(situation: Situation, axis: int, size: int) -> str:
    first, second = situation.given[:2]
    if axis != size - 1 or len(first.shape) != len(second.shape) or size not in (2, 3, 4):
        return ""
    wanted, now = second.shape[-1], first.shape[-1]
    layer = f"Conv2D({wanted}, 1)" if size == 4 else f"Dense({wanted})"
    return (
        f"Give both the same last axis: {layer} on {first.name}, now {now}, before they are added."
    )


def _reshape_op(situation: Situation) -> Advice | None:
    target = situation.op[2].get("shape") or situation.op[2].get("newshape")
    if target is None or not situation.given:
        return None
    return _reshaping(situation, situation.shapes[0], tuple(target))


# --- messages of Keras' layers -----------------------------------------------------------


def _rank(situation: Situation, found: re.Match[str]) -> Advice:
    least, wanted, got, shape = found.group(1), int(found.group(2)), found.group(3), found.group(4)
    name = re.search(r"layer '([^']+)'", situation.message)
    layer = _layer_called(situation, name.group(1) if name else "")
    kind = _kind(layer)
    axes = f" {_AXES[kind]}" if kind in _AXES and _AXES[kind].count(",") + 1 == wanted else ""
    expected = f"{'at least ' if least == 'min_' else ''}{wanted} axes{axes}"
    if layer is not None:
        expected += f" for {layer_words(layer)}"
    return Advice(
        expected, f"{got} axes: {shape}", _rank_fix(situation, kind, wanted, numbers(shape))
    )


def _layer_called(situation: Situation, name: str) -> Any:
    frame = situation.frame
    if frame is None:
        return None
    inside = getattr(frame.layer, "layers", None) or []
    return next((layer for layer in [frame.layer, *inside] if layer.name == name), None)


def _kind(layer: Any) -> str:
    names = [kind.__name__ for kind in type(layer).__mro__]
    if "RNN" in names:
        return "RNN"
    if "Dense" in names:
        return "Dense"
    for kind, dims in _KINDS:
        if any(name.endswith(dims) and "Conv" in name for name in names):
            return kind
    return ""


def _rank_fix(situation: Situation, kind: str, wanted: int, shape: Shape) -> str:
    if not situation.given:
        return ""
    before = situation.maker(0)
    if kind == "RNN" and before is not None and not getattr(before, "return_sequences", True):
        where = situation.line(before)
        return (
            f"Give {layer_words(before)}{where} return_sequences=True: without it only the last "
            "step goes on."
        )
    if len(shape) != wanted - 1 or before is not None:
        return ""
    name = situation.given[0].name
    if kind == "Conv2D" and shape[-1] not in (1, 3, 4):
        return f"Add the channel axis: {name}[..., None] is {(*shape, 1)}."
    if kind == "Dense":
        return f"Add the batch axis: {name}[None] is {(1, *shape)}."
    return ""


def _axis_value(situation: Situation, found: re.Match[str]) -> Advice:
    axis, wanted, shape = int(found.group(1)), int(found.group(2)), numbers(found.group(3))
    which = "the last axis" if axis == -1 else f"axis {axis}"
    size = shape[axis] if -len(shape) <= axis < len(shape) else None
    where = ""
    if situation.frame is not None:
        built = situation.ancestry.first_line_of(situation.frame.layer)
        if built is not None and built != situation.frame.location:
            where = f", as when {layer_words(situation.frame.layer)} was built{line_words(built)}"
    if shape and elements(shape[1:]) == wanted and len(shape) > 2:
        fix = f"Flatten the input first: {product(shape[1:])} = {wanted}."
    else:
        fix = ""
    return Advice(f"{which} to be {wanted}{where}", f"{size}: {shape}", fix)


def _whole_shape(situation: Situation, found: re.Match[str]) -> Advice:
    wanted, shape = numbers(found.group(1)), numbers(found.group(2))
    if len(wanted) != len(shape):
        return Advice(f"{len(wanted)} axes: {wanted}", f"{len(shape)} axes: {shape}")
    wrong = [i for i, size in enumerate(wanted) if size is not None and size != shape[i]]
    sizes = ", ".join(f"axis {i} to be {wanted[i]}" for i in wrong)
    return Advice(f"{sizes}: {wanted}", f"{', '.join(str(shape[i]) for i in wrong)}: {shape}")


def _no_broadcast(situation: Situation, found: re.Match[str]) -> Advice:
    if len(situation.given) >= 2:
        return _adding(situation)
    sizes, shapes = found.group(1, 2), found.group(3)
    return Advice("each axis equal on both, or 1", f"{sizes[0]} against {sizes[1]} ({shapes})")


def _concatenate_layer(situation: Situation, found: re.Match[str]) -> Advice:
    axis = getattr(situation.frame.layer, "axis", None) if situation.frame is not None else None
    if axis is None or len(situation.given) < 2:
        return Advice("the same size on every axis but the one joined along", found.group(1))
    return _joining(situation, axis)


def _merge_layer(situation: Situation, found: re.Match[str]) -> Advice:
    if len(situation.given) < 2:
        return Advice("each axis equal on both, or 1", f"{found.group(1)} and {found.group(2)}")
    return _adding(situation)


def _reshape_layer(situation: Situation, found: re.Match[str]) -> Advice:
    # The layer's shapes are without the batch axis.
    return _reshaping(situation, numbers(found.group(1)), numbers(found.group(2)))


def _reshaping(situation: Situation, old: Shape, new: Shape) -> Advice:
    wanted = math.prod(size for size in new if size is not None and size >= 0)
    unknown = any(size is None or size < 0 for size in new)
    many = f"a multiple of {wanted}" if unknown else f"{wanted}"
    expected = f"{many} values: {product(tuple(-1 if n is None else n for n in new))}"
    if len(old) == 1:
        return Advice(expected, f"{old[0]}", _unflatten(situation, new))
    return Advice(expected, f"{elements(old)}: {product(old)}", "")


def _unflatten(situation: Situation, new: Shape) -> str:
    """Where a Flatten made the values, its own input is the shape that fits."""
    if not situation.given:
        return ""
    made = situation.ancestry.maker(situation.given[0].tensor)
    if made is None or type(made[0]).__name__ != "Flatten" or not made[1]:
        return ""
    inner = tuple(made[1][0].shape[1:])
    if len(inner) != len(new) or None in inner:
        return ""
    where = situation.line(made[0])
    return f"Reshape to {inner}: that is what {layer_words(made[0])}{where} flattened."


def _none_axis(situation: Situation, found: re.Match[str]) -> Advice:
    wanted, variable = numbers(found.group(1)), found.group(2)
    shape = situation.shapes[0] if situation.given else ()
    fix = ""
    if situation.given and shape and shape[-1] is None:
        origin = situation.ancestry.of(situation.given[0].tensor)[-1]
        if origin.what.startswith("Input") and origin.line is not None:
            fix = f"Write the last axis of the Input at line {origin.line} as a number, not None."
    return Advice(
        f"a number for each axis of {variable}, {wanted}, which is made from the input's last axis",
        f"None: {situation.given[0].name} is {shape}" if situation.given else "None",
        fix,
    )


OPS: dict[str, OpCase] = {
    "matmul": _matmul,
    "concatenate": _concatenate,
    "concat": _concatenate,
    "reshape": _reshape_op,
    **dict.fromkeys(
        ("add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "where"),
        _broadcast,
    ),
}
MESSAGES: tuple[tuple[re.Pattern[str], Case], ...] = (
    (re.compile(r"expected (min_|max_)?ndim=(\d+), found ndim=(\d+)\. Full shape received: "
                r"(\([^)]*\))"), _rank),
    (re.compile(r"expected axis (-?\d+) of input shape to have value (\d+), but received input "
                r"with shape (\([^)]*\))"), _axis_value),
    (re.compile(r"expected shape=(\([^)]*\)), found shape=(\([^)]*\))"), _whole_shape),
    (re.compile(r"failure dim has value (\d+), which cannot be broadcasted to (\d+)\. "
                r"Input shapes are: (.*?)\.?$"), _no_broadcast),
    (re.compile(r"requires inputs with matching shapes except for the concatenation axis\. "
                r"Received: input_shape=(.*)"), _concatenate_layer),
    (re.compile(r"incompatible shapes\. Received shapes (\([^)]*\)) and (\([^)]*\))"),
     _merge_layer),
    (re.compile(r"total size of the tensor must be unchanged\. Received: input_shape=(\([^)]*\)), "
                r"target_shape=(\([^)]*\))"), _reshape_layer),
    (re.compile(r"must be fully-defined.*Received: shape=(\([^)]*\)) for variable path='([^']+)'"),
     _none_axis),
)  # fmt: skip
