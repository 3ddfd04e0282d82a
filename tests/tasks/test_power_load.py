"""A load curve whose noise is known, so that what can be attained can be computed."""

import numpy as np
import pytest

from lstm_viz.tasks import TASKS
from lstm_viz.tasks.power_load import (
    DAY,
    NOISE,
    OPTIMUM,
    OPTIMUM_FROM_THE_START,
    WEEK,
    attainable,
    expected,
    ideal_forecast,
    judged_on,
)

TASK = TASKS["load"]


class Knowing:
    """A forecaster made by hand, told the hour: the best there can be."""

    def forecast(self, scaled):
        hour, _ = judged_on()
        assert scaled.shape[:2] == hour[:-1].shape
        return expected(hour[1:])


def test_weekdays_have_a_morning_and_every_day_an_evening():
    week = expected(np.arange(WEEK)).reshape(7, DAY)
    assert (week[:5, 8] > week[5:, 8].max() + 10).all()
    assert (week.argmax(1) == 19).all()
    assert (week.argmin(1) <= 4).all()


def test_what_can_be_attained_is_the_forecast_weighted_by_what_was_read():
    """The same by brute force: all weeks that may be, weighted by how far they are from what was
    read, on readings drawn anew; nobody who is told the load alone is better."""
    rng, at = np.random.default_rng(7), DAY + 30
    hour = rng.integers(0, WEEK, 1500) + np.arange(WEEK + 1)[:, None]
    load = expected(hour) + rng.normal(0, NOISE, hour.shape)
    curves = expected(np.arange(WEEK)[:, None] + np.arange(WEEK + 1))  # (beginnings, hours)
    errors = {}
    for read in (5, DAY, at, 100, WEEK):
        distance = ((load[:read, :, None] - curves.T[:read, None]) ** 2).sum(0)
        odds = np.exp(-(distance - distance.min(1, keepdims=True)) / (2 * NOISE**2))
        forecast = odds @ curves[:, read] / odds.sum(1)
        np.testing.assert_allclose(ideal_forecast(load[:read])[0][-1], forecast, rtol=1e-9)
        errors[read] = ((forecast - load[read]) ** 2).mean()
        likeliest = ((curves[distance.argmin(1), read] - load[read]) ** 2).mean()
        assert errors[read] < likeliest + 0.1
    assert errors[5] > errors[DAY] > 0.9 * NOISE**2
    assert errors[WEEK] == pytest.approx(NOISE**2, rel=0.1)  # by then it is known


def test_the_optimum_is_what_the_ideal_forecast_scores():
    assert attainable(2) == pytest.approx(OPTIMUM, abs=0.01)
    assert attainable(2, since=0) == pytest.approx(OPTIMUM_FROM_THE_START, abs=0.02)
    assert TASK.score.optimum == OPTIMUM > NOISE**2
    assert TASK.best == OPTIMUM_FROM_THE_START / TASK.spread**2
    measured = TASK.measure(Knowing())
    assert measured["optimum"] == pytest.approx(OPTIMUM, abs=0.06)
    saturday_at_seven = measured["optimum_by_hour_of_week"][5 * DAY + 7]
    assert 9 < saturday_at_seven < 13  # until then it may be a weekday
    assert measured["squared_error_by_hour_of_week"][5 * DAY + 7] < 6


def test_one_who_is_told_the_hour_has_the_noise_alone():
    measured = TASK.measure(Knowing())
    assert measured["squared_error"] == pytest.approx(NOISE**2, rel=0.02)


def test_yesterday_costs_twice_the_noise_and_the_change_of_the_days():
    baselines = TASK.baselines()
    assert baselines["same hour yesterday"] > 2 * NOISE**2
    assert baselines["repeat the last hour"] > 2 * NOISE**2


def test_errors_are_told_for_each_hour_of_the_week():
    by_hour = TASK.measure(Knowing())["squared_error_by_hour_of_week"]
    assert len(by_hour) == WEEK
    assert np.mean(by_hour) == pytest.approx(NOISE**2, rel=0.02)


def test_a_network_reads_scaled_numbers_and_answers_in_megawatts():
    scaled = TASK.encode((TASK.centre, TASK.centre + TASK.spread))
    np.testing.assert_allclose(scaled, [[0.0], [1.0]])
