"""`python -m recallsim`, and where the script `recallsim` begins: the same as the command.

It imports next to nothing before it is ready for Ctrl-C, which else would end in a traceback.
"""

import sys


def main() -> None:
    """Runs the command and ends the process with its exit code."""
    try:
        from recallsim.cli import run

        code = run()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
