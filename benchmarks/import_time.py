"""How long `import lstm_viz` takes in a fresh process; the aim is under 0.2 s."""

import statistics
import subprocess
import sys

PROGRAM = "from time import perf_counter as now; t = now(); import {}; print(now() - t)"


def seconds_to_import(module: str, processes: int = 9) -> float:
    """The median over fresh processes, the files already in memory."""
    command = [sys.executable, "-c", PROGRAM.format(module)]
    return statistics.median(
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(processes)
    )


if __name__ == "__main__":
    for module in ("numpy", "lstm_viz"):
        print(f"import {module:9} {seconds_to_import(module) * 1000:5.0f} ms")
