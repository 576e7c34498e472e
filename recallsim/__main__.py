"""`python -m recallsim`: the same as the command."""

from recallsim.cli import main

if __name__ == "__main__":
    main()
