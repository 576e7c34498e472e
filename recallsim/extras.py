"""Libraries that are not installed with recallsim itself, and what to say where one is missing."""

from importlib import import_module
from typing import Any

from recallsim.errors import RecallsimError


class MissingExtra(RecallsimError):  # noqa: N818 - the name says what is the matter
    """A library that what was asked for needs is not installed."""


def how_to_install(extra: str) -> str:
    """Says how an extra is installed, beside the package or in a clone of the repository."""
    return f"pip install 'recallsim[{extra}]', or in a clone: make extras"


def needed(module: str, extra: str, what: str) -> Any:
    """Import a module of an extra.

    Raises:
        MissingExtra: It is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise MissingExtra(
            f"{what} needs {package}, which is not installed: {how_to_install(extra)} ({error})"
        ) from None
