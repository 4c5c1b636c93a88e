"""`python -m bench`: everything that is measured on the table. It starts DynamoDB Local (Java and npm) for itself."""

import argparse

from bench import clinics, doctors

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--doctors", type=int, default=100_000)
parser.add_argument("--clinics", type=int, default=100_000)
arguments = parser.parse_args()
doctors.main(arguments.doctors)
clinics.main(arguments.clinics)
