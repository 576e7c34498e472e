"""The map of what people have beyond a mailbox and a habit of reading: turns online, absences, folders, other mail.

Rows of `p` that devices and groups point to, and cells of `s` that stand behind the seats (kernel_layout.py).
"""

from typing import Final

IN_TURNS: Final = -1
"""D_ONLINE_SIZE of a device that is online in turns."""
TURN_UP, TURN_DOWN, TURN_START, TURN_SHARE, TURN_MET_UP, TURN_MET_DOWN, TURN_WIDTH = range(7)
"""Turns: laws, TurnsStart, the share of time up."""
STATIONARY_TURN, UP_TURN, DOWN_TURN = range(3)

ABSENCE_SHARE, ABSENCE_FROM, ABSENCE_UNTIL, ABSENCE_WIDTH = range(4)
"""An absence."""

STOPS_OFFLINE, STOPS_AWAY = 1, 2
"""D_RUNS: the clocks of the reader stand still while the device is offline, while the person is away."""

CLOCK_FOLDER, CLOCK_FACTOR, CLOCK_PLACES, CLOCK_INDEX, CLOCK_WIDTH = range(5)
"""A folder with a clock of its own; CLOCK_PLACES is added to the seat's place in the address of its draws."""
FOLDER_PLACES: Final = 256

MAIL_GAP, MAIL_HANDLING, MAIL_OPENED, MAIL_WIDTH = range(4)
"""The other mail of an inbox."""

HABIT_CELLS: Final = 6
"""A habit of looking into a folder: the cells S_MODE to S_PICKS of a seat, in that order."""

TURNS_KNOWN, TURNS_STARTS_UP, TURNS_SWITCHES = range(3)
"""A seat's turns: how many switches are known, whether the first turn is up, the switches."""
LEAST_TURNS: Final = 32

LOG_NUMBER, LOG_NEXT, LOG_HEAD, LOG_TAIL, LOG_MAIL = range(5)
"""A seat's backlog: the next message of the other mail, the tick at which it comes, then the list of those that wait, from
LOG_HEAD to before LOG_TAIL, the oldest first: pairs (tick, number)."""
LEAST_BACKLOG: Final = 64

OTHER_MAIL: Final = 16
"""Its kind in the address of a draw."""
GLIMPSED, ATTACHMENT = 1, 4
"""Levels of seen."""
PICKS_IN_COMPANY: Final = 4096
"""Room for the picks of one check in the ordinal of a draw, where other mail takes its turn."""
REACTS: Final = 0x8000
"""Tells the opening that a notification brought about from others at the same device."""
