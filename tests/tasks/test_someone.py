"""Who “someone” is can be told from what comes later, and from nothing else."""

import numpy as np

from lstm_viz.tasks.loss import IGNORED
from lstm_viz.tasks.someone import ANSWERS, SOMEONE, TASK, asked, episode


def test_the_answer_is_the_next_pronoun_before_anyone_else():
    text = "someone slept . then someone waited and she sang . he laughed ."
    words = text.split()
    expected = [IGNORED] * 4 + [ANSWERS.index("she")] + [IGNORED] * (len(words) - 5)
    assert TASK.targets(words).tolist() == expected


def test_what_was_read_before_someone_tells_nothing():
    rng = np.random.default_rng(0)
    before, said = [], []
    for words in (episode(rng) for _ in range(600)):
        last = None
        for word, answer in zip(words, TASK.targets(words), strict=True):
            if answer != IGNORED and last is not None:
                before.append(last)
                said.append(answer)
            last = ANSWERS.index(word) if word in ANSWERS else last
    agreement = np.mean(np.array(before) == np.array(said))
    assert abs(agreement - 0.5) < 4 * 0.5 / len(said) ** 0.5


def test_a_batch_is_of_sequences_of_one_length_and_nothing_is_filled_up():
    lengths = set()
    for seed in range(8):
        inputs, _targets = TASK.batch(np.random.default_rng(seed), 16)
        ends = [TASK.symbols[code] for code in inputs[-1]]
        assert set(ends) == {"."}
        lengths.add(len(inputs))
    assert len(lengths) > 3


def test_every_example_asks_who_someone_is():
    for words in TASK.examples.values():
        assert asked(words) == [place for place, word in enumerate(words) if word == SOMEONE]
        assert asked(words)
