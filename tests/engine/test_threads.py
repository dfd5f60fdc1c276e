"""The number of threads for products of matrices."""

from __future__ import annotations

import os

import pytest
import threadpoolctl

from inspector.engine import pool, threads

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="no processors to choose on this system"
)


def test_physical_cores_counts_siblings_once(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    for number, siblings in enumerate(("0,2", "1,3", "0,2", "1,3")):
        topology = tmp_path / f"cpu{number}" / "topology"
        topology.mkdir(parents=True)
        (topology / "thread_siblings_list").write_text(siblings + "\n", encoding="ascii")

    assert threads.physical_cores(tmp_path) == 2


def test_physical_cores_counts_processors_where_nothing_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 5})

    assert threads.physical_cores(tmp_path) == 3


def test_cores_are_left_to_others_but_one_is_kept(monkeypatch):
    monkeypatch.setattr(threads, "physical_cores", lambda: 4)
    monkeypatch.setattr(pool, "allow", lambda count: None)
    with threadpoolctl.threadpool_limits(limits=1, user_api="blas"):
        assert threads.use_physical_cores({}, spare=1) == 3
        assert threads.use_physical_cores({}, spare=9) == 1


def test_threads_are_set_unless_the_environment_says_how_many(monkeypatch):
    monkeypatch.setattr(threads, "physical_cores", lambda: 2)
    allowed = []
    monkeypatch.setattr(pool, "allow", allowed.append)
    with threadpoolctl.threadpool_limits(limits=1, user_api="blas"):
        assert threads.use_physical_cores({"OMP_NUM_THREADS": "1"}) is None
        assert {library["num_threads"] for library in blas()} == {1}
        assert threads.use_physical_cores({}) == 2
        assert {library["num_threads"] for library in blas()} <= {1, 2}
    assert allowed == [1, 2]


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ({"OMP_NUM_THREADS": "3"}, 3),
        ({"OMP_NUM_THREADS": "8", "MKL_NUM_THREADS": "2"}, 2),
        ({"OMP_NUM_THREADS": "4,2"}, 1),
        ({"OPENBLAS_NUM_THREADS": "0"}, 0),
    ],
)
def test_number_in_the_environment_holds_for_blocks_too(monkeypatch, said, count):
    allowed = []
    monkeypatch.setattr(pool, "allow", allowed.append)

    threads.use_physical_cores(said)

    assert allowed == [count]


def blas():
    libraries = threadpoolctl.threadpool_info()
    return [library for library in libraries if library["user_api"] == "blas"]
