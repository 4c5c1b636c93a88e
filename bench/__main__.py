"""`python -m bench`: everything that is measured on the table."""

from bench import doctors

doctors.main()
