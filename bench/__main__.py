"""`python -m bench` measures everything, prints it, and writes `bench/results/latest.json`."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import environment

environment.set_up()

from bench import report, run  # noqa: E402 - they read the environment

parser = argparse.ArgumentParser(prog="bench", description=__doc__)
parser.add_argument("--rounds", type=int, default=25, help="requests of each route for its CPU time")
parser.add_argument("--most", type=int, default=100_000, help="clinics, doctors, appointments and documents")
parser.add_argument("--seconds", type=float, default=5, help="of load at each number of clients")
parser.add_argument("--minutes", type=float, default=0, help="of load at 64 clients, to see the memory")
parser.add_argument("--only", nargs="+", choices=run.PARTS, default=run.PARTS, help="these parts, written nowhere")
parser.add_argument("--results", type=Path, default=report.RESULTS)
arguments = parser.parse_args()
with TemporaryDirectory() as scratch:
    results = run.everything(arguments, Path(scratch))
if tuple(arguments.only) == run.PARTS:
    report.write(results, arguments.results)
