"""``python -m commission_opt``: the command line."""

from commission_opt.cli import main

if __name__ == "__main__":
    main()
