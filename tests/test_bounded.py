"""What is kept is bounded in bytes, whatever one thing takes."""

import threading
import time

from lstm_viz.bounded import Bounded


def test_the_room_is_in_bytes_and_the_one_not_asked_for_longest_goes():
    kept: Bounded[str] = Bounded(10, len)
    made: list[str] = []

    def get(text: str) -> str:
        def make() -> str:
            made.append(text)
            return text

        return kept.get(text, make)

    for text in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb"):
        assert get(text) == text
    assert made == ["aaaa", "bbbb", "cccc", "bbbb"]
    assert kept.bytes == 8


def test_what_is_larger_than_all_the_room_is_made_and_not_kept():
    kept: Bounded[str] = Bounded(10, len)
    kept.get("small", lambda: "small")
    assert kept.get("large", lambda: "x" * 100) == "x" * 100
    assert kept.bytes == 5
    assert kept.get("small", lambda: "another") == "small"
    kept.clear()
    assert kept.bytes == 0


def test_what_two_ask_for_at_once_is_made_once():
    kept: Bounded[str] = Bounded(100, len)
    made: list[int] = []

    def make() -> str:
        made.append(1)
        time.sleep(0.05)
        return "value"

    found: list[str] = []
    asking = [
        threading.Thread(target=lambda: found.append(kept.get("key", make))) for _ in range(8)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert found == ["value"] * 8
    assert made == [1]


def test_a_mistake_is_not_kept():
    kept: Bounded[str] = Bounded(100, len)

    def fail() -> str:
        raise ValueError

    for _ in range(2):
        try:
            kept.get("key", fail)
        except ValueError:
            continue
        raise AssertionError
    assert kept.get("key", lambda: "value") == "value"
