"""Edges: from the call whose output they carry, through any ops, to the call that takes it."""

from __future__ import annotations


def _pairs(run):
    return [(edge.source, edge.target) for edge in run.edges]


def test_edges_go_through_operators_and_ops(watch):
    scene = watch("""
        class Net(keras.Model):
            def __init__(self):
                super().__init__(name="net")
                self.a = layers.Dense(3, name="a")
                self.b = layers.Dense(3, name="b")
                self.c = layers.Dense(1, name="c")

            def call(self, x):
                left, right = self.a(x), self.b(x)
                return self.c(ops.relu(left) * 2 + right[:, ::-1])

        Net()(np.ones((2, 3)))
    """)

    assert _pairs(scene.run("forward")) == [
        (None, "net#0"),
        (None, "net/a#0"),
        (None, "net/b#0"),
        ("net/a#0", "net/c#0"),
        ("net/b#0", "net/c#0"),
    ]


def test_edges_of_a_functional_build_go_through_operations(watch):
    scene = watch("""
        inputs = keras.Input((3,))
        a = layers.Dense(3, name="a")(inputs)
        b = layers.Dense(1, name="b")(ops.relu(a) + inputs)
        keras.Model(inputs, b, name="m")
    """)

    assert _pairs(scene.run("build")) == [(None, "a#0"), (None, "b#0"), ("a#0", "b#0")]


def test_adding_a_tensor_to_itself_gives_two_edges(watch):
    scene = watch("""
        x = layers.Dense(3, name="a")(keras.Input((3,)))
        layers.Add(name="sum")([x, x])
        inputs = keras.Input((2,))
        h = layers.Dense(2, name="h")(inputs)
        model = keras.Model(inputs, layers.Add(name="add")([h, h]), name="m")
        model(np.ones((1, 2)))
    """)

    run = scene.run("forward")

    assert _pairs(run).count(("m/h#0", "m/add#0")) == 2


def test_edge_from_a_nested_model_starts_at_the_model(watch):
    scene = watch("""
        encoder = keras.Sequential([layers.Dense(4, name="e")], name="encoder")
        decoder = keras.Sequential([layers.Dense(2, name="d")], name="decoder")

        class Auto(keras.Model):
            def __init__(self):
                super().__init__(name="auto")
                self.encoder, self.decoder = encoder, decoder

            def call(self, x):
                return self.decoder(self.encoder(x))

        Auto()(np.ones((2, 3)))
    """)

    pairs = _pairs(scene.run("forward"))

    assert ("auto/encoder#0", "auto/decoder#0") in pairs
    assert ("auto/encoder#0", "auto/decoder/d#0") in pairs


def test_inputs_reach_the_inner_layers_in_a_training_step(watch):
    scene = watch("""
        a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
        left, right = layers.Dense(1, name="left")(a), layers.Dense(1, name="right")(b)
        model = keras.Model([a, b], left + right, name="m")
        model.compile("sgd", "mse")
        model.fit({"a": np.ones((4, 3)), "b": np.ones((4, 2))}, np.ones((4, 1)), verbose=0)
    """)

    pairs = _pairs(scene.run("train_step"))

    assert (None, "m/left#0") in pairs
    assert (None, "m/right#0") in pairs
