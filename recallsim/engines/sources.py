"""What the compiled kernel is made of: its modules, the basement's, and the functions in them."""

import importlib
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from transport.compilable import COMPILABLE

KERNEL: Final = (
    "kernel_layout",
    "kernel_people_layout",
    "kernel_servers_layout",
    "kernel_systems_layout",
    "kernel_state",
    "kernel_times",
    "kernel_columns",
    "kernel_presence",
    "kernel_running",
    "kernel_seeing",
    "kernel_forwarding",
    "kernel_idle",
    "kernel_checks",
    "kernel_folders",
    "kernel_attentive",
    "kernel_meeting",
    "kernel_showing",
    "kernel_mailbox",
    "kernel_ways",
    "kernel_sender",
    "kernel_heap",
    "kernel_jobs",
    "kernel_obstacles",
    "kernel_stage",
    "kernel_purge",
    "kernel_effects",
    "kernel_person",
    "kernel_client",
    "kernel_removal",
    "kernel_habits",
    "kernel_sessions",
    "kernel_company",
    "kernel_life",
    "kernel_agent",
    "kernel_link",
    "kernel_lists",
    "kernel_ends",
    "kernel_order",
    "kernel_travel",
    "kernel_workers",
    "kernel_tail",
    "kernel_expansion",
    "kernel_relay",
    "kernel_plain",
    "kernel_recipient",
    "kernel",
)
"""The kernel's modules, each after those that it imports."""
ENTRY: Final = "kernel_entry"
MAKERS: Final = ("sources", "translate")
"""The modules that make machine code of them."""
BASEMENT: Final = (
    "transport.recall.decide",
    "transport.recall.eligibility",
    "transport.recall.facts",
    "transport.recall.servers",
    "transport.relay.stationary",
    "transport.streams.laws",
    "transport.streams.normal",
    "transport.streams.philox",
    "transport.streams.purposes",
    "transport.timing",
)
"""The modules of the ground floor whose functions the kernel calls."""
IN_PLACE: Final = (
    "philox",
    "uniform",
    "normal_centre",
    "exponential_value",
    "lognormal_value",
    "to_ticks",
)
"""Functions that are compiled into each place that calls them."""
_ROOT: Final = Path(__file__).parents[2]


def files() -> list[Path]:
    """The files whose text decides what the compiled kernel does."""
    names = [*BASEMENT, *(f"recallsim.engines.{name}" for name in (*KERNEL, ENTRY, *MAKERS))]
    return [_ROOT.joinpath(*name.split(".")).with_suffix(".py") for name in names]


def basement_functions() -> Iterator[Callable[..., Any]]:
    """What is marked in the basement, and the one function of the servers that the kernel shares."""
    for name in BASEMENT:
        importlib.import_module(name)
    yield from (function for function in COMPILABLE if function.__module__ in BASEMENT)
    yield importlib.import_module("transport.relay.stationary").stationary_jobs


def kernel_functions() -> Iterator[Callable[..., Any]]:
    """Every function of the kernel."""
    for name in KERNEL:
        module = importlib.import_module(f"recallsim.engines.{name}")
        for function in vars(module).values():
            if isinstance(function, types.FunctionType) and function.__module__ == module.__name__:
                yield function
