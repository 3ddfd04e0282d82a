"""The one palette: the hues in which cells are told apart.

Eight hues that stay apart for the common kinds of colour blindness, on a light and on a dark page;
cells that share a hue differ by the marker on their line.
"""

# On a light page, on a dark page.
HUES = (
    ("#d07a10", "#d0661a"),
    ("#1341e4", "#a1c6fc"),
    ("#670868", "#c23cfc"),
    ("#584206", "#fcde26"),
    ("#15a76c", "#2cf094"),
    ("#037ebb", "#2a86ae"),
    ("#70183b", "#e8406e"),
    ("#6d8491", "#d5d9db"),
)
