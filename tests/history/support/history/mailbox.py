"""One recipient, as a history tells it: where each copy is, which flags stand where, what was shown to whom."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from history.reading import Addressee

UNSENT, UNDER_WAY, HERE, GONE = "not_sent", "in_transit", "present", "gone"
NEVER_CAME = ("bounced", "lost", "rejected")
KINDS = ("original", "request", "replacement")


@dataclass
class Copy:
    """One message to one recipient.

    Attributes:
        place: where it is, in the words of the books: in_transit, present, removed_by_recall, fetched, bounced, ...
        folder, read: where it lies, and the flag at the mailbox.
        shown: devices that show it; marked: devices (or readers) at which it is marked read.
        fetched_by: the device that took it from the server for good, -1: none.
    """

    place: str = UNSENT
    delivered: int = -1
    left: int = -1
    folder: str = "inbox"
    read: bool = False
    shown: set[int] = field(default_factory=set)
    marked: set[int] = field(default_factory=set)
    previewed: set[int] = field(default_factory=set)
    left_pane: tuple[int, int] = (-1, -1)  # (tick, device): the selection moved on from it, perhaps to itself
    fetched_by: int = -1
    moved: dict[int, list[str]] = field(
        default_factory=dict
    )  # where devices that lag put it since their last sync
    unmarked: set[int] = field(default_factory=set)  # such devices, at which it was marked unread
    thrown: set[int] = field(default_factory=set)  # and at which it was deleted for good
    held_back: set[tuple[int, str]] = field(default_factory=set)  # (device, act) that is to be handed in
    ruled: tuple[str, bool] | None = None

    def folder_at(self, device: int) -> str:
        """Where it lies, as that device has it."""
        moves = self.moved.get(device)
        return moves[-1] if moves else self.folder


@dataclass
class Recipient:
    """What has happened at one recipient so far."""

    number: int
    what: Addressee
    copies: dict[str, Copy] = field(default_factory=lambda: {kind: Copy() for kind in KINDS})
    status: str = "pending"
    reason: str = "none"
    decided: int = -1
    processed: bool = False  # the request has become a notice, or is gone
    alerted: bool = False  # there is a notice, be there a request or not
    dooms: bool = True  # a read copy is beyond recall
    stripped: bool = False  # S9: the request arrives as an ordinary mail
    tried: bool = False  # R5.3: a reader without the right opened the request
    verdicts: list[tuple[int, str]] = field(
        default_factory=list
    )  # what the sender is to be told, and since when
    told: list[tuple[int, str]] = field(default_factory=list)
    dsns: int = 0
    seen: int = -1
    seen_level: int = 0
    seen_phase: str = "unseen"
    seen_after_removal: bool = False
    readers: set[int] = field(default_factory=set)
    aware: int = -1
    replacement_seen: int = -1
    overtaken: bool = False
    checking: set[int] = field(default_factory=set)
    owed: tuple[int, int] | None = None  # (tick, device) of an opening that must process the request

    @property
    def public(self) -> bool:
        """Whether flags are each reader's own (R5.5)."""
        return self.what.mailbox == "public"

    def lies_open(self, copy: Copy, device: int) -> bool:
        """Whether somebody at that device can act on it; one that lags goes by what it shows."""
        if device in copy.thrown:
            return False
        if self.what.device(device).lags:
            return device in copy.shown
        return copy.place == HERE or (copy.place == "fetched" and copy.fetched_by == device)

    def is_read(self, copy: Copy, device: int) -> bool:
        """Whether the copy is marked read as that device (or reader) has it."""
        return device in copy.marked or (copy.read and not self.public and device not in copy.unmarked)

    def mark(self, copy: Copy, device: int) -> None:
        """Set the flag at a device, and at the mailbox if that device is in touch with it (POP never is)."""
        copy.marked.add(device)
        copy.unmarked.discard(device)
        program = self.what.device(device)
        if program.sync != "fetch" and not program.lags:
            copy.read = copy.read or not self.public

    def unmark(self, copy: Copy, device: int) -> None:
        """Clear the flag: everywhere, in a public folder for that reader, at a device that lags for now there."""
        if self.public or self.what.device(device).lags:
            copy.marked.discard(device)
            copy.unmarked.add(device)
            copy.held_back.add((device, "mark"))
        else:
            self.clear(copy, by=-1)

    def clear(self, copy: Copy, by: int) -> None:
        """Clear the flag at the mailbox and at every device but `by`."""
        copy.read = False
        copy.marked &= {by}
        copy.unmarked.clear()

    def end(self, status: str, reason: str, tick: int) -> None:
        """The recall is over here."""
        self.status, self.reason, self.decided = status, reason, tick

    def table(self, device: int, *, entitled: bool, early: str, too_old: bool) -> tuple[str, str]:
        """R1 to R7: what processing at that device must come to now, derived from the facts."""
        original, request = self.copies["original"], self.copies["request"]
        if self.public and not entitled:
            return "failed", "no_permission"
        if too_old and original.place == HERE:
            return "failed", "too_old_when_processed"  # S10, as a policy of any system
        if original.fetched_by >= 0:
            return "failed", "out_of_reach"
        if original.place in NEVER_CAME:
            return "failed", "not_delivered"
        if original.place in (UNDER_WAY, UNSENT):
            return ("failed", "not_found") if early.startswith("drop") or self.public else ("pending", "none")
        if original.place != HERE or device in original.thrown:
            return "failed", "not_found"
        if not self.public and original.folder_at(device) != request.folder_at(device):
            return "failed", "different_folders"
        if self.is_read(original, device):
            return "failed", "already_read"
        return "succeeded", "deleted_unread"

    def columns(self) -> Iterator[tuple[str, object]]:
        """What the books must say of it in the end."""
        yield "status", self.status
        yield "reason", self.reason
        yield "decided", self.decided
        yield "seen", self.seen
        yield "seen_level", self.seen_level
        yield "seen_phase", self.seen_phase
        yield "seen_people", len(self.readers)
        yield "seen_after_removal", int(self.seen_after_removal)
        yield "aware", self.aware
        yield "replacement_seen", self.replacement_seen
        yield "overtaken", int(self.overtaken)
        yield "told", self.told[-1][1] if self.told else "nothing"
        yield "told_first", self.told[0][0] if self.told else -1
        news = {what for _, what in self.told}
        yield "reports_contradict", int({"success", "failure"} <= news)
        for kind, copy in self.copies.items():
            yield f"{kind}_place", copy.place
            yield f"{kind}_delivered", copy.delivered
        yield "original_removed", self.copies["original"].left
        original = self.copies["original"]
        if not self.public:  # the flag is that at the mailbox
            there = original.place in (HERE, "fetched")
            doomed = self.dooms and self.status == "pending" and there and original.read
            yield "doomed", int(doomed)
