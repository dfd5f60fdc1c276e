"""Calls: vertices, frames, lines, shapes and weights."""

from __future__ import annotations

from inspector.engine import REGISTRY
from inspector.engine.cuda import dispatch

from .conftest import call

NESTED = """
class Block(layers.Layer):
    def __init__(self):
        super().__init__(name="block")
        self.first = layers.Dense(4, name="first")
        self.second = layers.Dense(3, name="second")

    def call(self, x):
        h = self.first(x)
        return self.second(ops.tanh(h) * 2)

class Net(keras.Model):
    def __init__(self):
        super().__init__(name="net")
        self.block = Block()
        self.head = layers.Dense(1, name="head")

    def call(self, x):
        return self.head(self.block(x))

net = Net()
net(np.ones((2, 7)))
"""


def test_calls_are_nested_by_frame_when_model_is_subclassed(watch):
    scene = watch(NESTED)

    run = scene.run("forward")

    assert [(c.id, c.parent, c.depth) for c in run.calls] == [
        ("net#0", None, 0),
        ("net/block#0", "net#0", 1),
        ("net/block/first#0", "net/block#0", 2),
        ("net/block/second#0", "net/block#0", 2),
        ("net/head#0", "net#0", 1),
    ]


def test_call_lines_are_the_users_when_model_is_subclassed(watch):
    scene = watch(NESTED)

    run = scene.run("forward")

    assert call(run, "first").line == scene.line("h = self.first(x)")
    assert call(run, "head").line == scene.line("return self.head(self.block(x))")
    assert call(run, "net").line == scene.line("net(np.ones((2, 7)))")
    assert call(run, "first").file == scene.file


def test_eager_run_has_actual_shapes_and_no_symbolic_calls(watch):
    scene = watch(NESTED)

    run = scene.run("forward")

    assert [ref.shape for ref in call(run, "second").inputs] == [(2, 4)]
    assert [ref.shape for ref in call(run, "net").outputs] == [(2, 1)]
    assert all(83 not in ref.shape for c in run.calls for ref in c.inputs)


def test_build_run_has_unknown_axes_inside_user_code(watch):
    scene = watch(
        NESTED.replace(
            "net(np.ones((2, 7)))", "inputs = keras.Input((7,))\nkeras.Model(inputs, net(inputs))"
        )
    )

    run = scene.run("build")

    assert [c.id for c in run.calls if c.name == "second"] == ["net/block/second#0"]
    assert call(run, "second").outputs[0].shape == (None, 3)
    assert len(call(run, "block").ops) == 2


def test_weights_are_shown_at_the_call_of_their_own_layer(watch):
    scene = watch(NESTED)

    run = scene.run("forward")

    assert [(w.shape, w.trainable, w.initialized) for w in call(run, "first").weights] == [
        ((7, 4), True, True),
        ((4,), True, True),
    ]
    assert call(run, "net").weights == ()


def test_shared_layer_has_several_calls_of_one_layer_id(watch):
    scene = watch("""
        shared = layers.Dense(3, name="shared")
        a, b = keras.Input((3,)), keras.Input((3,))
        model = keras.Model([a, b], shared(a) + shared(b), name="twins")
        model([np.ones((2, 3)), np.ones((2, 3))])
    """)

    run = scene.run("forward")
    shared = [c for c in run.calls if c.name == "shared"]

    assert [c.id for c in shared] == ["twins/shared#0", "twins/shared#1"]
    assert len({c.layer_id for c in shared}) == 1


def test_functional_call_lines_are_where_the_node_was_made(watch):
    scene = watch("""
        inputs = keras.Input((3,))
        x = layers.Dense(4, name="a")(inputs)
        x = layers.Dense(5, name="b")(x)
        model = keras.Model(inputs, x)
        model(np.ones((2, 3)))
    """)

    run = scene.run("forward")

    assert call(run, "a").line == scene.line("layers.Dense(4")
    assert call(run, "b").line == scene.line("layers.Dense(5")


def test_sequential_call_lines_are_where_the_layer_was_made(watch):
    scene = watch("""
        model = keras.Sequential([
            layers.Dense(4, name="a"),
            layers.Dense(5, name="b"),
        ])
        model(np.ones((2, 3)))
    """)

    run = scene.run("forward")

    assert call(run, "a").line == scene.line("layers.Dense(4")
    assert call(run, "b").line == scene.line("layers.Dense(5")


def test_functional_build_is_a_run_of_its_own_with_none_axes(watch):
    scene = watch("""
        inputs = keras.Input((3,))
        outputs = layers.Dense(2, name="out")(layers.Dense(4, name="hidden")(inputs))
        model = keras.Model(inputs, outputs, name="mlp")
    """)

    run = scene.run("build")

    assert run.model == "mlp"
    assert [c.outputs[0].shape for c in run.calls] == [(None, 4), (None, 2)]


def test_runs_beyond_the_limit_are_counted_not_kept(watch):
    scene = watch(
        """
        layer = layers.Dense(2, name="alone")
        for _ in range(5):
            layer(np.ones((1, 2)))
        """,
        keep_runs=3,
    )

    (model,) = scene.recorder.models()

    assert (model.kind, model.runs_not_kept) == ("layer", 2)
    assert len([run for run in scene.recorder.runs() if run.kind == "forward"]) == 3


def test_op_says_which_gpu_code_ran_it(watch, monkeypatch):
    tanh = REGISTRY["tanh"]
    plain = tanh.forward

    def forward(xp, *arrays):
        dispatch.note("kernel tanh")
        return plain(xp, *arrays)

    monkeypatch.setattr(tanh, "forward", forward)
    run = watch(NESTED).run("forward")

    said = {op.op: op.implementation for c in run.calls for op in c.ops}
    assert {name for name, text in said.items() if text} == {"tanh"}
    assert said["tanh"] == "kernel tanh"


def test_ops_stand_in_the_call_that_ran_them_with_their_line(watch):
    scene = watch(NESTED)

    block = call(scene.run("forward"), "block")

    assert [op.function or op.op for op in block.ops][:1] == ["tanh"]
    assert {op.line for op in block.ops} == {scene.line("ops.tanh(h)")}
    assert all(block.start < op.position < block.end for op in block.ops)


def test_values_can_be_read_by_run_and_tensor_id(watch):
    scene = watch("layer = layers.Dense(2, kernel_initializer='ones')\nlayer(np.ones((1, 3)))")

    run = scene.run("forward")
    output = scene.recorder.tensor(run.number, run.calls[0].outputs[0].tensor)

    assert output.numpy().tolist() == [[3.0, 3.0]]


def test_sequential_build_belongs_to_the_sequential_model(watch):
    scene = watch("keras.Sequential([keras.Input((3,)), layers.Dense(2)], name='stack')")

    assert [run.model for run in scene.recorder.runs()] == ["stack"]
    assert [model.name for model in scene.recorder.models()] == ["stack"]


def test_sequential_grown_layer_by_layer_is_one_model(watch):
    scene = watch("""
        model = keras.Sequential(name="grown")
        model.add(keras.Input((3,)))
        model.add(layers.Dense(2))
        model.add(layers.Dense(1))
    """)

    assert [model.name for model in scene.recorder.models()] == ["grown"]


def test_build_that_asks_for_values_is_shown_once_and_has_not_failed(watch):
    scene = watch("""
        class Net(keras.Model):
            def __init__(self):
                super().__init__(name="net")
                self.a, self.b = layers.Dense(2, name="a"), layers.Dense(1, name="b")

            def call(self, x):
                y = self.a(x)
                if ops.sum(y) > 0:
                    y = y * 2
                return self.b(y)

        net = Net()
        net(np.ones((2, 3)))
        net.compile("sgd", "mse")
        net.fit(np.ones((2, 3)), np.ones((2, 1)), verbose=0)
    """)

    builds = [run for run in scene.recorder.runs() if run.kind == "build"]

    assert scene.error is None
    assert all(run.failure is None for run in builds)
    assert all([c.name for c in run.calls if c.name != "net"] == ["a", "b"] for run in builds)


def test_shared_layer_keeps_the_line_of_each_call_after_a_symbolic_build(watch):
    scene = watch("""
        shared = layers.Dense(4, name="shared")
        a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
        first = shared(a)
        second = shared(b)
        model = keras.Model([a, b], layers.subtract([first, second]), name="m")
        model.compile("sgd", "mse")
        model.fit([np.ones((4, 3)), np.ones((4, 3))], np.ones((4, 4)), verbose=0)
    """)

    lines = [c.line for c in scene.run("train_step").calls if c.name == "shared"]

    assert lines == [scene.line("first = shared(a)"), scene.line("second = shared(b)")]


def test_trainable_is_as_it_was_in_the_run(watch):
    scene = watch("""
        hidden = layers.Dense(3, name="hidden")
        model = keras.Sequential([keras.Input((4,)), hidden, layers.Dense(1)], name="m")
        for trainable in (False, True):
            hidden.trainable = trainable
            model.compile("sgd", "mse")
            model.fit(np.ones((4, 4)), np.ones((4, 1)), verbose=0)
    """)

    flags = [
        [w.trainable for w in call(scene.run("train_step", index), "hidden").weights]
        for index in (0, 1)
    ]

    assert flags == [[False, False], [True, True]]


def test_inputs_of_a_functional_model_have_its_names(watch):
    scene = watch("""
        a, b = keras.Input((3,), name="left"), keras.Input((2,), name="right")
        model = keras.Model([a, b], layers.concatenate([a, b]), name="m")
        model([np.ones((1, 3)), np.ones((1, 2))])
        model({"left": np.ones((1, 3)), "right": np.ones((1, 2))})
    """)

    for index in (0, 1):
        edges = [edge for edge in scene.run("forward", index).edges if edge.target == "m#0"]
        assert [edge.argument for edge in edges] == ["left", "right"]


def test_strings_keep_their_edge_into_the_model(watch):
    scene = watch("""
        lookup = layers.StringLookup(vocabulary=["a", "b"], name="lookup")
        inputs = keras.Input((1,), dtype="string")
        model = keras.Model(inputs, lookup(inputs), name="m")
        model(np.array([["a"], ["z"]]))
    """)

    pairs = [(edge.source, edge.target) for edge in scene.run("forward").edges]

    assert (None, "m/lookup#0") in pairs


def test_sequential_grown_layer_by_layer_has_one_build_run(watch):
    scene = watch("""
        model = keras.Sequential(name="grown")
        model.add(keras.Input((3,)))
        model.add(layers.Dense(2, name="a"))
        model.add(layers.Dense(1, name="b"))
    """)

    (run,) = scene.recorder.runs()

    assert [c.name for c in run.calls] == ["a", "b"]
