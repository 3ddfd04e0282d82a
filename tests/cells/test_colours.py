"""Cells can be told apart on a screen, also by those who see fewer colours."""

from itertools import combinations

import numpy as np
import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.colours import HUES, colour_of, colours_of

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
PAGES = ("#ffffff", "#11161d")
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    """sRGB as amounts of light."""
    values = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    x, y, z = TO_XYZ @ np.clip(light, 0, 1) / np.array([0.95047, 1, 1.08883])
    a, b, c = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * b - 16, 500 * (a - b), 200 * (b - c)])


@pytest.mark.parametrize("page", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("eye", EYES)
def test_no_two_hues_look_alike_to_any_eye(eye, page):
    seen = [lab(np.array(EYES[eye]) @ linear(hue[page])) for hue in HUES]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 15


@pytest.mark.parametrize("page", [0, 1], ids=["light", "dark"])
def test_every_hue_stands_out_from_its_page(page):
    luminance = [float(TO_XYZ[1] @ linear(colour)) for colour in (PAGES[page], *hues_on(page))]
    for other in luminance[1:]:
        bright, dim = max(other, luminance[0]), min(other, luminance[0])
        assert (bright + 0.05) / (dim + 0.05) >= 3


def hues_on(page: int) -> list[str]:
    return [hue[page] for hue in HUES]


def test_no_two_cells_have_the_same_line():
    lines = [(colour_of(cell).light, colour_of(cell).marker) for cell in CELLS.values()]
    assert len(set(lines)) == len(CELLS)


def test_a_typed_cell_has_a_line_of_its_own():
    typed = colour_of(Cell("h = tanh(W_h @ x + 0.5 * h_prev)"))
    assert typed not in [colour_of(cell) for cell in CELLS.values()]


def test_typed_cells_in_one_figure_are_told_apart():
    typed = [Cell(f"h = tanh(W_h @ x + {share} * h_prev)") for share in (0.25, 0.5, 0.75)]
    found = colours_of([typed[0], CELLS["lstm"], *typed])
    assert list(found) == [typed[0], CELLS["lstm"], *typed[1:]]
    assert found[CELLS["lstm"]] == colour_of(CELLS["lstm"])
    everything = {*found.values(), *(colour_of(cell) for cell in CELLS.values())}
    assert len(everything) == len(CELLS) + len(typed)
