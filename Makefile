# Two commands: `make plan` shows what the sample campaigns would change, `make test` runs the tests.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: plan test lint types imports wheel check clean

plan: .venv/run
	$(BIN)/reconciler plan --sandbox

test: .venv/dev
	$(BIN)/python -m pytest --numprocesses=2 --dist=worksteal --cov --cov-report=term

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

# The contracts in pyproject.toml: who may import whom, and which library belongs to whom.
imports: .venv/dev
	$(BIN)/lint-imports --no-logo

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
