"""What servers and administrators do in mailboxes, held against the rules S2 to S13."""

from history.life import Life
from history.mailbox import HERE, NEVER_CAME, UNDER_WAY, Recipient
from history.reading import Event, Terms


class Servers(Life):
    """The steps of the recall agent and of the administrator."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self.steps |= {
            "takes the request": self._takes,
            "overlooks the request": self._takes,
            "fails to remove": self._fails,
            "ends the recall": self._ends_recall,
            "purges": self._purges,
            "strip the request": self._strips,
            "leave a notice": self._alerts,
            "drop the request after the notice": self._drops,
        }

    def _takes(self, event: Event, who: Recipient) -> None:
        request = who.copies["request"]
        if who.stripped != (event.event == "overlooks the request"):
            self.say("trigger", event, "the agent takes what was stripped, or overlooks what was not")
        if not who.what.at_server:
            self.say("trigger", event, "the agent takes a request that is none of its own")
        self._leaves_the_way(event, request)
        who.overtaken = who.copies["original"].place == UNDER_WAY
        request.place, request.delivered, request.folder = "removed_by_recall", event.tick, "nowhere"
        who.processed = True  # what is shown of it from now on is a notice

    def _fails(self, event: Event, who: Recipient) -> None:
        if who.copies["original"].place == HERE and not self.terms.servers.failure:
            self.say("trigger", event, "an attempt fails, with the original there")

    def _ends_recall(self, event: Event, who: Recipient) -> None:
        verdict = str(event.facts["status"]), str(event.facts["reason"])
        if who.copies["request"].delivered < 0:
            self.say("cause", event, "the agent ends what it was never asked for")
        possible = self._possible(event, who)
        if verdict[1] not in possible or (verdict[0] == "succeeded") != verdict[1].startswith("deleted"):
            self.say(
                "table", event, f"{' '.join(verdict)} where the facts allow {', '.join(sorted(possible))}"
            )
        self._end(event, who, *verdict)
        who.verdicts.append((event.tick, "success" if verdict[0] == "succeeded" else "failure"))
        if verdict[0] == "succeeded":
            self._removed(event, who, "removed_by_recall")

    def _possible(self, event: Event, who: Recipient) -> set[str]:
        """What an attempt, or giving up, may come to now."""
        what, servers, original = who.what, self.terms.servers, who.copies["original"]
        if not what.internal and not what.lets_in:
            return {"tenant_not_allowed"} if servers.across == "allow_list" else {"other_organisation"}
        if not what.exchange:
            return {"recipient_not_exchange"}
        if what.mailbox == "public":
            return {"unsupported_recipient"}
        found = {"disabled_for_mailbox"} if what.processing < 1 else set()
        found |= {"refused_by_recipient"} if what.refuses > 0 else set()
        last = {"timed_out"} if servers.retries else set()
        if what.processing <= 0:
            return found
        if original.fetched_by >= 0:
            return found | {"out_of_reach"}
        if original.place == UNDER_WAY:
            return found | (last or {"not_found"})
        if original.place in NEVER_CAME:
            return found | (last or {"not_delivered"})
        if original.place != HERE:
            return found | {"not_found"}
        downloaded = any(what.device(device).downloads for device in original.shown)
        if servers.spoils and downloaded:
            return found | {"out_of_reach"}
        found |= {"timed_out"} if servers.failure else set()
        if 0 <= self.terms.max_age < event.tick - original.delivered:
            return found | {"too_old_when_processed"}
        if not original.read:
            return found | {"deleted_unread"}
        return found | {"deleted_read" if servers.reads_too else "already_read"}

    def _purges(self, event: Event, who: Recipient) -> None:
        original = who.copies["original"]
        if original.place != HERE:
            self.say("gone", event, f"purged while it is {original.place}")
        if original.read and not self.terms.servers.purges_read:
            self.say("table", event, "a read copy is purged, where such are spared")
        who.end("succeeded", "purged", event.tick)  # S13: whatever the recall came to
        self._removed(event, who, "removed_by_admin")

    def _removed(self, event: Event, who: Recipient, place: str) -> None:
        original = who.copies["original"]
        original.place, original.left = place, event.tick

    def _alerts(self, event: Event, who: Recipient) -> None:
        """S5, S13: who is told of a removal; there must have been one, and a notice is all there is of a request."""
        if who.copies["original"].left != event.tick or not self.terms.servers.alerts:
            self.say("trigger", event, "a notice of a removal that was not, or that nobody is to be told of")
        who.alerted = True

    def _drops(self, event: Event, who: Recipient) -> None:
        """A notice of the removal lies there already, which says all that the request would (S13)."""
        if not who.alerted:
            self.say("trigger", event, "a request is dropped where no notice lies")
        request = who.copies["request"]
        self._leaves_the_way(event, request)
        request.place, request.delivered, request.folder = "removed_by_recall", event.tick, "nowhere"

    def _strips(self, event: Event, who: Recipient) -> None:
        who.stripped = True
        if who.status == "pending":
            who.reason = "stripped_on_path"
