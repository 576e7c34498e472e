"""What can be wrong with a store; each message names the file, what was found and what to do."""

from recallsim.errors import StoreError


class StoreLocked(StoreError):  # noqa: N818 - the name says what the file is
    """A store in which another program is writing."""


class StoreReadOnly(StoreError):  # noqa: N818
    """A store that may be read only."""


class StoreCorrupt(StoreError):  # noqa: N818
    """A store that is damaged, or no SQLite file at all."""


class StoreMismatch(StoreError):  # noqa: N818
    """A store that belongs to another scenario, or to another version of the model."""


__all__ = ["StoreCorrupt", "StoreError", "StoreLocked", "StoreMismatch", "StoreReadOnly"]
