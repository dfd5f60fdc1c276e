"""Gym's games as stand-ins: forms by name, and the answers that the script's age asks for."""

from __future__ import annotations

from inspector.loading.stand_ins import games


def test_step_gives_four_values_to_an_old_script_and_five_to_a_new_one():
    env = games.Environment("CartPole-v0")

    state = env.reset()
    state, reward, done, _ = env.step(0)
    assert (state.shape, done) == ((4,), False)
    assert env.reset()[0].shape == (4,)
    state, info = env.reset()
    state, reward, done, cut, info = env.step(1)
    assert state.shape == (4,)
    assert (reward > 100, cut, info) == (True, False, {})


def test_game_ends_at_its_third_step():
    env = games.Environment("CartPole-v1")
    env.reset()

    ends = [env.step(0)[2] for _ in range(3)]

    assert ends == [False, False, True]


def test_known_games_have_their_forms():
    pendulum, lake = games.Environment("Pendulum-v1"), games.Environment("FrozenLake-v1")

    assert pendulum.observation_space.shape == (3,)
    assert pendulum.action_space.high.tolist() == [2.0]
    assert (lake.observation_space.n, lake.action_space.n, lake.reset()) == (16, 4, 0)


def test_wrappers_make_screens_small_and_stack_them():
    env = games.NAMES["make"]("BreakoutNoFrameskip-v4")
    stacked = games.NAMES["FrameStack"](games.NAMES["AtariPreprocessing"](env), 4)

    assert stacked.reset().shape == (4, 84, 84)
    assert stacked.action_space.n == 4
