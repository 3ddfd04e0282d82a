"""Who “someone” is can be told from what comes later, and from nothing else."""

import numpy as np

from lstm_viz.tasks.someone import ANSWERS, EXAMPLES, SOMEONE, SYMBOLS, answers, encode, episode


def test_the_answer_is_the_next_pronoun_before_anyone_else():
    text = "someone slept . then someone waited and she sang . he laughed ."
    words = text.split()
    assert answers(words) == [None] * 4 + [ANSWERS.index("she")] + [None] * (len(words) - 5)


def test_what_was_read_before_someone_tells_nothing():
    rng = np.random.default_rng(0)
    before, said = [], []
    for words in (episode(rng) for _ in range(600)):
        last = None
        for word, answer in zip(words, answers(words), strict=True):
            if answer is not None and last is not None:
                before.append(last)
                said.append(answer)
            last = ANSWERS.index(word) if word in ANSWERS else last
    agreement = np.mean(np.array(before) == np.array(said))
    assert abs(agreement - 0.5) < 4 * 0.5 / len(said) ** 0.5


def test_every_example_has_an_answer_and_known_words():
    for text in EXAMPLES:
        words = text.split()
        assert set(words) <= set(SYMBOLS)
        assert any(answer is not None for answer in answers(words))
        assert words.count(SOMEONE) == sum(encode(words) == SYMBOLS.index(SOMEONE))
