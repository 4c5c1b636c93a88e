"""`python -m bench` measures everything, on a DynamoDB Local (Java and npm) that it starts itself."""

import argparse

from bench import clinics, doctors

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--doctors", type=int, default=100_000)
parser.add_argument("--clinics", type=int, default=100_000)
arguments = parser.parse_args()
doctors.main(arguments.doctors)
clinics.main(arguments.clinics)
