"""What estimation needs to know of a plan: sizes, names and the unit of time."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

ALL: Final = "all"
"""The name under which all recipients together are reported; the last row of every tally."""


class Tallied(Protocol):
    """What is read like an array [replication, group, …]: an array, or what does not lie in memory as a whole."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Replications, groups, and so on."""

    def __len__(self) -> int:
        """How many replications there are."""

    def __getitem__(self, at: Any, /) -> Any:
        """A number of all replications (`values[:, 2, 5]`), or fewer replications (`values[:20]`)."""


class GroupLike(Protocol):
    """A block of consecutively numbered recipients."""

    @property
    def name(self) -> str:
        """What the scenario calls the group."""

    @property
    def first(self) -> int:
        """Number of its first recipient, counted from 1."""

    @property
    def size(self) -> int:
        """How many recipients it has, 0 allowed."""


class StageLike(Protocol):
    """A queueing place of the servers."""

    @property
    def name(self) -> str:
        """What the scenario calls the stage."""


class PlanLike(Protocol):
    """The part of a plan that estimates depend on."""

    @property
    def clock(self) -> float:
        """Seconds a tick."""

    @property
    def horizon(self) -> int:
        """The last tick."""

    @property
    def count(self) -> int:
        """How many recipients there are."""

    @property
    def groups(self) -> Sequence[GroupLike]:
        """The groups in the order of their recipients' numbers."""

    @property
    def stages(self) -> Sequence[StageLike]:
        """The stages in the order of passage."""

    @property
    def metrics(self) -> Sequence[str]:
        """The parametrised metrics that the scenario asks for."""

    @property
    def has_replacement(self) -> bool:
        """Whether a replacement or a correction may be sent."""

    @property
    def tells(self) -> bool:
        """Whether the sender asked to be told."""

    @property
    def forwards(self) -> bool:
        """Whether copies may be sent on to people outside the list."""

    @property
    def glimpses(self) -> bool:
        """Whether notifications may show a line of the message."""

    @property
    def antithetic(self) -> bool:
        """Whether replications come in pairs; the pair is then the unit of every interval."""

    @property
    def weighted(self) -> bool:
        """Whether recipients are counted with weights (importance sampling)."""

    @property
    def opens_attachments(self) -> bool:
        """Whether an attachment may be opened."""


def sizes(plan: PlanLike) -> tuple[int, ...]:
    """How many recipients each row of a tally stands for: every group, then all of them."""
    return (*(group.size for group in plan.groups), plan.count)


def labels(plan: PlanLike) -> tuple[tuple[str, int], ...]:
    """The rows that are reported: name and index in the tally.

    A scenario with one group may call it `all`; it is then reported once.
    """
    names = [(group.name, index) for index, group in enumerate(plan.groups) if group.name != ALL]
    return (*names, (ALL, len(plan.groups)))
