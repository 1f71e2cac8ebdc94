"""``commission-opt verify``."""

from __future__ import annotations

from commission_opt.cli.arguments import JsonOption, PlanArgument
from commission_opt.cli.problems import print_problems
from commission_opt.cli.screen import Text, console, put_out_json
from commission_opt.errors import CertificateError

_UNPROVED = 6  # exit code: it holds as far as its files can show, and they do not show all


def verify(plan: PlanArgument, json_: JsonOption = False) -> int:
    """Work out a plan's certificate again from its files, without solving; name what was changed.

    Exit code 0 if the plan is what it says, 5 if not, 1 if nothing in it can be worked out.
    """
    from commission_opt.cli import verified as said
    from commission_opt.plan.read import read_plan
    from commission_opt.plan.sign import sign_off
    from commission_opt.plan.verify import verify as verified

    read = read_plan(plan, judged=False)
    found, signed = verified(read), sign_off(read.folder)
    screen = console()
    if problems := [*found.problems, *signed.problems]:
        print_problems(problems)
    for text in [said.verdict(found), *said.goodness(found), *said.unproved(found)]:
        screen.print(Text(text))
    for text in said.signed(read, signed):
        screen.print(Text(text), soft_wrap=True)  # one line each, whatever the names hold
    if json_:
        put_out_json(said.record(found, signed))
    if not (found.holds and signed.whole):
        return CertificateError.exit_code
    return _UNPROVED if found.unproved else 0
