"""Why a store is not this scenario's: the keys that changed, or the program that did."""

import json
from typing import Final

_MOST: Final = 6


def explain_difference(name: str, stored: str, asked: str, stored_version: str, asked_version: str) -> str:
    """Say whose a store is: name the keys in which two canonical scenarios (JSON) differ, or the program."""
    from recallsim.scenario.fingerprints import scenario_differences

    keys = scenario_differences(json.loads(stored), json.loads(asked))
    if not keys:
        return (
            f"the store was written by another version of the model (recallsim {stored_version}, this is "
            f"{asked_version}), whose replications cannot be mixed with new ones"
        )
    more = f" and {len(keys) - _MOST} more keys" if len(keys) > _MOST else ""
    return (
        f"the store belongs to another scenario ({name!r}), which differs in {', '.join(keys[:_MOST])}{more}"
    )
