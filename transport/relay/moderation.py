"""Mail to moderated lists that waits for a moderator, in the servers' hands."""

from collections.abc import Callable, Iterator
from typing import Final

from transport.relay.envelope import Distribution
from transport.relay.settings import MailingList
from transport.sometimes import Rare, Sometimes


class Moderation:
    """What waits, by list and kind of message; whoever moderates says what becomes of it.

    Args:
        lists: the lists, by number.
        release: takes a part of a message that goes on, and the stage from which it does.
        rejected, bounced: take a part that is refused, or has waited too long.
        sometimes: counts what is rare.

    Attributes:
        submitted: told (list number, kind) of what is put before the moderators; set by whoever they are.
    """

    def __init__(
        self,
        lists: tuple[MailingList, ...],
        release: Callable[[Distribution, int], None],
        rejected: Callable[[Distribution], None],
        bounced: Callable[[Distribution], None],
        sometimes: Sometimes,
    ) -> None:
        self._lists: Final = lists
        self._release: Final = release
        self._rejected: Final = rejected
        self._bounced: Final = bounced
        self._sometimes: Final = sometimes
        self._waiting: Final[dict[tuple[int, int], list[tuple[Distribution, int]]]] = {}
        self.submitted: Callable[[int, int], None]

    @property
    def busy(self) -> bool:
        """Whether anything waits."""
        return bool(self._waiting)

    def holds(self, number: int, kind: int) -> bool:
        """Whether a kind of message to that list waits for a moderator."""
        moderation = self._lists[number].moderation
        return moderation is not None and moderation.kinds[kind]

    def hold(self, number: int, part: Distribution, stage: int) -> None:
        """Put a part of a message before the moderators of its list; parts of one message wait together."""
        parts = self._waiting.setdefault((number, part.kind), [])
        parts.append((part, stage))
        if len(parts) == 1:
            self.submitted(number, part.kind)

    def passes_by(self, number: int, original: int) -> None:
        """A request goes round the moderators; count it where its original waits for them."""
        if (number, original) in self._waiting:
            self._sometimes.note(Rare.PASSED_MODERATION_BY)

    def approve(self, number: int, kind: int) -> None:
        """A moderator lets it pass: it goes on where it was."""
        self._sometimes.note(Rare.MODERATED_LATE)
        for part, stage in self._waiting.pop((number, kind)):
            self._release(part, stage)

    def reject(self, number: int, kind: int) -> None:
        """A moderator refuses it."""
        self._sometimes.note(Rare.MODERATED_AWAY)
        for part, _ in self._waiting.pop((number, kind)):
            self._rejected(part)

    def expire(self, number: int, kind: int) -> None:
        """Nobody decided in time: it goes back."""
        self._sometimes.note(Rare.MODERATION_EXPIRED)
        for part, _ in self._waiting.pop((number, kind)):
            self._bounced(part)

    def waiting(self) -> Iterator[Distribution]:
        """Everything that waits."""
        return (part for parts in self._waiting.values() for part, _ in parts)
