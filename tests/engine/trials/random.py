"""Random draws: within their range, of the shape and dtype asked for, the same for one seed."""

import numpy as np
from hypothesis import strategies as st
from trial import BOOL, FLOATS, INTEGERS, REAL, Trial, arrays, positive, seeds, shapes, some

draws = st.tuples(seeds, seeds)
floats, integers = st.sampled_from(FLOATS), st.sampled_from(INTEGERS)


def alone(bounds=None, **constants):
    """A draw without operands."""
    how = st.fixed_dictionaries({"seed": draws, **constants})
    return how.map(lambda how: Trial((), how, bounds=bounds(how) if bounds else None))


@st.composite
def with_parameters(draw, kinds, dtypes=FLOATS, bounds=None):
    """A draw with operands that broadcast to its shape."""
    shape = draw(shapes(1, 3, some))
    own = tuple(n if draw(st.booleans()) else 1 for n in shape)
    inputs = tuple(draw(kind(own)) for kind in kinds)
    constants = {"shape": shape, "dtype": draw(st.sampled_from(dtypes)), "seed": draw(draws)}
    return Trial(inputs, constants, bounds=bounds)


def parameter(shape):
    return arrays(shape, FLOATS[:2], positive)


def chance(shape):
    return arrays(shape, FLOATS[:2], lambda generator, size: generator.uniform(0, 1, size))


def tries(shape):
    return arrays(shape, INTEGERS[:2], positive)


@st.composite
def categorical(draw):
    x = draw(arrays(shapes(2, 2, some)))
    constants = {"samples": draw(st.integers(0, 4)), "dtype": draw(integers), "seed": draw(draws)}
    return Trial((x,), constants, bounds=(0, x.shape[1] - 1))


@st.composite
def dropout(draw):
    x = draw(arrays())
    keep = draw(st.sampled_from([0.5, 0.9, 1.0]))
    return Trial((x, draw(arrays(x.shape, BOOL))), {"keep": keep},
                 lambda x, mask: np.where(mask, x / keep, 0))  # fmt: skip


FLOATING = {"shape": shapes(), "dtype": floats}
TRIALS = {
    "random_uniform": alone(lambda how: (0, 1), **FLOATING),
    "random_normal": alone(**FLOATING),
    "random_truncated_normal": alone(lambda how: (-2, 2), **FLOATING),
    "random_integers": alone(
        lambda how: (how["minval"], how["maxval"] - 1),
        shape=shapes(),
        dtype=integers,
        minval=st.integers(0, 3),
        maxval=st.integers(4, 100),
    ),
    "random_keep_mask": alone(shape=shapes(), keep=st.sampled_from([0.0, 0.3, 1.0])),
    "random_permutation": alone(lambda how: (0, how["size"] - 1), size=st.integers(0, 9)),
    "random_categorical": categorical(),
    "random_gamma": with_parameters([parameter], bounds=(0, np.inf)),
    "random_beta": with_parameters([parameter, parameter], bounds=(0, 1)),
    "random_binomial": with_parameters([tries, chance], REAL, bounds=(0, 9)),
    "dropout_apply": dropout(),
}
