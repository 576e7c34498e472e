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
    Delay, window and share are those of the kind of message whose attempt is answered.

    Args:
        settings: by kind, delay, window, how many are known.
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

    def defers(self, number: int, kind: int, now: int) -> bool:
        """Whether an attempt to deliver that kind of message to that recipient, answered at tick `now`, is deferred."""
        if number in self._known:
            return False
        first, settings = self._first.get(number, -1), self._settings
        if self._is_known(number, kind):
            self._known.add(number)
            return False
        if first >= 0 and now - first <= settings.window[kind]:
            if now - first >= settings.delay[kind]:
                self._known.add(number)
                return False
        else:
            if first >= 0:
                self._sometimes.note(Rare.GREYLIST_FORGOT)
            self._first[number] = now
        self._sometimes.note(Rare.GREYLISTED)
        return True

    def _is_known(self, number: int, kind: int) -> bool:
        """Whether the server had met that kind of message from the sender before; one draw a recipient for all kinds."""
        known = self._settings.known[kind]
        return known > 0.0 and self._draws.uniform(KNOWN_SENDER, 0, self._place, number) < known
