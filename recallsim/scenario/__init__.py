"""The scenario language: models, loading with positions, presets, overrides, fingerprint, schema."""

from recallsim.errors import ScenarioError
from recallsim.scenario.fingerprints import canonical, fingerprint, scenario_differences
from recallsim.scenario.loading import Draft, load
from recallsim.scenario.models import Scenario
from recallsim.scenario.schema_text import json_schema

__all__ = [
    "Draft",
    "Scenario",
    "ScenarioError",
    "canonical",
    "fingerprint",
    "json_schema",
    "load",
    "scenario_differences",
]
