"""Failures: the failing call, expected against found, and where each axis came from."""

from __future__ import annotations


def test_failing_call_is_the_innermost_with_the_users_line(watch):
    scene = watch("""
        class Net(keras.Model):
            def __init__(self):
                super().__init__(name="net")
                self.a = layers.Dense(8, name="a")
                self.b = layers.Dense(9, name="b")
                self.add = layers.Dense(2, name="c")

            def call(self, x):
                left = self.a(x)
                right = self.b(x)
                return self.add(ops.matmul(left, ops.transpose(right)))

        Net()(np.ones((2, 5)))
    """)

    failure = scene.run("forward").failure

    assert failure.call == "net#0"
    assert failure.line == scene.line("ops.matmul(left")
    assert failure.type == "ValueError"
    assert [operand.shape for operand in failure.operands] == [(2, 8), (9, 2)]


def test_axes_are_traced_to_the_layers_that_made_them(watch):
    scene = watch("""
        a = layers.Dense(8, name="a")
        b = layers.Dense(9, name="b")

        class Net(keras.Model):
            def call(self, x):
                return ops.add(a(x), b(x))

        Net(name="net")(np.ones((2, 5)))
    """)

    left, right = scene.run("forward").failure.operands

    assert (left.axes_from[1].what, left.axes_from[1].line) == ("Dense(8)", scene.line("Dense(8"))
    assert (right.axes_from[1].what, right.axes_from[1].line) == ("Dense(9)", scene.line("Dense(9"))
    assert "input" in left.axes_from[0].what


def test_input_spec_error_names_expected_and_found(watch):
    scene = watch("""
        model = keras.Sequential([keras.Input((5,)), layers.Dense(3, name="d")], name="m")
        model(np.ones((2, 6)))
    """)

    failure = scene.run("forward").failure

    assert "5" in failure.expected
    assert "(2, 6)" in failure.found


def test_functional_build_failure_keeps_the_calls_up_to_it(watch):
    scene = watch("""
        inputs = keras.Input((4,))
        a = layers.Dense(8, name="a")(inputs)
        b = layers.Reshape((2, 4), name="b")(a)
        layers.Concatenate(axis=1, name="join")([a, b])
    """)

    run = scene.run("build")

    assert [c.name for c in run.calls] == ["a", "b", "join"]
    assert run.failure.call == "join#0"
    assert run.failure.line == scene.line("Concatenate")


def test_failure_is_forgotten_when_user_code_catches_it(watch):
    scene = watch("""
        class Net(keras.Model):
            def __init__(self):
                super().__init__(name="net")
                self.d = layers.Dense(2, name="d")

            def call(self, x):
                try:
                    return self.d(ops.reshape(x, (7, 7)))
                except Exception:
                    return self.d(x)

        Net()(np.ones((2, 5)))
    """)

    assert scene.error is None
    assert scene.run("forward").failure is None


def test_line_of_a_notebook_is_told_with_its_cell():
    from inspector.capture.advice import line_words

    assert line_words(("/a/book.ipynb cell 2", 5)) == " (cell 2:5)"
    assert line_words(("/a/model.py", 5)) == " (line 5)"
    assert line_words(None) == ""
