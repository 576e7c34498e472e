"""Greylisting: a server that does not know sender, recipient and sending server together says *later* once.

As postgrey does (its manual, `--delay`, `--retry-window`): the first attempt opens the entry, attempts before the delay has
passed are deferred, one within the window passes and makes the three known.
"""

from typing import Final

from transport.relay.settings import Greylist as Settings
from transport.sometimes import Rare, Sometimes
from transport.streams.draws import Draws
from transport.streams.purposes import KNOWN_SENDER


class Greylist:
    """What the server behind one stage remembers of the sender's mail to each recipient.

    The sender and the sending server are the same for all of a scenario's messages, so an entry is a recipient's number.

    Args:
        settings: delay and window.
        draws: chance.
        place: number of the stage.
        sometimes: counts what is rare.
    """

    def __init__(self, settings: Settings, draws: Draws, place: int, sometimes: Sometimes) -> None:
        self._settings: Final = settings
        self._draws: Final = draws
        self._place: Final = place
        self._sometimes: Final = sometimes
        self._first: Final[dict[int, int]] = {}
        self._known: Final[set[int]] = set()

    def defers(self, number: int, now: int) -> bool:
        """Whether an attempt to deliver to that recipient, answered at tick `now`, is deferred."""
        if number in self._known:
            return False
        first = self._first.get(number, -1)
        if first < 0:
            known = self._settings.known
            if known > 0.0 and self._draws.uniform(KNOWN_SENDER, 0, self._place, number) < known:
                self._known.add(number)
                return False
        elif now - first > self._settings.window:
            self._sometimes.note(Rare.GREYLIST_FORGOT)
        elif now - first >= self._settings.delay:
            self._known.add(number)
            return False
        else:
            self._sometimes.note(Rare.GREYLISTED)
            return True
        self._first[number] = now
        self._sometimes.note(Rare.GREYLISTED)
        return True
