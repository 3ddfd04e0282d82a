"""The one palette: what it tells apart is told apart, and Streamlit's theme is the same."""

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from lstm_viz import colours
from lstm_viz.cells.roles import ROLES
from lstm_viz.colours import HUES, NEGATIVE, PAGE, POSITIVE, SURFACE, Colour, faint

# What is left of a colour for each kind of eye: Machado, Oliveira & Fernandes 2009, severity 1.
EYES = {
    "three cones": np.eye(3),
    "no long cones": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no middle cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no short cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
CONFIG = Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml"
THEME = {
    "primaryColor": colours.ACCENT,
    "backgroundColor": colours.PAGE,
    "secondaryBackgroundColor": colours.SURFACE,
    "textColor": colours.TEXT,
    "borderColor": colours.BORDER,
}
DARK = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    """sRGB as amounts of light."""
    values = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    x, y, z = TO_XYZ @ np.clip(light, 0, 1) / np.array([0.95047, 1, 1.08883])
    a, b, c = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * b - 16, 500 * (a - b), 200 * (b - c)])


def luminance(colour: str) -> float:
    return float(TO_XYZ[1] @ linear(colour))


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it, from 1 to 21."""
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


@DARK
@pytest.mark.parametrize("eye", EYES)
def test_no_two_hues_look_alike_to_any_eye(eye, dark):
    seen = [lab(np.array(EYES[eye]) @ linear(hue.on(dark))) for hue in HUES]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 15


@DARK
def test_a_name_in_the_hue_of_its_cell_can_be_read(dark):
    for hue in HUES:
        for ground in (PAGE, SURFACE):
            assert contrast(hue.on(dark), ground.on(dark)) >= 4.5


@DARK
@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_a_symbol_in_its_roles_colour_can_be_read(role, dark):
    for ground in (PAGE, SURFACE):
        assert contrast(role.colour.on(dark), ground.on(dark)) >= 4.5


@DARK
def test_what_is_written_can_be_read_on_the_page_and_on_a_surface(dark):
    for text in (colours.TEXT, colours.MUTED, colours.ACCENT):
        for ground in (PAGE, SURFACE):
            assert contrast(text.on(dark), ground.on(dark)) >= 4.5


@DARK
@pytest.mark.parametrize("eye", EYES)
def test_above_and_below_zero_look_different_to_any_eye(eye, dark):
    below, above = (lab(np.array(EYES[eye]) @ linear(c.on(dark))) for c in (NEGATIVE, POSITIVE))
    assert np.linalg.norm(below - above) > 30


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_streamlits_theme_is_the_palettes(scheme):
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][scheme]
    assert theme == {name: getattr(colour, scheme) for name, colour in THEME.items()}


def test_a_colour_for_either_page_lies_between_the_two():
    assert Colour("#000000", "#ff8001").between == "#7f4000"


def test_a_faint_colour_is_the_same_one_with_less_of_it():
    assert faint("#ff8001", 0.25) == "rgba(255,128,1,0.25)"
