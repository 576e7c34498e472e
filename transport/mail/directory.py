"""The directory: which number a recipient has, and which address.

Recipients are numbered from 1, group after group; the directory keeps one entry a group, however many they are.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from transport.errors import AddressError


class Entry(NamedTuple):
    """One group of recipients: `size` of them from number `first` on, at `domain`."""

    name: str
    first: int
    size: int
    domain: str


class Directory:
    """The recipients of a scenario.

    Args:
        entries: the groups, in the order of their numbers.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = tuple(entry for entry in entries if entry.size)
        self._firsts = [entry.first for entry in self._entries]

    def entry_of(self, number: int) -> Entry:
        """The group of a recipient.

        Raises:
            AddressError: there is no such recipient.
        """
        index = bisect_right(self._firsts, number) - 1
        if index >= 0 and number < self._entries[index].first + self._entries[index].size:
            return self._entries[index]
        raise AddressError(f"there is no recipient {number}; there are {self._count()}")

    def address_of(self, number: int) -> str:
        """The address of a recipient, as desk-17@contoso.example.

        Raises:
            AddressError: there is no such recipient.
        """
        entry = self.entry_of(number)
        return f"{entry.name}-{number}@{entry.domain}"

    def number_of(self, text: str) -> int:
        """The recipient that a number or an address names.

        Raises:
            AddressError: nobody is called so.
        """
        local = text.partition("@")[0]
        digits = local.rpartition("-")[2]
        if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
            raise AddressError(
                f"{text!r} is neither a recipient's number nor an address as {self._example()}"
            )
        number = int(digits)
        if text == digits:
            self.entry_of(number)
        elif not 0 < number <= self._count() or self.address_of(number) != text:
            raise AddressError(f"nobody has the address {text!r}; addresses are written as {self._example()}")
        return number

    def _count(self) -> int:
        return sum(entry.size for entry in self._entries)

    def _example(self) -> str:
        return self.address_of(self._firsts[0])
