"""The finished runs that are shipped are what the worker makes of the experiments' settings."""

import numpy as np
import pytest
import torch

from lstm_viz.networks.torch.layer import RecurrentNet
from lstm_viz.training.experiments import EXPERIMENTS
from lstm_viz.training.finished import finished, finished_runs, name_of, packed
from lstm_viz.training.learner import Learner, error_of, tensor
from lstm_viz.training.run_folder import beginning
from lstm_viz.training.runs import jobs, run
from lstm_viz.training.settings import recipe_of
from lstm_viz.training.snapshots import snapshots
from lstm_viz.training.worker import EXAMINED_ON
from lstm_viz.words.outcome import Outcome, outcome

SETTINGS = [settings for experiment in EXPERIMENTS for settings in experiment.settings]
LABELS = ["-".join(str(one[part]) for part in ("task", "cell", "start")) for one in SETTINGS]


@pytest.fixture(params=SETTINGS, ids=LABELS)
def settings(request):
    return request.param


def test_every_experiment_is_there_whole_under_the_name_of_its_settings(settings):
    found = finished()[name_of(settings)]
    assert found.settings == settings
    assert found.record is not None
    assert found.record.done == settings["steps"]
    assert found.kept == snapshots(settings["steps"])
    assert len(packed(found)) < 600_000
    assert jobs().name(settings) == found.name, "the same run as one that is begun on the page"
    assert found.name in finished_runs(settings["task"])
    assert run(found.name) is not None


def test_its_first_steps_are_those_that_anybody_gets(settings):
    record = finished()[name_of(settings)].record
    assert record is not None
    net = RecurrentNet(beginning(settings)).float()
    learner = Learner(net, recipe_of(settings, beginning(settings).task), settings["optimiser"])
    for step in range(3):
        loss, norm = learner.learn()
        assert loss == pytest.approx(record.loss[step], rel=1e-3)
        assert norm == pytest.approx(record.norm[step], rel=1e-2)


def test_the_weights_that_are_kept_have_the_loss_that_is_recorded(settings):
    found = finished()[name_of(settings)]
    assert found.record is not None
    inputs, targets = found.task.held_out(np.random.default_rng(1), EXAMINED_ON)
    for step in (0, settings["steps"]):
        net = RecurrentNet(found.network(step)).float()
        with torch.no_grad():
            loss = error_of(net(tensor(inputs)), torch.tensor(targets)).item()
        (place,) = np.flatnonzero(found.record.at == step)
        assert loss == pytest.approx(found.record.validation[place], rel=1e-3, abs=1e-6)


def test_the_first_experiment_shows_that_the_start_decides_and_not_the_cell():
    rnn, plain, chrono = (finished()[name_of(one)] for one in EXPERIMENTS[0].settings)
    found = [outcome(one.task, one.record) for one in (rnn, plain, chrono) if one.record]
    assert found == [Outcome.NOTHING, Outcome.NOTHING, Outcome.LEARNT]
