"""A load curve whose noise is known, so that nobody can forecast better."""

import numpy as np
import pytest

from lstm_viz.tasks import TASKS
from lstm_viz.tasks.power_load import DAY, NOISE, WEEK, expected, judged_on

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


def test_nobody_can_forecast_better_than_the_noise():
    measured = TASK.measure(Knowing())
    assert measured["squared_error"] == pytest.approx(NOISE**2, rel=0.02)
    assert TASK.score.optimum == NOISE**2


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
