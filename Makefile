# Two commands: `make plan` shows what the sample campaigns would change, `make test` runs the tests.
PYTHON ?= python3
BIN := .venv/bin

# The core computes and touches nothing, so every branch of it is tested; of the rest, the share is told.
CORE := model hours strict_yaml desired api/endpoints live plan apply/pause apply/campaign importing render

.PHONY: plan test lint types wheel check clean

plan: .venv/run
	$(BIN)/reconciler plan --sandbox

test: .venv/dev
	$(BIN)/python -m pytest --numprocesses=2 --dist=worksteal --cov --cov-report=term
	@echo 'The core, where every branch is tested:'
	@$(BIN)/python -m coverage report --fail-under=100 --include="$$(printf 'reconciler/%s/*,reconciler/%s.py,' $(foreach place,$(CORE),$(place) $(place)))"

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

# Builds the wheel and tries it in an environment of its own.
wheel: .venv/dev
	$(BIN)/python -m pytest -m wheel tests/system/test_wheel.py

# Everything that has to hold before a change goes in.
check:
	.ci/run

clean:
	rm -rf .venv .reconciler

# One environment, two degrees of it: what the tool needs to run, and what its tests need besides.
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is "\
	+ sys.version.split()[0] + ". Name another: make PYTHON=python3.13")'
	$(PYTHON) -m venv .venv

.venv/run: pyproject.toml | .venv/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[sandbox]'
	@touch $@

.venv/dev: pyproject.toml | .venv/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ .venv/run
