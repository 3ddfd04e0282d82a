"""A figure is put together once for everyone who looks at the same."""

import plotly.graph_objects as go
import pytest

from lstm_viz.language import speak
from lstm_viz.ui import figure
from lstm_viz.ui.figure import drawn


@pytest.fixture(autouse=True)
def in_a_light_page(monkeypatch):
    monkeypatch.setattr(figure, "is_dark_page", lambda: False)
    yield
    speak("en")


class Drawing:
    """Draws a line through what it is given, and counts."""

    def __init__(self):
        self.times = 0

    def __call__(self, heights, dark):
        self.times += 1
        return go.Figure(go.Scatter(y=heights, line={"color": "white" if dark else "black"}))


def test_the_second_visitor_gets_the_first_ones_figure():
    draw = Drawing()
    first, second = drawn(draw, (1, 2)), drawn(draw, (1, 2))
    assert first is second
    assert draw.times == 1


def test_what_shows_something_else_is_another_figure(monkeypatch):
    draw = Drawing()
    assert drawn(draw, (1, 2)).data[0].y == (1, 2)
    assert drawn(draw, (1, 3)).data[0].y == (1, 3)
    monkeypatch.setattr(figure, "is_dark_page", lambda: True)
    assert drawn(draw, (1, 2)).data[0].line.color == "white"
    speak("zh")
    drawn(draw, (1, 2))
    assert draw.times == 4


def test_no_more_figures_are_kept_than_it_is_said():
    draw = Drawing()
    for height in range(figure.KEPT + 1):
        drawn(draw, (height, 0))
    assert figure._drawn.cache_info().currsize == figure.KEPT
    drawn(draw, (0, 0))
    assert draw.times == figure.KEPT + 2
