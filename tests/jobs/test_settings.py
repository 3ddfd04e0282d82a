"""Only exactly the settings that are expected, within their limits, ever reach a worker."""

import re

import pytest

from lstm_viz.jobs.settings import Choice, Real, Rule, Text, Whole, checked, is_job_id, job_id

RULES: dict[str, Rule] = {
    "cell": Choice(("lstm", "gru")),
    "hidden": Whole(1, 64),
    "rate": Real(0, 1),
    "bias": Real(-10, 10, optional=True),
    "text": Text(5),
}
GOOD = {"cell": "lstm", "hidden": 8, "rate": 0.01, "bias": None, "text": "abc"}


def test_good_settings_come_back_as_they_are():
    assert checked(GOOD, RULES) == GOOD


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cell", "LSTM"),
        ("cell", ["lstm"]),
        ("hidden", 0),
        ("hidden", 65),
        ("hidden", 8.0),
        ("hidden", True),
        ("hidden", "8"),
        ("hidden", 10**400),
        ("rate", float("nan")),
        ("rate", float("inf")),
        ("rate", -0.1),
        ("rate", None),
        ("rate", False),
        ("bias", 11),
        ("bias", "0"),
        ("text", "abcdef"),
        ("text", b"abc"),
        ("text", None),
    ],
)
def test_a_setting_of_the_wrong_kind_or_size_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"The setting {name} is "):
        checked(GOOD | {name: value}, RULES)


def test_a_setting_too_many_or_too_few_is_refused_by_name():
    with pytest.raises(ValueError, match="'more' is not known"):
        checked(GOOD | {"more": 1}, RULES)
    with pytest.raises(ValueError, match="'rate' is missing"):
        checked({k: v for k, v in GOOD.items() if k != "rate"}, RULES)
    with pytest.raises(ValueError, match="a table"):
        checked([("cell", "lstm")], RULES)


def test_the_order_of_settings_does_not_matter_but_every_value_does():
    name = job_id("1", GOOD)
    assert name == job_id("1", dict(reversed(GOOD.items())))
    others = [
        job_id("1", GOOD | {"hidden": 9}),
        job_id("1", GOOD | {"text": "ä"}),
        job_id("2", GOOD),
    ]
    assert len({name, *others}) == 4
    assert re.fullmatch("[0-9a-f]{32}", name)


@pytest.mark.parametrize(
    "text", ["", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 32 + "\n", None]
)
def test_what_is_no_id_never_names_a_folder(text):
    assert not is_job_id(text)
