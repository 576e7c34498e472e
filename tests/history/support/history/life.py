"""Life at the mailboxes: what programs and people do there, held against the rules."""

from history.journey import Journey
from history.mailbox import HERE, UNDER_WAY, Copy, Recipient
from history.reading import Event


class Life(Journey):
    """The steps of programs and people."""

    # --- the programs --------------------------------------------------------------------------------------------

    def _rules(self, event: Event, who: Recipient) -> None:
        copy, folder, read = self._copy(event, who), str(event.facts["folder"]), event.facts["flag"] == "read"
        if event.agent == "servers":
            copy.ruled = folder, read
        else:
            copy.folder = folder
            copy.read = copy.read or read

    def _fetches(self, event: Event, who: Recipient) -> None:
        copy, device = self._copy(event, who), int(event.facts["device"])
        if copy.place != HERE and event.facts["message"] != "notice":
            self.say("gone", event, f"fetched while it is {copy.place}")
        copy.fetched_by = device
        copy.shown = {other for other in copy.shown if who.what.device(other).lags}
        if copy.place == HERE:
            copy.place = "fetched"

    def _shows(self, event: Event, who: Recipient) -> None:
        copy, device = self._copy(event, who), int(event.facts["device"])
        if copy.delivered < 0 and not self._is_notice(event, who):
            self.say("cause", event, "shown before it was delivered")
        elif copy.place != HERE and copy.fetched_by != device and not self._is_notice(event, who):
            self.say("gone", event, f"shown while it is {copy.place}")
        copy.shown.add(device)

    def _is_notice(self, event: Event, who: Recipient) -> bool:
        notice = who.alerted or (who.processed and not who.public)
        return event.facts["message"] in ("request", "notice") and notice

    def _hands_in(self, event: Event, who: Recipient) -> None:
        copy, device = self._copy(event, who), int(event.facts["device"])
        if device not in copy.marked or who.what.device(device).sync == "fetch":
            self.say("flag", event, "a flag is handed in that this device never set, or never hands in")
        if copy.place != HERE and event.facts["message"] != "notice":
            self.say("gone", event, f"a flag is handed in for what is {copy.place}")
        copy.read = True

    def _pane(self, event: Event, who: Recipient) -> None:
        copy, device = self._copy(event, who), int(event.facts["device"])
        if device not in copy.previewed:
            self.say("flag", event, "the pane marks what it never showed")
        self._acts_on(event, who)
        copy.left_pane = event.tick, device
        who.mark(copy, device)

    # --- people --------------------------------------------------------------------------------------------------

    def _begins(self, event: Event, who: Recipient) -> None:
        who.checking.add(int(event.facts["device"]))

    def _ends(self, event: Event, who: Recipient) -> None:
        who.checking.discard(int(event.facts["device"]))

    def _looks(self, event: Event, who: Recipient) -> None:
        message, copy, device = (
            str(event.facts["message"]),
            self._copy(event, who),
            int(event.facts["device"]),
        )
        opens, tick = event.event == "opens", event.tick
        notice = message == "notice"
        processed = who.alerted or who.processed
        if notice != (message not in ("original", "replacement") and processed) and not who.alerted:
            self.say("cause", event, f"a {message} {'before' if notice else 'after'} processing")
        if device not in copy.shown:
            self.say("cause", event, f"the {message} is {event.event[:-1]}ed where it was never shown")
        if not notice and not who.lies_open(copy, device):
            self.say("gone", event, f"the {message} is {copy.place}")
        if copy.folder_at(device) in who.what.device(device).left_alone and not who.alerted:
            self.say("gone", event, f"the {message} lies in {copy.folder_at(device)}")
        if who.is_read(copy, device) and copy.left_pane != (tick, device) and not (notice and who.alerted):
            self.say("flag", event, f"the {message} is handled although it is marked read there")
        if message == "original":
            self._sees(who, tick, device, opens)
        elif message == "replacement":
            who.replacement_seen = tick if who.replacement_seen < 0 else who.replacement_seen
        else:
            who.aware = tick if who.aware < 0 else who.aware
        if opens:
            who.mark(copy, device)
        else:
            copy.previewed.add(device)
        able = any(each.executes for each in who.what.devices)
        waits = self.terms.early == "wait" or (self.terms.early == "drop_on_arrival" and able)
        waits = waits and who.what.reachable
        under_way = who.copies["original"].place == UNDER_WAY
        if message == "request" and waits and under_way:
            self.say("trigger", event, "a request that waits for its original is not left alone")
        if (
            message == "request"
            and opens
            and not who.stripped
            and who.what.reachable
            and who.what.device(device).executes
        ):
            kept = self.terms.early == "delete_on_delivery" and under_way and not who.public
            if who.status == "pending" and not kept:
                who.owed = tick, device

    def _sees(self, who: Recipient, tick: int, device: int, opens: bool) -> None:
        self._is_shown(who, tick, device, who.what.device(device).level if opens else 2)

    def _glimpses(self, event: Event, who: Recipient) -> None:
        if event.facts["message"] == "original":
            self._is_shown(who, event.tick, int(event.facts["device"]), 1)
        elif event.facts["message"] != "replacement" and who.aware < 0:
            who.aware = event.tick

    def _attachment(self, event: Event, who: Recipient) -> None:
        copy, device = self._acts_on(event, who), int(event.facts["device"])
        if who.seen_level < 2:
            self.say("cause", event, "an attachment of what was never shown")
        if copy.delivered >= 0:
            self._is_shown(who, event.tick, device, 4)

    def _is_shown(self, who: Recipient, tick: int, device: int, level: int) -> None:
        who.seen_level = max(who.seen_level, level)
        if level < self.terms.seen_level:
            return
        who.readers.add(who.what.device(device).reader if who.what.mailbox == "user" else device)
        if who.seen >= 0:
            return
        who.seen = tick
        taken = who.copies["original"].place in ("removed_by_recall", "removed_by_admin")
        who.seen_after_removal = taken
        if self.noticed < 0:
            who.seen_phase = "before_notice"
        elif self.asked < 0:
            who.seen_phase = "before_request"
        else:
            who.seen_phase = "while_processing" if who.status == "pending" else "after_processing"

    def _acts_on(self, event: Event, who: Recipient) -> Copy:
        copy, device = self._copy(event, who), int(event.facts["device"])
        if device not in copy.shown or not (who.lies_open(copy, device) or self._is_notice(event, who)):
            self.say("gone", event, f"a {event.facts['message']} that is {copy.place} to this device")
        return copy

    def _marks_unread(self, event: Event, who: Recipient) -> None:
        copy, device = self._acts_on(event, who), int(event.facts["device"])
        if not who.is_read(copy, device):
            self.say("flag", event, "marked unread although it was not marked read")
        who.unmark(copy, device)

    def _moves(self, event: Event, who: Recipient) -> None:
        self._put(who, self._acts_on(event, who), event)

    def _put(self, who: Recipient, copy: Copy, event: Event) -> None:
        device, folder = int(event.facts["device"]), str(event.facts["folder"])
        if who.what.device(device).lags:
            copy.moved.setdefault(device, []).append(folder)
            copy.held_back.add((device, "move"))
        else:
            copy.folder = folder

    def _deletes(self, event: Event, who: Recipient) -> None:
        copy, device = self._acts_on(event, who), int(event.facts["device"])
        if "folder" in event.facts:
            self._put(who, copy, event)
        elif who.what.device(device).lags:
            copy.thrown.add(device)
            copy.held_back.add((device, "deletion"))
        else:
            copy.place, copy.left = "removed_by_person", event.tick

    # --- devices that lag ------------------------------------------------------------------------------------------

    def _hands_in_act(self, event: Event, who: Recipient) -> None:
        copy, device = self._copy(event, who), int(event.facts["device"])
        what = event.event.rpartition(" ")[2]
        if copy.place != HERE and event.facts["message"] != "notice":
            self.say("gone", event, f"a {what} is handed in for what is {copy.place}")
        if (device, what) not in copy.held_back:
            self.say("flag", event, f"a {what} is handed in that was not done there")
        if what == "move":
            if copy.moved.get(device):
                copy.folder = copy.moved[device].pop(0)
        elif what == "mark":
            who.clear(copy, by=device)
        else:
            copy.place, copy.left = "removed_by_person", event.tick

    def _loses(self, event: Event, who: Recipient) -> None:
        copy, device = self._copy(event, who), int(event.facts["device"])
        if copy.place == HERE:
            self.say("gone", event, "a device loses what is there")
        copy.shown.discard(device)
