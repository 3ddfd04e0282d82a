"""A map of states, judged by torch's principal components and by what a plane must keep."""

import numpy as np
import pytest
import torch

import lstm_viz as lv
from tests.agreement import assert_equal, refused

RNG = np.random.default_rng(3)


def traces(count=3):
    cell = lv.CELLS["lstm"]
    weights = lv.init_weights(cell, 2, 6, seed=1)
    return [lv.run(cell, weights, RNG.normal(size=(20 + k, 2, 2))) for k in range(count)]


@pytest.mark.parametrize("signal", ["h", "c"])
@pytest.mark.parametrize("parts", [1, 2, 3])
def test_the_directions_are_the_principal_components(signal, parts):
    read = traces()
    found = lv.state_map(read, signal, parts)
    points = torch.tensor(np.concatenate([trace[signal].reshape(-1, 6) for trace in read]))
    _u, sizes, judge = torch.pca_lowrank(points, q=6, niter=20)
    assert_equal(np.abs(found.axes @ judge.numpy()[:, :parts]), np.eye(parts), within=1e-9)
    share = (sizes**2 / ((points - points.mean(0)) ** 2).sum()).numpy()
    assert_equal(found.variance, share[:parts], within=1e-12)
    assert found.kept == pytest.approx(share[:parts].sum())


def test_the_variance_along_a_direction_is_that_of_the_points_on_the_map():
    read = traces()
    found = lv.state_map(read)
    placed = np.concatenate([points.reshape(-1, 2) for points in found.points])
    everything = np.concatenate([trace.h.reshape(-1, 6) for trace in read])
    assert_equal(placed.var(axis=0) / everything.var(axis=0).sum(), found.variance)
    assert_equal(np.cov(placed.T)[0, 1], 0.0, within=1e-15)


def test_points_of_a_plane_lose_nothing():
    flat = RNG.normal(size=(50, 2)) @ RNG.normal(size=(2, 7)) + 3
    found = lv.state_map(flat)
    assert found.kept == pytest.approx(1)
    apart = np.linalg.norm(found.points[0][:, None] - found.points[0], axis=-1)
    assert_equal(apart, np.linalg.norm(flat[:, None] - flat, axis=-1), within=1e-12)


def test_each_trace_has_its_path_and_other_states_lie_on_the_same_map():
    read = traces()
    found = lv.state_map(read)
    assert [points.shape for points in found.points] == [(20, 2, 2), (21, 2, 2), (22, 2, 2)]
    assert_equal(found.place(read[1].h), found.points[1])
    assert_equal(found.place(found.centre), np.zeros(2))


def test_the_map_is_the_same_whichever_way_the_vectors_point():
    points = RNG.normal(size=(30, 4))
    found = lv.state_map(points)
    assert (found.axes[[0, 1], np.abs(found.axes).argmax(axis=1)] > 0).all()


def test_where_nothing_varies_nothing_is_lost():
    assert lv.state_map(np.ones((5, 3))).kept == 1


def test_what_has_no_map_is_refused():
    with refused("a map is of states".capitalize(), "have 6, 4"):
        lv.state_map([np.ones((5, 6)), np.ones((5, 4))])
    with refused("5 states of 3 units have 1 to 3 directions, not 4"):
        lv.state_map(np.ones((5, 3)), parts=4)
    with refused("these have none"):
        lv.state_map([])
