"""Masks in tests: a masked model, and what happened to its masks."""

from __future__ import annotations

TOKENS = "np.array([[3, 1, 0, 0], [2, 0, 0, 0]])"


def life(run):
    assert len(run.masks) == 1, (
        run.masks,
        [(c.id, c.class_, c.inputs, c.outputs) for c in run.calls],
    )
    (mask,) = run.masks
    return mask, [(event.what, event.call) for event in mask.events]


LINE = """
tokens = keras.Input((4,), dtype="int32")
x = layers.Embedding(10, 4, mask_zero=True, name="e")(tokens)
"""


def functional(watch, body, outputs):
    """The forward pass of a Functional model on a masked embedding `x`."""
    return watch(
        f"{LINE}{body}\nmodel = keras.Model(tokens, {outputs}, name='m')\nmodel({TOKENS})\n"
    )


def words_of(mask, call):
    return [event.what for event in mask.events if event.call == call]


def dropped(run):
    return [event for mask in run.masks for event in mask.events if event.what == "dropped"]
