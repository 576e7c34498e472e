# Everything a fresh machine needs is Python >= 3.11, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?= configs/office.yaml
WORKERS ?= 2
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

# The tools that build and link the package itself; they stand in requirements.lock with the rest.
BUILD_TOOLS := hatchling>=1.27,<2 editables>=0.5,<1
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
  --no-annotate --no-header --quiet

.PHONY: run test prove extras mutants lint types contracts bench systems screenshots schema lock clean

run: $(VENV)/.installed
	$(BIN)/recallsim run $(SCENARIO)

test: lint types contracts
	@command -v chromium >/dev/null || echo "chromium is not installed: the page is not tried in a browser (apt-get install chromium)"
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not prove"

prove: lint types contracts
	RECALLSIM_PROVE=1 $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

mutants: $(VENV)/.dev
	$(BIN)/python tests/mutants/run.py

extras: $(VENV)/.dev

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/race.py
	$(BIN)/python benchmarks/seeing.py

systems: $(VENV)/.installed
	$(BIN)/python benchmarks/systems.py

screenshots: $(VENV)/.dev
	$(BIN)/python benchmarks/screenshots.py $(SCENARIO) screenshots docs

schema: $(VENV)/.installed
	$(BIN)/recallsim schema > configs/recallsim.schema.json

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "recallsim needs Python 3.11 or later; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# An environment that `uv run` made has no pip yet.
$(VENV)/.installed: pyproject.toml requirements.lock | $(VENV)/bin/python
	@$(PIP) --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

lock:
	printf '%s\n' $(foreach tool,$(BUILD_TOOLS),'$(tool)') | $(LOCK) --extra batch --extra web pyproject.toml - -o requirements.lock
	$(LOCK) --extra dev --constraint requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info
