#!/usr/bin/env python3
"""Administration of a QuickCare stack from a shell.

.venv/bin/python manage.py create-superuser                      the local server that is running
.venv/bin/python manage.py --stack quickcare-prod create-superuser
.venv/bin/python manage.py --stack quickcare-prod rotate-signing-key
.venv/bin/python manage.py --stack quickcare-prod revoke-signing-key --of tokens --all
.venv/bin/python manage.py --stack quickcare-prod reindex
.venv/bin/python manage.py --stack quickcare-prod check-invariants
.venv/bin/python manage.py --stack quickcare-prod orphans --prune
.venv/bin/python manage.py --stack quickcare-prod remind-booked --write
.venv/bin/python manage.py --stack quickcare-prod restore --at 2026-03-01T05:59:00Z --to quickcare-prod-restored
.venv/bin/python manage.py --stack quickcare-prod switch-table --to quickcare-prod-restored
.venv/bin/python manage.py --stack quickcare-prod reset-second-factor --contact 9876500090
.venv/bin/python manage.py --stack quickcare-prod verify-log --day 2026-03-01
.venv/bin/python manage.py --stack quickcare-prod pseudonym --contact 9876500090
.venv/bin/python manage.py --stack quickcare-prod --region ap-south-1 dead-letters
.venv/bin/python manage.py --stack quickcare-prod dead-letters --retry --queue sms --kind notice
.venv/bin/python manage.py sms-templates --public-url https://qck.in > templates.csv
.venv/bin/python manage.py --stack quickcare-prod sms-templates --check
"""

import argparse
import sys
from pathlib import Path

from operators import accounts, checks, dead_letters, keys, lists, logs, orphans, reminders, restore, sms_templates
from operators.stack import enter, logging_to, reachable
from operators.usage import UsageError

ROOT = Path(__file__).parent


def main() -> int:
    """Run the command that the arguments name. Returns the exit code."""
    sys.path[:0] = [str(ROOT / "layers" / "common")]
    arguments = parser().parse_args()
    try:
        if arguments.stack or arguments.needs_server:
            enter(arguments.stack, arguments.region, arguments.data)
        with reachable(), logging_to(arguments.stack):
            answer = arguments.run(arguments)
        print(answer)  # noqa: T201 - a command answers on the terminal
    except UsageError as problem:
        print(f"manage.py: {problem}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        print("\nmanage.py: interrupted; what is done stays done, and the command can be run again", file=sys.stderr)  # noqa: T201
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; `run` is the function of the one that was given."""
    made = argparse.ArgumentParser(description="Administer a QuickCare stack.")
    made.add_argument("--stack", help="name of a deployed CloudFormation stack; default: the local server")
    made.add_argument("--region", help="the stack's region; default: that of your AWS configuration")
    made.add_argument("--data", type=Path, default=ROOT / ".quickcare", help="data folder of the local server")
    made.set_defaults(needs_server=True)
    commands = made.add_subparsers(dest="command", required=True)
    for module in (accounts, keys, lists, logs, checks, orphans, reminders, restore, dead_letters, sms_templates):
        module.add(commands)
    return made


if __name__ == "__main__":
    sys.exit(main())
