#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Times the largest singular value in numpy, scipy and torch beside the certified enclosure, on the same matrices.

    python3 crates/spectral/benches/peers/compare.py [--largest 512] [--torch] [--keep]

Makes a virtual environment under target/peers and installs numpy and scipy there from the Python package index (about
120 MB on disk). --torch adds torch, whose default build brings several gigabytes of GPU libraries that are not used here; pip's
own variable PIP_EXTRA_INDEX_URL can name an index with the CPU build. Without --torch none is installed. Our times come from `cargo bench --bench spectral_norm -- --export`, which also writes the matrices. The
environment is removed at the end unless --keep is given.

All run on one thread. Times are minima over rounds in microseconds a matrix; "ratio" is ours divided by theirs. Theirs
are values without a bound of their error.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parents[4]
FOLDER = ROOT / "target" / "peers"
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
PATIENCE = 20.0  # seconds: a contender slower than that for one matrix is left out of larger sizes


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=1024, help="rows of the largest matrices")
    parser.add_argument("--torch", action="store_true", help="install torch too (several gigabytes)")
    parser.add_argument("--keep", action="store_true", help="keep the virtual environment")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def install(python, torch):
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "numpy", "scipy"], check=True)
    if torch:
        subprocess.run([*pip, "torch"], check=True)


def contenders(use_torch):
    """Name and function of an array of matrices, (count, rows, columns)."""
    import numpy
    import scipy.linalg
    import scipy.sparse.linalg

    def each(norm):
        return lambda stack: [norm(a) for a in stack]

    def svds(a):
        return scipy.sparse.linalg.svds(a, k=1, return_singular_vectors=False)

    yield "numpy norm(2)", each(lambda a: numpy.linalg.norm(a, 2)), None
    yield "numpy svd, stacked", lambda stack: numpy.linalg.svd(stack, compute_uv=False), None
    yield "scipy svdvals", each(lambda a: scipy.linalg.svdvals(a, check_finite=False)), None
    # ARPACK wants more rows than vectors.
    yield "scipy svds, k = 1", each(svds), lambda rows, columns: min(rows, columns) >= 8
    if use_torch:
        import torch

        torch.set_num_threads(1)
        tensors = {}

        def stacked(stack):
            if id(stack) not in tensors:
                tensors.clear()
                tensors[id(stack)] = torch.from_numpy(stack)
            return torch.linalg.matrix_norm(tensors[id(stack)], ord=2)

        yield "torch matrix_norm, stacked", stacked, None


def fastest(function, stack):
    """The minimum time of a matrix."""
    best, start, rounds = float("inf"), time.perf_counter(), 0
    while rounds < 3 or (rounds < 60 and time.perf_counter() - start < 1.0):
        begin = time.perf_counter()
        function(stack)
        best = min(best, time.perf_counter() - begin)
        rounds += 1
        if best > 5.0:
            break
    return best / len(stack)


def compare(use_torch):
    import numpy

    cases = json.loads((FOLDER / "ours.json").read_text())
    last = {}
    for case in cases:
        rows, columns, count = case["rows"], case["columns"], case["matrices"]
        kind = numpy.float32 if case["format"] == "f32" else numpy.float64
        data = numpy.fromfile(FOLDER / f"{rows}x{columns}.{case['format']}", dtype=kind)
        stack = numpy.ascontiguousarray(data.reshape(count, columns, rows).transpose(0, 2, 1))
        print(f"\n{case['format']} {rows} x {columns}")
        for name, seconds in case["seconds"].items():
            print(f"  ours, {name:22} {seconds * 1e6:14.3f} us")
        for name, function, serves in contenders(use_torch):
            key, operations = (case["format"], name), rows * columns * min(rows, columns)
            if (serves and not serves(rows, columns)) or last.get(key, 0.0) * operations > PATIENCE:
                print(f"  {name:28} left out")
                continue
            seconds = fastest(function, stack)
            last[key] = seconds / operations
            ratios = ", ".join(f"{ours} {value / seconds:.4f}" for ours, value in case["seconds"].items())
            print(f"  {name:28} {seconds * 1e6:14.3f} us   ratio of {ratios}", flush=True)


def main():
    chosen = options()
    if chosen.inside:
        compare(chosen.torch)
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    environment = FOLDER / "environment"
    print(f"environment: {environment}; installing numpy, scipy{' and torch' if chosen.torch else ''}", flush=True)
    venv.create(environment, with_pip=True)
    python = str(environment / "bin" / "python")
    install(python, chosen.torch)
    bench = ["cargo", "bench", "--quiet", "-p", "widthwise-spectral", "--all-features"]
    bench += ["--bench", "spectral_norm", "--"]
    bench += ["--largest", str(chosen.largest), "--export", str(FOLDER)]
    subprocess.run(bench, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    inside = [python, __file__, "--inside", *(["--torch"] if chosen.torch else [])]
    status = subprocess.run(inside, env={**os.environ, **ONE_THREAD}).returncode
    if not chosen.keep:
        shutil.rmtree(environment)
    sys.exit(status)


if __name__ == "__main__":
    main()
