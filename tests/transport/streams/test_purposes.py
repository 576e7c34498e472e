"""The register of purposes."""

from transport.streams import purposes
from transport.streams.purposes import Purpose

REGISTER = """
    NOTICE=1 ACT=2 COMPOSE=3 ABANDON=4 START=5 QUEUE_ORDER=6 SERVICE=7 FAILURE=8 RETRY_JITTER=9 LATENCY=10 LOSS=11
    STANDING=12 ARRIVAL=13 AUTO_PROCESS=20 IDLE=21 POLL_PHASE=22 RULE=23 ONLINE=24 READ_DELAY=30 FIRST_GAP=31 GAP=32
    OPEN=33 HANDLING=34 ORDER=35 NEVER=36 PREVIEW=37 CURIOSITY=38 MARK_SHARE=39 MARK_AFTER=40 MOVE_SHARE=41
    MOVE_AFTER=42 DELETE_SHARE=43 DELETE_AFTER=44 FIRST_GAP_AGE=45 HAZARD=46 RIGHTS=47
"""


def test_numbers_stay_as_they_are():
    """The register begins with these entries; new ones come after."""
    frozen = [(name, int(number)) for name, number in (entry.split("=") for entry in REGISTER.split())]
    assert [(purpose.name, purpose.value) for purpose in Purpose][: len(frozen)] == frozen


def test_constants_are_the_register():
    """Each purpose stands as a plain int of the same name beside the enumeration."""
    constants = {name: value for name, value in vars(purposes).items() if name.isupper()}
    assert constants == {purpose.name: purpose.value for purpose in Purpose}
    assert {type(value) for value in constants.values()} == {int}


def test_no_number_is_used_twice():
    """A purpose has its own number, of eight bits."""
    assert len({purpose.value for purpose in Purpose.__members__.values()}) == len(Purpose.__members__)
    assert all(0 < purpose < 256 for purpose in Purpose)
