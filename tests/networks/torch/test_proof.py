"""The proof on the screen: another process, another library, the same numbers."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.networks.network import load, untrained
from lstm_viz.networks.torch import proof
from lstm_viz.networks.torch.proof import Verdict
from lstm_viz.run.recording import Recording
from lstm_viz.tasks import TASKS

SUBJECT = TASKS["subject"]
SENTENCE = next(iter(SUBJECT.examples.values()))


@pytest.fixture
def torch_judge():
    """A judge of its own, so that no test finds the verdicts of another."""
    found = proof._Checker()
    yield found
    found.close()


def verdict(torch_judge, question, seconds=200):
    handle, end = torch_judge.submit(question), time.monotonic() + seconds
    while (found := torch_judge.poll(handle)) is None:
        assert time.monotonic() < end, "no verdict"
        time.sleep(0.01)
    return found


def question_about(network, sequence=SENTENCE, tamper=None):
    recording = network.read(sequence)
    if tamper:
        recording = tamper(recording)
    return proof._question(network, sequence, recording)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_torchs_own_module_agrees_with_every_number_on_the_screen(cell, torch_judge):
    found = verdict(torch_judge, question_about(load("subject", cell)))
    assert found.difference < 1e-12
    assert found.judges[0] == f"torch.nn.{cell.upper()}"


def test_every_signal_of_every_step_and_unit_is_judged(torch_judge):
    network = load("subject", "lstm")
    T, H, V = len(SENTENCE), network.hidden, len(SUBJECT.symbols)
    found = verdict(torch_judge, question_about(network))
    embedding = network.embedding.shape[1]
    # x, six signals, h once more by torch.nn.LSTM, and the logits
    assert found.numbers == T * (embedding + 6 * H + H + V)


def test_a_cell_without_a_kernel_is_judged_by_its_lines_on_tensors(torch_judge):
    found = verdict(torch_judge, question_about(load("subject", "peephole")))
    assert found.difference < 1e-12
    assert found.judges == ("the equations on tensors",)


def test_a_cell_of_ones_own_in_two_layers_and_numbers_are_judged_too(torch_judge):
    cell = Cell("f = sigmoid(W_f @ x + U_f @ h_prev)\nh = f * h_prev + tanh(W_h @ x + b_h) / 2")
    network = untrained(TASKS["load"], cell, hidden=5, layers=2, seed=3)
    found = verdict(torch_judge, question_about(network, (50.0, 60.0, 70.5)))
    assert found.difference < 1e-12


@pytest.mark.parametrize("signal_name", ["f", "c", "h"])
def test_one_wrong_number_is_found(signal_name, torch_judge):
    def tamper(recording):
        trace = recording[0]
        wrong = trace[signal_name].copy()
        wrong[7, 0, 2] += 1e-6
        changed = replace(trace, signals={**trace.signals, signal_name: wrong})
        return Recording({(0, "forward"): changed}, recording.output)

    found = verdict(torch_judge, question_about(load("subject", "lstm"), tamper=tamper))
    assert found.difference == pytest.approx(1e-6)


def test_a_number_that_is_none_is_infinitely_wrong(torch_judge):
    def tamper(recording):
        output = recording.output.copy()
        output[0, 0, 0] = np.nan
        return Recording(recording.traces, output)

    found = verdict(torch_judge, question_about(load("subject", "lstm"), tamper=tamper))
    assert found.difference == float("inf")


def test_bad_weights_are_a_problem_in_words_and_the_next_question_is_answered(torch_judge):
    network = load("subject", "lstm")
    recording = network.read(SENTENCE)
    weights = {**network.layers[0, "forward"][1], "U_f": np.zeros((3, 3))}
    broken = replace(network, layers={(0, "forward"): (network.cell, weights)})
    found = verdict(torch_judge, proof._question(broken, SENTENCE, recording))
    assert found.difference is None
    assert found.problem
    assert verdict(torch_judge, b"\x00" * 64).problem
    assert verdict(torch_judge, question_about(network)).difference < 1e-12


def test_a_process_that_was_killed_is_replaced(torch_judge):
    first = question_about(load("subject", "lstm"))
    assert verdict(torch_judge, first).difference < 1e-12
    os.kill(torch_judge._process.pid, signal.SIGKILL)
    torch_judge._process.wait()
    second = question_about(load("subject", "lstm"), SENTENCE[:5])
    assert verdict(torch_judge, second).difference < 1e-12


def test_a_process_that_dies_of_every_question_is_a_problem_in_words(torch_judge, monkeypatch):
    monkeypatch.setattr(proof, "COMMAND", (sys.executable, "-c", "input(); raise SystemExit"))
    found = verdict(torch_judge, question_about(load("subject", "lstm")))
    assert found == Verdict(problem="torch's process ended before it had answered")


def test_a_question_without_a_verdict_may_be_asked_again_but_not_at_once(torch_judge, monkeypatch):
    question = question_about(load("subject", "lstm"))
    with monkeypatch.context() as broken:
        broken.setattr(proof, "COMMAND", (sys.executable, "-c", "raise SystemExit"))
        assert verdict(torch_judge, question).problem
    assert torch_judge.poll(torch_judge.submit(question)).problem, (
        "a page that looks again asks no more"
    )
    monkeypatch.setattr(proof, "AGAIN", 0.0)
    assert verdict(torch_judge, question).difference < 1e-12


def test_what_goes_wrong_on_this_side_is_a_problem_and_the_next_question_is_answered(torch_judge):
    def exhausted(question):
        del torch_judge._put
        raise MemoryError("no room for the question")

    torch_judge._put = exhausted
    assert "no room" in verdict(torch_judge, question_about(load("subject", "lstm"))).problem
    assert verdict(torch_judge, question_about(load("subject", "gru"))).difference < 1e-12


def test_a_question_that_finds_no_place_is_told_so(monkeypatch):
    monkeypatch.setattr(proof, "WAITING", 1)
    torch_judge = proof._Checker()
    torch_judge._serve = lambda: None  # nobody answers
    first, second = (torch_judge.submit(question) for question in (b"one", b"another"))
    assert torch_judge.poll(first) is None
    assert torch_judge.poll(second).problem == "too many questions are waiting"


def test_a_process_that_never_answers_is_ended(torch_judge, monkeypatch):
    monkeypatch.setattr(proof, "PATIENCE", 0.2)
    sleeper = (sys.executable, "-c", "import time; time.sleep(60)")
    monkeypatch.setattr(proof, "COMMAND", sleeper)
    assert verdict(torch_judge, question_about(load("subject", "lstm"))).problem


def test_the_same_question_is_asked_once_and_different_ones_differ(torch_judge):
    network = load("subject", "lstm")
    question = question_about(network)
    assert torch_judge.submit(question) == torch_judge.submit(question)
    assert torch_judge.submit(question) != torch_judge.submit(
        question_about(load("subject", "gru"))
    )
    verdict(torch_judge, question)
    process = torch_judge._process
    assert verdict(torch_judge, question).difference < 1e-12
    assert torch_judge._process is process


def test_nobody_waits_for_torch_and_the_page_does_not_import_it():
    program = """
import sys, time
from lstm_viz.networks.torch import proof
from lstm_viz.networks.network import load
network = load("subject", "lstm")
sequence = next(iter(network.task.examples.values()))
recording = network.read(sequence)
handle = proof.submit(network, sequence, recording)
assert proof.poll(handle) is None, "it waited"
while proof.poll(handle) is None:
    time.sleep(0.05)
assert "torch" not in sys.modules
print(proof.poll(handle).difference, proof._CHECKER._process.pid)
"""
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=250
    )
    difference, process = answer.stdout.split()
    assert float(difference) < 1e-12
    with pytest.raises(ProcessLookupError):  # it ended with the process that had started it
        os.kill(int(process), 0)


def test_it_works_where_main_is_a_script_that_must_not_run_twice(tmp_path):
    """As under Streamlit, which puts the script of a page in the place of __main__."""
    script = tmp_path / "page.py"
    script.write_text(
        """
import sys, time, types
from lstm_viz.networks.torch import proof
from lstm_viz.networks.network import load
print("the script runs")
page = types.ModuleType("__main__")
page.__file__ = __file__
sys.modules["__main__"] = page
network = load("subject", "gru")
sequence = next(iter(network.task.examples.values()))
handle = proof.submit(network, sequence, network.read(sequence))
while proof.poll(handle) is None:
    time.sleep(0.05)
print(proof.poll(handle).difference < 1e-12)
""",
        encoding="utf-8",
    )
    answer = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=True,
        timeout=250,
        env=os.environ | {"PYTHONPATH": str(proof.CODE)},
    )
    assert answer.stdout.split("\n") == ["the script runs", "True", ""]


def test_every_cell_of_the_catalogue_can_be_judged(torch_judge):
    for cell in CELLS.values():
        network = untrained(SUBJECT, cell, hidden=4, embedding=3, seed=1)
        assert verdict(torch_judge, question_about(network, SENTENCE[:6])).difference < 1e-12, (
            cell.name
        )


def test_where_torch_is_not_installed_no_process_is_started_to_say_so(torch_judge, monkeypatch):
    monkeypatch.setattr(proof, "has", lambda library: library != "torch")
    monkeypatch.setattr(proof.subprocess, "Popen", None)
    handle = torch_judge.submit(question_about(load("subject", "lstm")))
    assert torch_judge.poll(handle) == Verdict(problem=proof.NO_TORCH)
