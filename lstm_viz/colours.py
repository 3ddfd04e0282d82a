"""The one palette: every colour of the project, once for a light page and once for a dark one.

A role's colour alone stands elsewhere, in the role's own row (``cells/roles.py``), so that a role
is one row. The style sheets' variables are made from here (``stage/theme.py``), the figures read it
(``figures/look.py``), and ``.streamlit/config.toml`` is tested against it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Colour:
    """One colour as it is on a light page and on a dark one, each as ``#rrggbb``."""

    light: str
    dark: str

    def on(self, dark: bool) -> str:
        """The colour for one of the two pages."""
        return self.dark if dark else self.light

    @property
    def between(self) -> str:
        """The mean of the two, which is seen on either page: for one that nobody asked."""
        pairs = zip(channels(self.light), channels(self.dark), strict=True)
        return "#" + "".join(f"{(one + other) // 2:02x}" for one, other in pairs)


# The page. The first five are Streamlit's theme; what is muted says something of lesser weight.
PAGE = Colour("#ffffff", "#11161d")
SURFACE = Colour("#f3f5f8", "#1b222c")
TEXT = Colour("#1b2430", "#e9eef5")
BORDER = Colour("#cfd6e0", "#3a4656")
ACCENT = Colour("#1f5fbf", "#7fb2ff")
MUTED = Colour("#5b6777", "#a3b1c6")

# The two ends of the scale for values with a sign; 0 is the page's own background.
NEGATIVE = Colour("#0b6fb8", "#5aa9e6")
POSITIVE = Colour("#d1500a", "#ff8f57")

# The boxes of a drawing that are a layer: much of the page, and so much of this.
LAYER = Colour("#ffc62e", "#d9a520")

# In which cells are told apart (``cells/marks.py``). None is blue or orange, which say the sign of
# a value, and none is a role's, so that no cell looks like a gate. They stay apart for the common
# kinds of colour blindness, and a name in one can be read; cells that share one differ by marker.
HUES = (
    Colour("#6e5a23", "#c7c292"),
    Colour("#804cc1", "#b38de4"),
    Colour("#4c4560", "#a0867d"),
    Colour("#3c1646", "#c16bf4"),
    Colour("#1a7d74", "#4cb3b8"),
    Colour("#607700", "#8da35d"),
    Colour("#1b320d", "#80ede7"),
    Colour("#345c3c", "#3b9d10"),
)


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb``, each from 0 to 255."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def faint(colour: str, strength: float) -> str:
    """``#rrggbb`` so strong, from 0 to 1, that what lies behind it shines through."""
    red, green, blue = channels(colour)
    return f"rgba({red},{green},{blue},{strength})"
