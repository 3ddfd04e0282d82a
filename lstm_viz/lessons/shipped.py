"""The lessons that come with the app, in their order: one file each in course/."""

from __future__ import annotations

from importlib import resources

COURSE = (
    "valves",
    "corners",
    "one_step",
    "subject",
    "plain_rnn",
    "counts",
    "writes",
    "made_of",
    "back",
    "forget_bias",
    "by_hand",
    "variants",
    "layers",
    "learning",
    "own_cell",
    "own_model",
)


def source_of(key: str) -> str:
    """What the file of a lesson says."""
    folder = resources.files("lstm_viz.lessons") / "course"
    return (folder / f"{key}.toml").read_text(encoding="utf-8")
