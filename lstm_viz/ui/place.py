"""Where the app lies: its entry app.py, its pages/, and the settings in .streamlit/.

In the repository they are at its top. A package has one folder of its own, so there they are
together in ``lstm_viz/app/`` (``pyproject.toml`` puts them there).
"""

from __future__ import annotations

from pathlib import Path

_LIBRARY = Path(__file__).resolve().parents[1]
_PACKAGED = _LIBRARY / "app"

APP = _PACKAGED if _PACKAGED.is_dir() else _LIBRARY.parent
