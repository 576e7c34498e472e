"""The *act* half of a recall: what a verdict does to the mailbox, and what the sender is sent.

Sense, decide, act: facts are taken from the mailbox, the basement decides, and here alone the outcome takes effect.
"""

from agents.aggregated_report import AggregatedReport
from agents.observer import name_of
from agents.policy import Alert
from agents.records import EarlyRequest, Group
from agents.seat import Recipient, Seat
from agents.world import ORIGINAL, REQUEST, World
from transport.mail.mailbox import Copy
from transport.recall.codes import Kind, Place, Reason, Status, Told
from transport.recall.decide import (
    decide,
    decide_at_horizon,
    decide_early,
    decide_intercepted,
    decide_on_arrival,
    decide_on_delivery,
    decide_public,
    decide_too_old,
    decide_undelivered,
    is_too_old,
)
from transport.recall.facts import Facts, PublicFacts, Verdict
from transport.sometimes import Rare
from transport.streams.purposes import RIGHTS

PENDING = Status.PENDING.value
SUCCEEDED = Status.SUCCEEDED.value
SUCCESS = Told.SUCCESS.value
FAILURE = Told.FAILURE.value
REPORT = Kind.REPORT.value
REMOVED = Place.REMOVED_BY_RECALL.value
NO_PERMISSION = Reason.NO_PERMISSION.value
BY_PERSON = Place.REMOVED_BY_PERSON.value
REMOVED_BY_ADMIN = Place.REMOVED_BY_ADMIN.value
DELETED_READ = Reason.DELETED_READ.value
STRIPPED_ON_PATH = Reason.STRIPPED_ON_PATH.value
IN_TRANSIT = Place.IN_TRANSIT.value
PRESENT = Place.PRESENT.value
NEVER_CAME = (Place.BOUNCED.value, Place.LOST.value, Place.REJECTED.value)


class Effects:
    """Puts outcomes into effect, once each.

    Args:
        world: the surroundings.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.tried: dict[int, None] = {}
        self.stripped: dict[int, None] = {}
        self.page = None if world.plan.report is None else AggregatedReport(world)
        self._alerts = Alert.NEVER if world.plan.agent is None else world.plan.agent.alerts
        self._max_age = world.plan.sender.max_age_since_delivery
        self.delays: dict[tuple[int, int], int] = {}
        self._ledger = world.ledger
        self._observer = world.observer
        self._clock = world.clock
        self._send_back = world.relay.send_back
        self._tells = world.plan.sender.tells
        self._keeps_early = world.plan.sender.early_request is EarlyRequest.DELETE_ON_DELIVERY
        self._drops_early = world.plan.sender.early_request is EarlyRequest.DROP_ON_ARRIVAL

    # --- the request is processed --------------------------------------------------------------------------------

    def process(self, seat: Seat, *, by_hand: bool) -> None:
        """The request meets the recipient's copy: decide, and act (recall.md 2)."""
        box = seat.box
        original, request, _ = box.copies
        if request is None or request.spent or self._ledger.status[box.number] != PENDING:
            return
        if self.stripped and box.number in self.stripped:
            return  # S9: an ordinary mail
        if box.public:
            self._process_public(seat, request)
            return
        if original is None and self._keeps_early and self._under_way(box):
            return  # R7.1 `delete_on_delivery`: kept, opened or not
        verdict = decide(
            Facts(self._under_way(box), False, False, False, request.folder, request.folder)
            if original is None
            else Facts(
                True,
                original.fetched,
                original.here and not seat.deleted >> ORIGINAL & 1,
                box.is_read(seat, original),
                seat.folder_of(original) if seat.held_back else original.folder,
                seat.folder_of(request) if seat.held_back else request.folder,
            )
        )
        if self._max_age >= 0 and original is not None and self._is_too_old(original):
            verdict = decide_too_old()
        if self._observer is not None:
            self._note_processing(seat, "by hand" if by_hand else "automatically", verdict)
        if seat.lags and verdict.status == SUCCEEDED:
            seat.visible &= ~(1 << ORIGINAL)  # this device did it
        self._conclude(box, verdict, request)

    def _under_way(self, box: Recipient) -> bool:
        """R7.1 `drop_on_processing`: what has not come yet is *not found*; what never comes is *not delivered*."""
        return self.world.ledger.place[ORIGINAL][box.number] == IN_TRANSIT

    def _is_too_old(self, original: Copy) -> bool:
        """S10: the policy `max_age_since_delivery`, open to the classic recall too."""
        if self._max_age < 0 or not original.here or original.fetched:
            return False
        return is_too_old(self.world.clock.now - original.delivered, self._max_age)

    def _process_public(self, seat: Seat, request: Copy) -> None:
        """A reader opens the request in a public folder (R5): that reader's rights and flag count."""
        world, box, group = self.world, seat.box, seat.box.group
        original = box.copies[ORIGINAL]
        entitled = world.happens(group.full_rights, RIGHTS, 0, seat.who, box.number)
        verdict = decide_public(
            PublicFacts(
                delivered=original is not None or self._under_way(box),
                present=original is not None and original.here,
                may_read_all=entitled,
                read=original is not None and box.is_read(seat, original),
            )
        )
        if verdict.reason != NO_PERMISSION and original is not None and self._is_too_old(original):
            verdict = decide_too_old()
        if self._observer is not None:
            how, rights = f"by reader {seat.who + 1}", "all items" if entitled else "not all items"
            self._note_processing(seat, how, verdict, rights=rights)
        if verdict.reason != NO_PERMISSION:
            self._conclude(box, verdict, request)
            request.here = False  # the request itself is deleted, and no reader finds a notice
        elif world.plan.sender.first_reader_decides:
            world.ledger.decide(box.number, verdict.status, verdict.reason, world.clock.now)
            self._report_on(box, FAILURE)  # R5.3: old, new and the request itself remain
        elif box.number not in self.tried:
            self.tried[box.number] = None
            self._report_on(box, FAILURE)

    def _note_processing(self, seat: Seat, how: str, verdict: Verdict, **facts: object) -> None:
        original, request = seat.box.copies[ORIGINAL], seat.box.copies[REQUEST]
        found: dict[str, object] = {} if request is None else {"folder": seat.folder_of(request)}
        if original is not None and original.here and not original.fetched:
            found |= {"original_folder": seat.folder_of(original), "read": seat.box.is_read(seat, original)}
        facts |= {"device": seat.place, "how": how} | found
        self._note_verdict("processes the request", seat.box.number, verdict, **facts)

    def _note_verdict(self, event: str, number: int, verdict: Verdict, **facts: object) -> None:
        if self._observer is not None:
            status, reason = Status(verdict.status).name.lower(), Reason(verdict.reason).name.lower()
            self._observer.note("client", event, number, status=status, reason=reason, **facts)

    def _conclude(self, box: Recipient, verdict: Verdict, request: Copy) -> None:
        """The recall of one recipient is over: the request leaves a notice, a recalled original leaves nothing."""
        if verdict.status == SUCCEEDED:
            original = box.copies[ORIGINAL]
            assert original is not None
            original.here = False
            if len(box.seats) > 1:
                box.removed(original)
        request.spent = True
        self.conclude(box.number, box.group, verdict, box.attempts)
        if self._tells and box.group.reports:
            box.attempts += 1

    def conclude(self, number: int, group: Group, verdict: Verdict, earlier: int = 0) -> None:
        """The recall of one recipient is over: it stands in the ledger, and a report goes out.

        `earlier`: how many reports have gone out about that recipient.
        """
        ledger, now = self._ledger, self._clock.now
        status, reason = verdict
        originals, requests, _ = ledger.place
        ledger.decide(number, status, reason, now)
        if status == SUCCEEDED:
            originals[number] = REMOVED
            ledger.removed[number] = now
        if requests[number] != BY_PERSON:  # at a device that lags, of a mailbox from which it is gone
            requests[number] = REMOVED
        if self._tells and group.reports:
            self._send_back(number, REPORT, SUCCESS if status == SUCCEEDED else FAILURE, earlier)

    def _report(self, number: int, group: Group, told: int, earlier: int = 0) -> None:
        """R9.1: one report a processing, if the sender asked to be told; or a line of the page for all (S8).

        `earlier`: how many reports have gone out about that recipient.
        """
        if not self._tells or not group.reports:
            return
        if self.page is not None and group.at_server:
            self.page.ends(number, told)
        else:
            self._send_back(number, REPORT, told, earlier)

    def _report_on(self, box: Recipient, told: int) -> None:
        """The same for a mailbox, which counts them."""
        self._report(box.number, box.group, told, box.attempts)
        box.attempts += 1

    # --- what servers and administrators do in mailboxes ---------------------------------------------------------

    def conclude_at_server(self, box: Recipient, verdict: Verdict) -> None:
        """The recall agent has done with one mailbox: a recalled original is gone from every folder (S2)."""
        ledger, number = self._ledger, box.number
        if ledger.status[number] != PENDING:
            return
        ledger.decide(number, verdict.status, verdict.reason, self.world.clock.now)
        self._note_server("recall agent", "ends the recall", number, verdict)
        if verdict.status == SUCCEEDED:
            self._take_out(box, REMOVED)
            told_of = self._alerts is Alert.READ_ONLY and verdict.reason == DELETED_READ
            if told_of or self._alerts is Alert.ALWAYS:
                self._alert(box)
        self._report_on(box, SUCCESS if verdict.status == SUCCEEDED else FAILURE)

    def purge(self, box: Recipient, verdict: Verdict) -> None:
        """S13: the administrator removes the original, whatever became of the recall."""
        self._ledger.overrule(box.number, verdict.status, verdict.reason, self.world.clock.now)
        self._note_server("administrator", "purges", box.number, verdict)
        self._take_out(box, REMOVED_BY_ADMIN)
        purge = self.world.plan.purge
        if purge is not None and purge.tells:
            self._alert(box)

    def _take_out(self, box: Recipient, place: int) -> None:
        """Remove the original at the mailbox; a device learns of it with its next sync (S2)."""
        original = box.copies[ORIGINAL]
        assert original is not None
        original.here = False
        self._ledger.remove(box.number, ORIGINAL, place, self.world.clock.now)
        box.removed(original)

    def _alert(self, box: Recipient) -> None:
        """S5, S13: a notice for the recipient; a classic request that came before is notice enough.

        One that was dropped as it came (R7.1) nobody has been shown.
        """
        request = box.copies[REQUEST]
        if request is None or (self._drops_early and request.spent and not request.here and not box.public):
            notice = box.copies[REQUEST] = Copy(REQUEST, self.world.clock.now)
            notice.spent = True
            if self._observer is not None:
                self._observer.note("servers", "leave a notice", box.number)
            for seat in box.seats:
                seat.client.arrived(seat, notice)

    def request_stripped(self, number: int) -> None:
        """S9: a hop on the path has made an ordinary mail of the request; nothing will ever process it.

        To be called before the request is delivered. A cloud mailbox never shows it, a classic one shows it as a mail.
        """
        self.stripped[number] = None
        if self._ledger.status[number] == PENDING:
            self._ledger.reason[number] = STRIPPED_ON_PATH
        if self.world.observer is not None:
            self.world.observer.note("servers", "strip the request", number)

    def _note_server(self, who: str, what: str, number: int, verdict: Verdict) -> None:
        if self.world.observer is not None:
            words = {
                "status": Status(verdict.status).name.lower(),
                "reason": Reason(verdict.reason).name.lower(),
            }
            self.world.observer.note(who, what, number, **words)

    # --- what arrival decides ------------------------------------------------------------------------------------

    def request_arrived(self, box: Recipient, request: Copy) -> None:
        """What the arrival of the request decides by itself: outside mail (R6.1), an early request (R7.1)."""
        world, number = self.world, box.number
        if not box.group.processes:
            verdict = decide_on_arrival(box.group.same_organisation, box.group.on_exchange)
            world.ledger.decide(number, verdict.status, verdict.reason, world.clock.now)
        elif (
            self._drops_early
            and box.group.executes  # else it is an ordinary mail (R6.2)
            and number not in self.stripped
            and box.copies[ORIGINAL] is None
            and self._under_way(box)
        ):
            request.here = False
            verdict = decide_early()
            self._note_verdict("drops the early request", number, verdict)
            self._conclude(box, verdict, request)

    def original_arrived(self, box: Recipient) -> None:
        """R7.1 `delete_on_delivery`: a request that was there first removes the original as it comes."""
        request = box.copies[REQUEST]
        if (
            box.group.processes
            and self._ledger.status[box.number] == PENDING  # else a reader without rights has ended it (R5.3)
            and request is not None
            and request.here
            and not request.spent
            and box.number not in self.stripped
            and box.group.executes
        ):
            verdict = decide_on_delivery()
            self._note_verdict("removes the original as it comes", box.number, verdict)
            self._conclude(box, verdict, request)
            if box.public:
                request.here = False  # as after any processing in a public folder, no reader finds a notice

    # --- what the servers did ------------------------------------------------------------------------------------

    def undelivered(self, number: int, kind: int, place: Place) -> None:
        """A message to one recipient bounced, was refused or lost; of all but a loss a DSN tells (R7.3, R7.5)."""
        world = self.world
        ledger = world.ledger
        ledger.place[kind][number] = place
        if world.observer is not None:
            world.observer.note("servers", place.name.lower(), number, message=name_of(kind))
        if place is not Place.LOST:
            news = Told.BOUNCE if kind in (ORIGINAL, REQUEST) else Told.NOTHING  # of the recall
            world.relay.send_back(number, Kind.DSN_ORIGINAL.value + kind, news.value)
            self._note_one_sided(number, kind)
        if kind == REQUEST and ledger.status[number] == PENDING:
            original_came = ledger.place[ORIGINAL][number] not in NEVER_CAME
            verdict = decide_undelivered(original_came)
            ledger.decide(number, verdict.status, verdict.reason, world.clock.now)

    def _note_one_sided(self, number: int, kind: int) -> None:
        """Count that of original and request one came and the other was sent back."""
        place, sometimes = self._ledger.place, self.world.relay.sometimes
        if kind == REQUEST and place[ORIGINAL][number] == PRESENT:
            sometimes.note(Rare.REQUEST_BOUNCED_ONLY)
        elif kind == ORIGINAL and place[REQUEST][number] == PRESENT:
            sometimes.note(Rare.ORIGINAL_BOUNCED_ONLY)

    def delayed(self, number: int, kind: int) -> None:
        """The servers tell the sender that a message is late; it decides nothing (RFC 3464, action *delayed*)."""
        if self.world.observer is not None:
            self.world.observer.note("servers", "is delayed", number, message=name_of(kind))
        times = self.delays.get((number, kind), 0)
        self.delays[number, kind] = times + 1
        self.world.relay.send_back(number, Kind.DELAY_ORIGINAL.value + kind, Told.NOTHING, times)

    def intercepted(self, number: int, kind: int) -> None:
        """S1: the servers removed the original on its way, and keep the request."""
        world = self.world
        for each in (kind, REQUEST):
            world.ledger.place[each][number] = Place.INTERCEPTED
        world.ledger.decide(number, *decide_intercepted(), world.clock.now)
        if world.observer is not None:
            world.observer.note("servers", "intercepted", number, message=name_of(kind))
        self._report(number, world.plan.group_of(number), SUCCESS)

    # --- the end -------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """The horizon: readers without the right tried in vain (R5.3)."""
        ledger = self.world.ledger
        for number in self.tried:
            if ledger.status[number] == PENDING:
                ledger.decide(number, *decide_at_horizon(), self.world.clock.now)
