"""The command line: parses, calls and prints."""

from __future__ import annotations

import os
import sys

STOPPED, ENDED = 130, 143


def main() -> None:
    """Run the command line and leave with its exit code."""
    from commission_opt.cli.streams import settle_streams
    from commission_opt.errors import CommissionOptError
    from commission_opt.files.signals import Ended, end_tidily

    settle_streams()
    try:
        end_tidily()
        code = _run()
        sys.stdout.flush()
    except CommissionOptError as error:  # what was printed could not be written
        code = _say(str(error), error.exit_code)
    except Ended as error:
        _say(f"ended by {error}", ENDED)
        os._exit(ENDED)  # a solver may be at work in a thread that does not listen
    except KeyboardInterrupt:
        code = _say("stopped", STOPPED)
    sys.exit(code)


def _run() -> int:
    from commission_opt.cli.app import app
    from commission_opt.cli.problems import print_problems
    from commission_opt.errors import CertificateError, CommissionOptError, InputError, UsageError

    try:
        app()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except InputError as error:
        print_problems(error.problems)
        return error.exit_code
    except CommissionOptError as error:
        if isinstance(error, CertificateError) and error.problems:
            print_problems(error.problems)
        return _say(str(error), error.exit_code)
    except OSError as error:
        what = error.filename or "a file or a stream"
        return _say(f"{what} cannot be used: {error.strerror or error}", UsageError.exit_code)
    return 0


def _say(text: str, code: int) -> int:
    from commission_opt.cli.screen import say

    say(f"commission-opt: {text}")
    return code
