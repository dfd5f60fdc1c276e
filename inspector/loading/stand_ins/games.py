"""Gym and Gymnasium where they are not installed: games that end at their third step.

Observations and actions have the forms of well-known games. The reward is high, so that scripts
that play until a game is solved come to an end. Old scripts take `state` from `reset` and four
values from `step`, new ones a pair and five: the script's own assignment says which.
"""

from __future__ import annotations

import dis
import sys
from types import FrameType
from typing import Any

import numpy as np

from inspector.loading.stand_ins.recording import StandIn

Array = np.ndarray[Any, Any]
_REWARD = 500.0
_STEPS = 3
# Part of the name → the observation's shape, the number of actions (0: one real number).
_KNOWN: tuple[tuple[str, tuple[int, ...], int], ...] = (
    ("CartPole", (4,), 2), ("Pendulum", (3,), 0), ("MountainCarContinuous", (2,), 0),
    ("MountainCar", (2,), 3), ("Acrobot", (6,), 3), ("LunarLanderContinuous", (8,), 0),
    ("LunarLander", (8,), 4), ("BipedalWalker", (24,), 0), ("CarRacing", (96, 96, 3), 0),
    ("FrozenLake", (), 4), ("Taxi", (), 6), ("Breakout", (210, 160, 3), 4),
    ("Pong", (210, 160, 3), 6), ("NoFrameskip", (210, 160, 3), 6), ("ALE/", (210, 160, 3), 6),
)  # fmt: skip


class Box:
    """Real numbers of a shape."""

    def __init__(
        self, low: Any = -1.0, high: Any = 1.0, shape: Any = None, *args: Any, **options: Any
    ) -> None:
        self.shape = tuple(np.shape(low) if shape is None else shape)
        self.low, self.high = np.full(self.shape, low), np.full(self.shape, high)
        self.dtype = np.dtype(np.float32)

    def sample(self) -> Array:
        """Any of them."""
        return np.zeros(self.shape, np.float32)


class Discrete:
    """Numbers below `n`."""

    shape: tuple[int, ...] = ()

    def __init__(self, n: int, *args: Any, **options: Any) -> None:
        self.n = n

    def sample(self) -> int:
        """Any of them."""
        return 0


class Environment(StandIn):
    """What `gym.make` gives."""

    def __init__(self, name: Any = "", *args: Any, **options: Any) -> None:
        super().__init__("environment")
        self._become(*_form(str(name)))

    def _become(self, shape: tuple[int, ...], actions: int) -> None:
        acting = Discrete(actions) if actions else Box(-2.0, 2.0, (1,))
        for name, value in (
            ("observation_space", Box(-1.0, 1.0, shape) if shape else Discrete(16)),
            ("action_space", acting), ("single_action_space", acting),
            ("unwrapped", self), ("_actions", actions), ("_steps", 0),
        ):  # fmt: skip
            object.__setattr__(self, name, value)

    def reset(self, *args: Any, **options: Any) -> Any:
        """The first observation, with information where two values are wanted."""
        object.__setattr__(self, "_steps", 0)
        is_new = _wanted(sys._getframe(1)) == 2 or "gymnasium" in sys.modules
        return (self._seen(0.0), {}) if is_new else self._seen(0.0)

    def step(self, action: Any) -> Any:
        """The next observation, its reward, and whether the game has ended."""
        object.__setattr__(self, "_steps", self._steps + 1)
        ended = self._steps >= _STEPS
        if _wanted(sys._getframe(1)) == 4:
            return self._seen(0.1), _REWARD, ended, {}
        return self._seen(0.1), _REWARD, ended, False, {}

    def _seen(self, value: float) -> Any:
        shape = self.observation_space.shape
        return np.full(shape, value, np.float32) if shape else int(10 * value)

    def __iter__(self) -> Any:
        return iter(())


def _form(name: str) -> tuple[tuple[int, ...], int]:
    return next(((shape, n) for part, shape, n in _KNOWN if part in name), ((4,), 2))


def _screens(*shape: int) -> Any:
    """A wrapper that makes a game's pictures smaller, grey, and several at once."""

    def wrap(env: Any, *args: Any, **options: Any) -> Any:
        if isinstance(env, Environment) and len(env.observation_space.shape) > 1:
            env._become(shape, int(vars(env)["_actions"]))
        return env

    return wrap


def _wanted(frame: FrameType) -> int:
    """How many names the statement that calls assigns the answer to; 0 if that is not said.

    `env.reset()[0]` takes one of two.
    """
    after = [i for i in dis.get_instructions(frame.f_code) if i.offset > frame.f_lasti][:2]
    if not after:
        return 0
    if len(after) == 2 and after[1].opname == "BINARY_SUBSCR" and after[0].argval == 0:
        return 2
    return (after[0].arg or 0) if after[0].opname == "UNPACK_SEQUENCE" else 0


NAMES: dict[str, Any] = {
    "make": Environment, "Box": Box, "Discrete": Discrete,
    "AtariPreprocessing": _screens(84, 84), "FrameStack": _screens(4, 84, 84),
    "FrameStackObservation": _screens(4, 84, 84),
    "make_atari": Environment, "wrap_deepmind": _screens(84, 84, 4),
}  # fmt: skip
