"""The page on which a cell learns, without a browser: what is pressed, and what is then said."""

import json
import re
import shutil
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.jobs import Job, State
from lstm_viz.training.finished import finished_runs
from lstm_viz.training.run_folder import SNAPSHOTS
from lstm_viz.training.runs import jobs, run
from lstm_viz.training.settings import usual
from lstm_viz.ui import without_torch
from tests.serving import ROOT

MAIN, PAGE = ROOT / "lstm_viz" / "ui" / "main.py", ROOT / "pages" / "train.py"
GRADIENTS = ROOT / "pages" / "gradients.py"


@pytest.fixture(scope="module", autouse=True)
def server_stopped():
    yield
    jobs().close()


def opened(**address: str | list[str]) -> AppTest:
    """The page at this address; where that names neither a task nor runs, at a small task."""
    if not {"task", "runs"} & set(address):
        address["task"] = "adding"
    at = AppTest.from_file(str(MAIN), default_timeout=200).switch_page(str(PAGE))
    for name, value in address.items():
        at.query_params[name] = value
    return at.run()


def small(at: AppTest, seed: int) -> AppTest:
    """Settings with which a run takes a moment."""
    at.number_input(key="size on train of adding").set_value(10)
    at.number_input(key="hidden on train of adding").set_value(4)
    at.number_input(key="steps on train of adding").set_value(30)
    at.number_input(key="seed on train of adding").set_value(seed)
    return at.run()


def button(at: AppTest, label: str) -> Any:
    return next(b for b in at.button if b.label == label)


def labels(at: AppTest) -> set[str]:
    return {b.label for b in at.button}


def learnt(at: AppTest, how: str = "Train") -> AppTest:
    button(at, how).click()
    at.run()
    end = time.monotonic() + 200
    while "Stop" in labels(at) or any(job.state.is_alive for job in runs_of(at)):
        assert time.monotonic() < end
        assert not at.exception
        time.sleep(0.3)
        at.run()
    return at


def runs_of(at: AppTest) -> list[Job]:
    return [job for name in address_of(at).split(",") if (job := jobs().look(name))]


def address_of(at: AppTest) -> str:
    return address_says(at, "runs")


def address_says(at: AppTest, name: str) -> str:
    found = at.query_params[name]
    return found if isinstance(found, str) else found[0]


def text_of(at: AppTest) -> str:
    return "\n".join([m.value for m in at.markdown] + [c.value for c in at.caption])


def test_what_was_learnt_is_on_the_screen_and_its_address_finds_it_again():
    at = learnt(small(opened(), seed=1))
    found = run(address_of(at))
    assert found is not None
    assert found.record is not None
    loss = f"Loss {found.record.validation[-1]:.4f}"
    assert loss in text_of(at)
    again = opened(runs=address_of(at))
    assert loss in text_of(again)
    assert again.number_input(key="size on train of adding").value == 10
    assert again.number_input(key="seed on train of adding").value == 1
    assert "Train" not in labels(again), "it is there already"


def test_the_same_settings_in_another_session_are_the_same_run():
    first, second = (learnt(small(opened(), seed=2)) for _ in range(2))
    assert address_of(first) == address_of(second)


def test_rewind_begins_again_and_it_is_bit_for_bit_the_same_run():
    at = learnt(small(opened(), seed=3))
    name = address_of(at)
    first, before = what_was_learnt(name), jobs().look(name)
    assert before is not None
    again = learnt(at, "Rewind")
    after = jobs().look(name)
    assert after is not None
    assert after.started is not None
    assert before.finished is not None
    assert after.started > before.finished, "it was done again"
    assert what_was_learnt(name) == first
    assert address_of(again) == name
    assert again.number_input(key="seed on train of adding").value == 3


def what_was_learnt(name: str) -> dict[str, bytes]:
    found = run(name)
    assert found is not None
    assert found.record is not None
    files = (found.folder / SNAPSHOTS).iterdir()
    losses = {"loss": found.record.loss.tobytes(), "metric": found.record.metric.tobytes()}
    return losses | {file.name: file.read_bytes() for file in files}


def goes_at(monkeypatch: pytest.MonkeyPatch, place: str, *names: str) -> None:
    """In the moment in which this is called the files of these runs are deleted."""
    module, _, function = place.rpartition(".")
    called = getattr(import_module(module), function)

    def gone(*arguments: Any) -> Any:
        for name in names:
            shutil.rmtree(jobs().place_of(name))
        monkeypatch.undo()
        return called(*arguments)

    monkeypatch.setattr(place, gone)


def test_a_run_that_goes_while_it_is_drawn_is_drawn_to_the_end(monkeypatch):
    name = address_of(learnt(small(opened(), seed=3)))
    goes_at(monkeypatch, "lstm_viz.ui.train.snapshots._run_on_stage", name)
    at = opened(runs=name)
    assert not jobs().place_of(name).exists()
    assert not at.exception
    assert not at.warning
    assert len(shown(at)["training"]["snapshots"]) > 9
    assert "When did the gates open?" in text_of(at)
    jobs().delete(name)


def test_a_pinned_run_that_goes_while_it_is_drawn_is_drawn_to_the_end(monkeypatch):
    name, other = (address_of(learnt(small(opened(), seed))) for seed in (3, 11))
    goes_at(monkeypatch, "lstm_viz.ui.train.snapshots.pinned_beside", name, other)
    at = opened(runs=name, pin=f"{other}~1")
    assert not at.exception
    assert not at.warning
    assert {"left", "right"} < set(shown(at))
    for gone in (name, other):
        jobs().delete(gone)


def test_a_run_that_goes_while_its_gradient_is_measured_is_measured_to_the_end(monkeypatch):
    name = address_of(learnt(small(opened(), seed=3)))
    goes_at(monkeypatch, "lstm_viz.ui.gradients.view.compared", name)
    at = AppTest.from_file(str(MAIN), default_timeout=200).run()
    at.query_params["runs"], at.query_params["weights"] = name, "run"
    at.switch_page(str(GRADIENTS)).run()
    assert not jobs().place_of(name).exists()
    assert not at.exception
    assert not at.error
    assert "Over all steps: how often it went through a gate" in text_of(at)
    jobs().delete(name)


def test_an_address_whose_run_is_not_here_says_so():
    at = opened(runs="0" * 32)
    assert not at.exception
    assert "not here: it was deleted" in "\n".join(said.value for said in at.info)
    assert button(at, "Train") is not None
    assert all("not here" not in said.value for said in opened().info)


def test_delete_deletes_once_it_was_said_twice():
    at = learnt(small(opened(), seed=9))
    name = address_of(at)
    place = jobs().place_of(name)
    assert place.exists()
    button(at, "Delete for good").click()
    at.run()
    assert not at.exception
    assert "runs" not in at.query_params
    assert jobs().look(name) is None
    assert not place.exists()
    assert at.number_input(key="seed on train of adding").value == 9
    assert "Train" in labels(at)


def test_cells_are_compared_with_their_parameters():
    at = small(opened(), seed=4)
    at.multiselect(key="cells on train").set_value(["rnn", "peephole"])
    at = learnt(at.run())
    text = text_of(at)
    assert "**Plain RNN**" in text
    assert ", 33 parameters" in text  # 4 (2 + 4) + 4 + 5
    assert ", 129 parameters" in text  # 4 times 28, 3 times 4, 5
    assert "One seed is one seed" in text


def shown(at: AppTest) -> dict[str, Any]:
    """What the stage, or the pair, was sent."""
    views = [one.proto for one in at.get("bidi_component")]
    (view,) = (one for one in views if one.component_name.endswith(("_stage", "_pair")))
    (payload,) = json.loads(view.json)
    return payload


def test_every_kept_moment_is_sent_to_the_stage_with_its_loss():
    at = learnt(small(opened(), seed=5))
    found = run(address_of(at))
    assert found is not None
    assert found.record is not None
    sent = shown(at)["training"]["snapshots"]
    assert [one["after"] for one in sent] == list(found.kept)
    losses = dict(zip(found.record.at, found.record.validation, strict=True))
    for one in sent:
        assert one["loss"] == pytest.approx(losses[one["after"]], rel=1e-3)
        assert "mean squared error" in one["metric"]
    assert shown(at)["words"]["expects"] == "sum"  # not what comes next
    assert len(at.get("plotly_chart")) == 3  # the run's picture, mean gates, loss


def test_an_address_with_a_pin_shows_it_beside_the_run():
    name, other = (address_of(learnt(small(opened(), seed))) for seed in (5, 9))
    at = opened(runs=name, pin=f"{other}~1")
    assert not at.exception
    pair = shown(at)
    (pinned,) = pair["left"]["training"]["snapshots"]
    assert pinned["after"] == 1
    assert pinned["weights"] != pair["right"]["training"]["snapshots"][1]["weights"]
    assert pair["words"]["left"] == "LSTM, seed 9, pinned after training step 1"
    at.selectbox(key="pinned after").set_value(30).run()
    assert address_says(at, "pin") == f"{other}~30"
    button(at, "Unpin").click()
    at.run()
    assert "left" not in shown(at)
    assert "pin" not in at.query_params


def test_a_pin_of_no_run_is_left_out():
    runs = address_of(learnt(small(opened(), seed=5)))
    for pin in ("", "~", "x~3", f"{'0' * 32}~1", f"{'0' * 32}~-1", "../~1"):
        at = opened(runs=runs, pin=pin)
        assert not at.exception, pin
        assert "training" in shown(at), pin


def test_a_loss_beyond_all_numbers_says_at_which_step_and_what_to_try():
    at = small(opened(), seed=6)
    at.multiselect(key="cells on train").set_value(["noaf"])
    at.number_input(key="steps on train of adding").set_value(400)
    at.number_input(key="learning_rate of adding").set_value(10.0)
    at.number_input(key="clip of adding").set_value(0.0)
    at.selectbox(key="optimiser of adding").set_value("sgd")
    at = learnt(at.run())
    (warning,) = (w.value for w in at.warning)
    assert re.search(r"After step \d+ the loss was no number any more", warning)
    assert "clipping at 1" in warning


def test_a_damaged_snapshot_is_named_and_the_rest_is_shown():
    at = learnt(small(opened(), seed=7))
    file = jobs().place_of(address_of(at)) / SNAPSHOTS / "000002.safetensors"
    file.write_bytes(b"damaged")
    at.run()
    assert not at.exception
    assert any("000002.safetensors" in warning.value for warning in at.warning)


def test_a_text_of_ones_own_is_asked_for_and_a_short_one_refused_in_words():
    at = opened()
    at.selectbox(key="task on train").set_value("text").run()
    assert "500 to 100000" in at.info[0].value
    assert "Train" not in labels(at)
    at.text_area[0].set_value("the cat sat on the mat and " * 30).run()
    assert not at.exception
    assert "Train" in labels(at)


@pytest.mark.parametrize("address", ["../../etc/passwd", "0" * 32, "x,y,,"])
def test_an_address_of_no_run_shows_the_page_without_one(address):
    at = opened(runs=address)
    assert not at.exception
    assert "Rewind" not in labels(at)


def test_a_link_chooses_task_and_cells_and_what_is_no_cell_is_left_out():
    flat = "c = 0.9 * c_prev + W_c @ x\nh = tanh(c)"
    evil = 'h = __import__("os").system("sleep 60")'
    at = opened(task="counting", cells=[flat, "gru", evil, "../lstm", "h = 9 ** 9 ** 9"])
    assert not at.exception
    assert at.selectbox(key="task on train").value == "counting"
    assert at.multiselect(key="cells on train").value == [flat, "gru"]
    at.number_input(key="hidden on train of counting").set_value(5).run()
    assert at.query_params["cells"] == [flat, "gru"]
    assert opened(task="parity").multiselect(key="cells on train").value == ["lstm"]


def test_the_start_of_a_comparison_is_that_of_the_cells_that_can_be_biased():
    at = opened(task="adding", cells=["rnn", "lstm"])
    chosen = at.selectbox(key="start on train of adding").value
    assert chosen != "plain"
    at = learnt(small(at, seed=10))
    again = opened(runs=address_of(at))
    assert again.selectbox(key="start on train of adding").value == chosen
    assert "Train" not in labels(again), "these runs are there already"


def test_a_typed_cell_is_listed_and_reopened_under_a_readable_name():
    flat = "c = 0.9 * c_prev + W_c @ x\nh = tanh(c)"
    at = small(opened(task="adding", cells=[flat]), seed=8)
    at = learnt(at)
    title = "Own cell: c = 0.9 · c_prev + W_c @ x, h = tanh(c)"
    assert f"**{title}**" in text_of(at)
    assert f", {4 * 2 + 4 + 1} parameters" in text_of(at)
    again = opened()
    name = f"Adding two marked numbers, {title}, 4 units, seed 8, 30 steps"
    button(again, name).click()
    again.run()
    assert not again.exception
    assert again.multiselect(key="cells on train").value == [flat]
    assert f"**{title}**" in text_of(again)


def test_it_opens_on_finished_runs_and_on_the_one_that_shows_something():
    at = AppTest.from_file(str(MAIN), default_timeout=200).run().switch_page(str(PAGE)).run()
    assert not at.exception
    assert "runs" not in at.query_params
    assert "here the start decides, and not the cell alone" in text_of(at)
    assert not at.get("progress")
    chosen = run(str(at.selectbox(key="run").value))
    assert chosen is not None
    assert chosen.settings["start"] == "chrono"
    training = shown(at)["training"]
    assert any(mark["role"] == "" for mark in training["marks"]), "where the loss fell"
    assert "the loss falls furthest" in shown(at)["caption"]


def test_what_came_of_an_experiment_has_an_address_of_its_own():
    at = AppTest.from_file(str(MAIN), default_timeout=200).run().switch_page(str(PAGE)).run()
    at.button(key="finished parity").click()
    at.run()
    assert not at.exception
    assert address_of(at).split(",") == finished_runs("parity")
    assert at.selectbox(key="task on train").value == "parity"
    assert "Stop" not in labels(at)


def test_while_there_is_no_run_one_press_starts_an_experiment():
    at = opened()
    assert {"Watch Plain RNN and LSTM", "Watch LSTM"} < labels(at)
    button(at, "Watch LSTM").click()
    at.run()
    assert not at.exception
    assert at.selectbox(key="task on train").value == "anbn"
    assert labels(at) & {"Stop", "Rewind"}
    assert "Watch LSTM" not in labels(at)
    jobs().store.ask_to_stop(address_of(at))


# ---- whose it is ---------------------------------------------------------------------------------


def test_what_another_browser_began_can_be_looked_at_and_not_be_ended(monkeypatch):
    name = address_of(learnt(small(opened(), seed=20)))
    at = opened(runs=name)  # another browser
    assert not {"Stop", "Rewind", "Delete for good"} & labels(at)
    assert "begun in another browser" in text_of(at)
    assert "training" in shown(at)
    at.number_input(key="seed on train of adding").set_value(21).run()
    assert "Train" in labels(at), "a copy with another seed"
    jobs().delete(name)


def test_a_run_of_another_browser_that_was_stopped_is_trained_on():
    settings = usual("adding") | {"hidden": 4, "size": 10, "steps": 30, "seed": 22}
    name = jobs().submit(settings, "another browser")
    jobs().store.ask_to_stop(name)
    end = time.monotonic() + 100
    while (job := jobs().look(name)) and job.state.is_alive:
        assert time.monotonic() < end
        time.sleep(0.05)
    if job is not None and job.state is State.STOPPED:  # not done yet
        at = opened(runs=name)
        assert "Delete for good" not in labels(at)
        at = learnt(at, "Resume")
        assert "Rewind" not in labels(at)
    jobs().delete(name)


def test_a_browser_knows_its_own_by_a_cookie_after_a_reload(monkeypatch):
    token, other = "2|00|a1b2c3d4|1700000000", "2|ff|a1b2c3d4|1700000000"
    mask = "2|0f|" + bytes(byte ^ 0x0F for byte in bytes.fromhex("a1b2c3d4")).hex() + "|1"
    cookies = {"_streamlit_xsrf": token}
    monkeypatch.setattr(
        "streamlit.runtime.context.ContextProxy.cookies", property(lambda _self: cookies)
    )
    name = address_of(learnt(small(opened(), seed=23)))
    cookies["_streamlit_xsrf"] = mask  # as Streamlit sends the same secret anew
    assert "Delete for good" in labels(opened(runs=name))
    cookies["_streamlit_xsrf"] = other
    assert "Delete for good" not in labels(opened(runs=name))
    jobs().delete(name)


# ---- a list of runs that cannot be reached -------------------------------------------------------


def test_a_list_that_cannot_be_read_is_said_and_the_address_stays(monkeypatch):
    name = address_of(learnt(small(opened(), seed=24)))
    with monkeypatch.context() as broken:
        broken.setattr(jobs().store, "file", Path("/proc/no folder/jobs.sqlite"))
        at = opened(runs=name)
        assert not at.exception
        assert any("LSTMVIZ_DATA" in warning.value for warning in at.warning)
        assert address_of(at) == name
        assert not AppTest.from_file(str(MAIN), default_timeout=200).run().exception
        gradients = AppTest.from_file(str(MAIN), default_timeout=200).run()
        gradients = gradients.switch_page(str(GRADIENTS)).run()
        assert not gradients.exception
        assert not gradients.warning
    at.run()
    assert not at.warning
    assert "Loss" in text_of(at)
    jobs().delete(name)


def test_a_damaged_list_is_made_anew_and_the_run_is_there():
    name = address_of(learnt(small(opened(), seed=25)))
    for side in ("-wal", "-shm"):
        jobs().store.file.with_name(f"jobs.sqlite{side}").unlink(missing_ok=True)
    jobs().store.file.write_bytes(b"damaged" * 4096)
    at = opened(runs=name)
    assert not at.exception
    assert "Loss" in text_of(at)
    assert not at.info
    jobs().delete(name)


# ---- without torch -------------------------------------------------------------------------------


def test_without_torch_the_page_says_which_line_adds_it_and_starts_nothing(monkeypatch):
    monkeypatch.setattr(without_torch, "has", lambda library: library != "torch")
    at = opened()
    assert not at.exception
    assert any("make run TORCH=cpu" in info.value for info in at.info)
    assert button(at, "Train").disabled
    button(at, "Watch LSTM").click().run()
    assert "make run TORCH=cpu" in at.error[0].value
    assert "runs" not in at.query_params


def test_without_torch_a_finished_run_is_still_looked_at(monkeypatch):
    name = address_of(learnt(small(opened(), seed=31)))
    monkeypatch.setattr(without_torch, "has", lambda library: library != "torch")
    at = opened(runs=name)
    assert not at.exception
    assert "loss" in text_of(at)
    assert not labels(at) & {"Rewind", "Resume"}
    jobs().delete(name)
