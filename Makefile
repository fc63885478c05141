# Two commands: `make plan` shows what the sample campaigns would change, `make test` runs the tests.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: plan test quick years fmt lint types imports wheel benchmarks peer check lock clean

plan: .venv/run
	$(BIN)/reconciler plan --sandbox

test: .venv/dev
	$(BIN)/python -m pytest --numprocesses=3 --dist=worksteal --cov --cov-report=term

# What needs no process, with few examples: for every few lines of a change.
quick: .venv/dev
	HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-quick} $(BIN)/python -m pytest --quiet --numprocesses=3 \
	  --dist=worksteal -m 'not wheel and not processes and not thorough'

# Years of edits, faults, kills and people, each of which has to leave every campaign as it should be: as many as
# HYPOTHESIS_PROFILE says, `nightly` a thousand.
years: .venv/dev
	$(BIN)/python -m pytest --quiet tests/proof/test_machine.py

fmt: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/reconciler fmt campaigns

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

# The contracts in pyproject.toml: who may import whom, and which library belongs to whom.
imports: .venv/dev
	$(BIN)/lint-imports --no-logo

# Builds the wheel and tries it in an environment of its own. DIST names a folder that keeps what was built.
wheel: .venv/dev
	DIST='$(DIST)' $(BIN)/python -m pytest -m wheel tests/system

# Figures against their goals, ratios of whole processes in turns; see benchmarks/README.md.
BENCHMARKS := startup peer validate fmt plans branch counted log pauses
benchmarks: .venv/dev .peer/made
	@missed=0; for one in $(BENCHMARKS); do echo "== $$one"; \
	  $(BIN)/python benchmarks/$$one.py || missed=1; done; exit $$missed

# What a plan is measured against stands in an environment of its own: nothing else needs it.
peer: .peer/made

.peer/made: requirements/peer.txt
	$(PYTHON) -m venv --clear .peer
	.peer/bin/pip --quiet --disable-pip-version-check install --require-hashes --requirement $<
	@touch $@

# Everything that has to hold before a change goes in.
check:
	.ci/run

clean:
	rm -rf .venv .peer .reconciler

# One environment, two degrees of it: what the tool needs to run, and what its tests need besides. Everything from
# outside is what the lock says, file by file; another lock can be named: make test LOCK=requirements/lowest.txt
LOCK ?= requirements/dev.txt
PIP := $(BIN)/pip --quiet --disable-pip-version-check install
OURS := $(PIP) --no-deps --no-index --no-build-isolation --editable .

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is "\
	+ sys.version.split()[0] + ". Name another: make PYTHON=python3.13")'
	$(PYTHON) -m venv .venv

.venv/run: requirements/run.txt pyproject.toml | .venv/bin/pip
	$(PIP) --require-hashes --requirement requirements/run.txt
	$(OURS)
	@touch $@

.venv/dev: $(LOCK) pyproject.toml | .venv/bin/pip
	$(PIP) --require-hashes --requirement $(LOCK)
	$(OURS)
	@touch $@ .venv/run

# Renews every lock: the newest versions, and the lowest that pyproject.toml promises. What builds the package is in
# each of them, so that nothing is fetched that no lock names. What the peer shares with the tests has one version.
UV := $(BIN)/uv --quiet pip compile --system-certs --universal --python-version 3.11 --upgrade --generate-hashes \
	--no-annotate --custom-compile-command 'make lock'
BUILD := $(BIN)/python -c 'import tomllib as t; print(*t.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'

lock: | .venv/bin/pip
	$(PIP) --require-hashes --requirement requirements/lock.txt
	echo uv | $(UV) - --output-file requirements/lock.txt
	$(BUILD) | $(UV) - pyproject.toml --extra sandbox --output-file requirements/run.txt
	$(BUILD) | $(UV) - pyproject.toml --extra dev --output-file requirements/dev.txt
	echo octodns | $(UV) - --constraint requirements/dev.txt --output-file requirements/peer.txt
	$(BUILD) | $(UV) - pyproject.toml --extra dev --resolution lowest-direct --output-file requirements/lowest.txt
	$(BUILD) | $(UV) - pyproject.toml --output-file .github/actions/campaigns/requirements.txt
