"""Measure `ctg data` for the whole of France against the bare reading of the same files, in one run.

    make bench

Prints wall time and peak memory of each, each in its own process, and the ratio of the times.
"""

import resource
import subprocess
import sys
import time

READ_ONLY = """
import pandas as pd
from ctg_analysis.model.settings import data_root
for path in sorted(data_root().raw.glob("*/*")):
    if path.suffix == ".parquet":
        pd.read_parquet(path)
    elif path.suffix == ".csv":
        pd.read_csv(path, sep=";", dtype=str)
"""
WHOLE_STAGE = """
from ctg_analysis.pipeline.run import process
from ctg_analysis.model.settings import data_root
process(data_root())
"""
RUNS = 3


def measure(code: str) -> tuple[float, float]:
    """Return the median wall time, in seconds, and the peak memory, in GB, of a piece of code in new processes."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    return sorted(times)[RUNS // 2], peak


if __name__ == "__main__":
    floor, floor_memory = measure(READ_ONLY)
    stage, stage_memory = measure(WHOLE_STAGE)
    print(f"bare reading of the same files   {floor:6.1f} s  {floor_memory:5.2f} GB")
    print(f"ctg data, whole of France        {stage:6.1f} s  {stage_memory:5.2f} GB")
    print(f"ratio                            {stage / floor:6.1f}")
