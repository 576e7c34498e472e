"""recallsim: how likely does a recalled message vanish unseen?

An asynchronous society of senders, servers, mail programs and people, simulated again and again::

    import recallsim

    result = recallsim.run("configs/office.yaml")
    print(result)
    result.rows()  # for a data frame
"""

TYPE_CHECKING = False  # typing itself would take longer to import than all the rest here
if TYPE_CHECKING:
    from typing import Any

    from recallsim.api import compare as compare
    from recallsim.api import infer as infer
    from recallsim.api import run as run
    from recallsim.api_designs import best as best
    from recallsim.api_designs import sensitivity as sensitivity
    from recallsim.api_designs import sweep as sweep
    from recallsim.comparison import Comparison as Comparison
    from recallsim.errors import RecallsimError as RecallsimError
    from recallsim.errors import ScenarioError as ScenarioError
    from recallsim.inference import Inference as Inference
    from recallsim.result import Result as Result
    from recallsim.scenario import Scenario as Scenario
    from recallsim.scenario import load as load

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "Inference",
    "RecallsimError",
    "Result",
    "Scenario",
    "ScenarioError",
    "__version__",
    "best",
    "compare",
    "infer",
    "load",
    "run",
    "sensitivity",
    "sweep",
]

_HOMES = {
    "Comparison": "recallsim.comparison",
    "Inference": "recallsim.inference",
    "RecallsimError": "recallsim.errors",
    "Result": "recallsim.result",
    "Scenario": "recallsim.scenario",
    "ScenarioError": "recallsim.errors",
    "best": "recallsim.api_designs",
    "compare": "recallsim.api",
    "infer": "recallsim.api",
    "load": "recallsim.scenario",
    "run": "recallsim.api",
    "sensitivity": "recallsim.api_designs",
    "sweep": "recallsim.api_designs",
}


def __getattr__(name: str) -> "Any":
    """Imports a public name when it is first used, so that `import recallsim` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'recallsim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
