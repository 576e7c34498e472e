"""Something wrong between the values of a scenario."""

from dataclasses import dataclass

Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A complaint about a location.

    Attributes:
        location: Keys and numbers from the top.
        what: What is wrong.
        help: What to do.
        needs: Locations that it was concluded from; where one was refused already, it is not reported. An
            empty key at the end means the mapping or list as such, whatever is wrong inside.
        misses: The key that is missing in the mapping at `location`, if that is what is wrong.
        apart: The complaint does not depend on everything inside `location`, only on `needs`.
    """

    location: Location
    what: str
    help: str = ""
    needs: tuple[Location, ...] = ()
    apart: bool = False
    misses: str = ""
