"""A coordinator of several runs, to be killed: `several_script.py FOLDER N`; it says how far it is."""

import sys
from pathlib import Path

from several_fakes import cells, side_by_side, slow

import recallsim.running.several as several


class Printing:
    """Says on standard output how far it is."""

    def started(self, total, resumed):
        print("ready", flush=True)

    def advanced(self, done, target):
        print(done, flush=True)

    def finished(self, simulated):
        pass


if __name__ == "__main__":
    several.SMALL_JOB_SECONDS = 0.0
    several.PIECE_SECONDS = 0.05
    given = cells(base=slow, sooner=slow, same=slow)
    found = side_by_side(Path(sys.argv[1]), int(sys.argv[2]), given, workers=2, progress=Printing())
    print("complete", [each.n for each in found.outcomes], flush=True)
