"""Acting with the rights of an ordinary user: permissions do not bind root."""

import os


def as_nobody(function):
    """Call a function as nobody in particular, where the tests are root's."""
    if os.geteuid() != 0:
        return function()
    os.seteuid(65534)
    try:
        return function()
    finally:
        os.seteuid(0)
