"""Runs made by hand, for layout tests."""

from hypothesis import strategies as st

from inspector.trace import Call, Edge, Op, Run, TensorRef


def call(path, parent=None, *, depth=0, class_="Dense", inputs=(), outputs=((8, 4),), ops=()):
    """A call `path#0`; inputs and ops are as given, outputs are shapes or tensor references."""
    return Call(
        id=f"{path}#0",
        layer_id=0,
        path=path,
        name=path.split("/")[-1],
        class_=class_,
        call_index=0,
        parent=parent,
        depth=depth,
        file="model.py",
        line=3,
        elapsed_s=0.0,
        inputs=tuple(inputs),
        outputs=tuple(
            shape if isinstance(shape, TensorRef) else TensorRef(None, shape, "float32")
            for shape in outputs
        ),
        ops=tuple(ops),
    )


def edge(source, target, *, index=0, argument="inputs", shape=(8, 4)):
    return Edge(source, target, index, argument, shape, "float32")


def run(calls, edges, **fields):
    return Run(
        **{"model": "m", "kind": "forward", "training": False, "seed": 0} | fields,
        calls=tuple(calls),
        edges=tuple(edges),
    )


def tensor(number, shape=(8, 4)):
    return TensorRef(number, shape, "float32")


def add(*tensors, out):
    return Op("add", tuple(map(tensor, tensors)), (tensor(out),))


def nested():
    """X → outer(first → inner(a → b) → last) → head, with a skip from first to last."""
    calls = [
        call("outer", class_="Sequential"),
        call("outer/first", "outer#0", depth=1),
        call("outer/inner", "outer#0", depth=1, class_="Block"),
        call("outer/inner/a", "outer/inner#0", depth=2),
        call("outer/inner/b", "outer/inner#0", depth=2, outputs=[tensor(5)]),
        call("outer/last", "outer#0", depth=1, class_="Add"),
        call("head"),
    ]
    edges = [
        edge(None, "outer#0"),
        edge(None, "outer/first#0"),
        edge("outer/first#0", "outer/inner/a#0"),
        edge("outer/inner/a#0", "outer/inner/b#0"),
        edge("outer/inner/b#0", "outer/last#0"),
        edge("outer/first#0", "outer/last#0"),
        edge("outer/last#0", "head#0"),
    ]
    return run(calls, edges)


def transformer(blocks):
    """A stack of blocks with attention, residuals and one mask that feeds every block."""
    calls = [
        call("m", class_="Transformer"),
        call("m/embed", "m#0", depth=1, class_="Embedding"),
        call("m/mask", "m#0", depth=1, class_="Masking"),
    ]
    edges = [edge(None, "m/embed#0"), edge(None, "m/mask#0")]
    before = "m/embed#0"
    for number in range(blocks):
        path = f"m/block_{number}"
        block = f"{path}#0"
        calls.append(call(path, "m#0", depth=1, class_="Block"))
        for name in ("norm", "attention", "add", "norm_1", "mlp", "add_1"):
            calls.append(call(f"{path}/{name}", block, depth=2))
        for name in ("query", "key", "value", "softmax", "out"):
            parent = f"{path}/attention#0"
            calls.append(call(f"{path}/attention/{name}", parent, depth=3))
        for name in ("dense", "gelu", "dense_1"):
            calls.append(call(f"{path}/mlp/{name}", f"{path}/mlp#0", depth=3))
        pairs = [
            (before, "norm#0"),
            *((f"{path}/norm#0", f"attention/{name}#0") for name in ("query", "key", "value")),
            (f"{path}/attention/query#0", "attention/softmax#0"),
            (f"{path}/attention/key#0", "attention/softmax#0"),
            ("m/mask#0", "attention/softmax#0"),
            (f"{path}/attention/softmax#0", "attention/out#0"),
            (f"{path}/attention/value#0", "attention/out#0"),
            (f"{path}/attention/out#0", "add#0"),
            (before, "add#0"),
            (f"{path}/add#0", "norm_1#0"),
            (f"{path}/norm_1#0", "mlp/dense#0"),
            (f"{path}/mlp/dense#0", "mlp/gelu#0"),
            (f"{path}/mlp/gelu#0", "mlp/dense_1#0"),
            (f"{path}/mlp/dense_1#0", "add_1#0"),
            (f"{path}/add#0", "add_1#0"),
        ]
        edges += [edge(source, f"{path}/{target}") for source, target in pairs]
        before = f"{path}/add_1#0"
    return run(calls, edges)


@st.composite
def runs(draw):
    """A random tree of calls with random edges, forwards and (after lifting) in circles."""
    count = draw(st.integers(1, 14))
    calls = []
    for number in range(count):
        above = draw(st.none() | st.integers(0, number - 1)) if number else None
        parent = None if above is None else calls[above]
        path = f"c{number}" if parent is None else f"{parent.path}/c{number}"
        depth = 0 if parent is None else parent.depth + 1
        above_id = None if parent is None else parent.id
        calls.append(call(path, above_id, depth=depth))
    ends = st.tuples(st.none() | st.integers(0, count - 1), st.integers(0, count - 1))
    edges = [
        edge(None if source is None else calls[source].id, calls[target].id, index=index)
        for source, target, index in draw(
            st.lists(st.tuples(ends, st.integers(0, 1)).map(lambda p: (*p[0], p[1])), max_size=20)
        )
        if source != target
    ]
    return run(calls, edges)
