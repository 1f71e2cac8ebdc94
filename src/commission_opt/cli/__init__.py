"""The command line: parses, calls and prints."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from commission_opt.cli.app import app
    from commission_opt.errors import CommissionOptError, InputError

    try:
        app()
    except InputError as error:
        from commission_opt.cli.problems import print_problems

        print_problems(error.problems)
        sys.exit(error.exit_code)
    except CommissionOptError as error:
        from commission_opt.cli.screen import say

        say(f"commission-opt: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("commission-opt: stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
