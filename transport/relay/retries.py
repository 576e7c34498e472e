"""What follows a failed attempt of a stage: another one after a gap, or giving the message up."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from transport.relay.envelope import Envelope
from transport.relay.settings import Stage as Settings
from transport.sometimes import Rare, Sometimes
from transport.streams.draws import Draws
from transport.streams.purposes import RETRY_JITTER
from transport.timing import retry

if TYPE_CHECKING:
    from transport.clock.loop import VirtualLoop


class Retries:
    """The schedule of one stage at work.

    Args:
        settings: by kind, gaps, attempts, the end of a message's life.
        clock: the loop to live in.
        draws: chance.
        sometimes: counts what is rare.
        enters: the order in which what returns enters the stage, but for the envelope's own part.
    """

    def __init__(
        self, settings: Settings, clock: "VirtualLoop", draws: Draws, sometimes: Sometimes, enters: int
    ) -> None:
        self._settings: Final = settings
        self._clock: Final = clock
        self._draws: Final = draws
        self._sometimes: Final = sometimes
        self._enters: Final = enters

    def follow(
        self,
        envelope: Envelope,
        come_again: Callable[[Envelope, None], None],
        give_up: Callable[[Envelope, None], None],
    ) -> None:
        """An attempt has just failed: see to it that the envelope comes again, or is given up."""
        settings, clock, law = self._settings, self._clock, envelope.law
        gaps, attempts, jitter = settings.gaps[law], settings.attempts[law], settings.jitter[law]
        u = 0.5
        if jitter > 0.0:
            u = self._draws.uniform(
                RETRY_JITTER, envelope.kind, settings.number, envelope.entity, envelope.attempt
            )
        envelope.failures += 1
        then = retry(
            clock.now,
            envelope.entered,
            envelope.failures,
            gaps,
            0,
            len(gaps),
            attempts,
            settings.give_up[law],
            jitter,
            u,
        )
        if not then.bounces:
            self._sometimes.note(Rare.RETRIED)
        elif not gaps or 0 < attempts <= envelope.failures:
            self._sometimes.note(Rare.ATTEMPTS_USED_UP)
        else:
            self._sometimes.note(Rare.GAVE_UP)
        if then.bounces and then.tick <= clock.now:
            give_up(envelope, None)
        else:
            clock.at(
                then.tick, self._enters | envelope.packed, give_up if then.bounces else come_again, envelope
            )
