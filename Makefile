# Everything a fresh machine needs is Python >= 3.11, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?= configs/office.yaml
WORKERS ?= 2

.PHONY: run test prove lint types contracts bench lock clean

run: $(VENV)/.installed
	$(BIN)/recallsim run $(SCENARIO)

test: $(VENV)/.dev lint types contracts
	$(BIN)/pytest -q -n $(WORKERS) --dist worksteal -m "not prove"

prove: $(VENV)/.dev
	RECALLSIM_PROVE=1 $(BIN)/pytest -q -n $(WORKERS) --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/race.py

$(VENV)/.installed: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: $(VENV)/.installed
	touch $@

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info
