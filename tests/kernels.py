"""The numerical tests with every kernel of OpenBLAS that this processor can execute.

``python tests/kernels.py [words for pytest]``. NumPy's own copy of OpenBLAS has a set of matrix
kernels for each generation of processors and takes the newest that it knows; they add up in other
orders, and some round a product only after adding it. OPENBLAS_CORETYPE takes an older one. With
those that NumPy takes by itself ``make test`` has run already.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

CORES = (
    *("Prescott", "Core2", "Penryn", "Nehalem", "Sandybridge", "Haswell"),  # Intel's, the old first
    *("SkylakeX", "Cooperlake", "SapphireRapids"),
    *("Barcelona", "Bobcat", "Bulldozer", "Piledriver", "Steamroller", "Excavator", "Zen"),  # AMD's
    *("ARMV8", "NEOVERSEN1", "NEOVERSEV1", "ARMV8SVE"),
)

# What is computed with NumPy's products, and compared to the last digits or exactly.
TESTS = (
    "tests/run/test_step.py",
    "tests/run/test_run.py",
    "tests/run/test_overflow.py",
    "tests/networks/torch/test_autograd.py",
    "tests/networks/test_network.py",
    "tests/networks/test_held.py",
    "tests/words/test_myths.py",
    "tests/networks/test_stacks.py",
    "tests/run/test_layers.py",
    "tests/gradients/test_backward.py",
    "tests/gradients/test_connectivity.py",
    "tests/gradients/test_deltas.py",
    "tests/gradients/test_flow.py",
    "tests/gradients/test_losses.py",
)
# These are slow, and about something else.
NOT = "not little_memory and not would_not_fit and not needs_no_torch"

PROBE = "import numpy; a = numpy.ones((64, 64)); print(a.dot(a)[0, 0], (a @ a[0])[0], a[0] @ a[0])"
KERNELS = re.compile(r"^Core: (\S+)", re.MULTILINE)
UNKNOWN = re.compile(r"^Core not found", re.MULTILINE)


def with_core(core: str) -> dict[str, str]:
    """The environment of a process that is to take this core's kernels; "" leaves the choice."""
    # One thread each: the tests' matrices are small, and threads that wait for work spin.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    return environment | {"OPENBLAS_CORETYPE": core} if core else environment


def kernels_of(core: str) -> tuple[str, str]:
    """Which kernels OpenBLAS says it takes, and what stands in the way of running them."""
    environment = with_core(core) | {"OPENBLAS_VERBOSE": "2"}
    done = subprocess.run(
        [sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True
    )
    said = done.stdout + done.stderr
    taken = KERNELS.search(said)
    if UNKNOWN.search(said):
        return "", "not in this OpenBLAS"
    if done.returncode < 0:  # by a signal: an illegal instruction
        return "", "not executable by this processor"
    if done.returncode or "64.0 64.0 64.0" not in said:
        return "", f"failing at once ({said.strip()[-200:]})"
    return (taken[1], "") if taken else ("", "not named by this NumPy")


def to_run() -> dict[str, str]:
    """One name of a core for each set of kernels but the one that NumPy takes by itself."""
    own, problem = kernels_of("")
    print(f"NumPy takes by itself: {own or problem}")
    chosen: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    for core in CORES if own else ():
        taken, problem = kernels_of(core)
        others.setdefault(problem or f"the same as {taken}", []).append(core)
        if taken and taken != own:
            chosen.setdefault(taken, core)
    for why, cores in others.items():
        print(f"  {', '.join(cores)}: {why}")
    print(f"To run: {', '.join(chosen) or 'nothing else'}", flush=True)
    return chosen


def passes(name: str, core: str, words: list[str]) -> bool:
    print(f"== {name}", flush=True)
    start = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--no-header",
        "--tb=short",
        "-k",
        NOT,
        *words,
        *TESTS,
    ]
    code = subprocess.run(command, cwd=ROOT, env=with_core(core)).returncode
    how = "failed" if code else "passed"
    print(f"== {name}: {how} in {time.perf_counter() - start:.0f} s", flush=True)
    return code == 0


def main() -> int:
    chosen = to_run()
    failed = [name for name, core in chosen.items() if not passes(name, core, sys.argv[1:])]
    print(f"Ran with the kernels of {', '.join(chosen) or 'no other'}; failed: {failed or 'none'}.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
