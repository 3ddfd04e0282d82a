"""Work that a worker can be given: it waits, counts, breaks, or eats memory."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from lstm_viz.jobs.settings import Choice, Rule, Whole, checked

KINDS = ("count", "refuse", "break", "die", "hang", "eat", "strange")
RULES: dict[str, Rule] = {"kind": Choice(KINDS), "number": Whole(0, 10_000)}


class StrangeError(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def check(given: object) -> dict:
    return checked(given, RULES)


def do(settings: dict, folder: Path, is_to_stop: Callable[[], bool]) -> bool:
    """``count``: one line in a file every 20 ms, up to the number, unless stopped."""
    match settings["kind"]:
        case "refuse":
            raise ValueError("The number is not to my liking.")
        case "break":
            raise KeyError("a slip")
        case "strange":
            raise StrangeError("this cannot be pickled", "sent back")
        case "die":
            os._exit(1)
        case "hang":
            while True:  # deaf to being stopped
                time.sleep(0.02)
        case "eat":
            bytearray(settings["number"] * 2**20)
    with (folder / "lines").open("a") as file:
        for line in range(settings["number"]):
            file.write(f"{os.getpid()} {os.nice(0)} {line}\n")
            file.flush()
            if is_to_stop():
                return False
            time.sleep(0.02)
    return True
