"""SciPy's minimizers compute a model's loss once."""

from __future__ import annotations

SCRIPT = """
import keras, numpy as np
from scipy.optimize import fmin_l_bfgs_b, minimize
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)], name="judge")
seen = []
def loss(x):
    seen.append(1)
    return float(keras.ops.sum(model(x.reshape(1, 4))))
def gradient(x):
    return np.ones(4)
x, lowest, info = fmin_l_bfgs_b(loss, np.ones(4), fprime=gradient, maxfun=20)
print("ONCE", len(seen), x.shape, info["nit"])
print("RESULT", minimize(loss, np.zeros(4)).x.shape, len(seen))
"""


def test_minimizers_compute_the_loss_once(open_script):
    opened = open_script(SCRIPT)

    assert opened.failure is None
    assert "ONCE 1 (4,) 1" in opened.printed
    assert "RESULT (4,) 2" in opened.printed
    assert "scipy.optimize.minimize" in opened.replaced
    assert opened.runs("judge", "forward")
