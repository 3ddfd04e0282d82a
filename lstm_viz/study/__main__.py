"""``python -m lstm_viz.study`` is ``lstm-viz study``."""

import sys

from lstm_viz.study.command import main

if __name__ == "__main__":
    sys.exit(main(program="python -m lstm_viz.study"))
