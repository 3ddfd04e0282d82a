"""Makes the finished runs that come with the app: ``python -m lstm_viz.training.ship_experiments``.

Each experiment is done as the page would do it, by the same worker from the same settings.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from lstm_viz.training.experiments import EXPERIMENTS
from lstm_viz.training.finished import FOLDER, packed
from lstm_viz.training.run_folder import open_run
from lstm_viz.training.settings import task_in
from lstm_viz.training.worker import work


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for experiment in EXPERIMENTS:
        for settings in experiment.settings:
            with tempfile.TemporaryDirectory() as folder:
                work(settings, Path(folder), lambda: False)
                run = open_run(Path(folder), settings)
                data = packed(run)
            name = "-".join(str(settings[part]) for part in ("task", "cell", "start"))
            (FOLDER / f"{name}.safetensors").write_bytes(data)
            assert run.record is not None
            score = task_in(settings).watch.score
            said = score.written(float(run.record.metric[-1]))
            print(f"{name}: {said}, {len(data) / 1000:.0f} kB, {run.record.seconds:.0f} s")


if __name__ == "__main__":
    main()
