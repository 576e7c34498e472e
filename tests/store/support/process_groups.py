"""Coordinators in process groups of their own, and whether anybody of a group is left."""

import os
import subprocess
import time
from pathlib import Path

SUPPORT = Path(__file__).parent
ROOT = Path(__file__).parents[3]


def start_group(command):
    """Start a coordinator in a process group of its own."""
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(SUPPORT)])},
    )


def end(process):
    """Wait for the end of everything the coordinator has started, by the end of their common output."""
    with process:
        return process.stdout.read().split("\n")[:-1]


def workers_of(coordinator):
    """The processes of a coordinator's group that it has not begun by itself: what its fork server has forked."""
    return [number for number, parent in _alive(coordinator) if parent not in (coordinator, os.getpid())]


def members(group):
    """The processes of a group, zombies aside."""
    return [number for number, _ in _alive(group)]


def _alive(group):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append((int(stat.parent.name), int(fields[1])))
    return found


def group_is_gone(process, seconds=5.0):
    """Whether no process is left in the coordinator's group; the last of them may still be on its way out."""
    deadline = time.monotonic() + seconds
    while members(process.pid) and time.monotonic() < deadline:
        os.sched_yield()
    return members(process.pid) == []
