"""An independent checker of histories: a trace and where everybody stood at its end, held against the rules.

Written from the rules alone (docs/choices.md lists them); it imports the standard library and nothing of what it checks.
"""

from history.checking import check
from history.reading import Event, Terms, Violation, events_of, lines_of

__all__ = ["Event", "Terms", "Violation", "check", "events_of", "lines_of"]
