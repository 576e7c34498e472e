"""A sweep to be killed: `sweep_script.py SCENARIO FOLDER WORKERS`; prints `ready`, how far it is, and `complete`."""

import sys
from pathlib import Path

import recallsim.running.several as several
from recallsim.designs import asked


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
    several.LOCAL_SECONDS = 0.02
    asked.Means.watcher = lambda self, words: Printing()
    import recallsim

    scenario, folder, workers = sys.argv[1:]
    recallsim.sweep(
        Path(scenario),
        grid={"sender.notices": ["1min", "5min", "15min"]},
        workers=int(workers),
        store=folder,
        replications=16,
        repeat=2,
    )
    print("complete", flush=True)
