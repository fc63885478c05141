# Two commands: `make plan` shows what the sample campaigns would change, `make test` runs the tests.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: plan test lint types clean

plan: .venv/run
	$(BIN)/reconciler plan --sandbox

test: .venv/dev
	$(BIN)/python -m pytest --cov --cov-report=term
	$(BIN)/python -m coverage report --fail-under=100 --include='$(CORE)'

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

clean:
	rm -rf .venv .reconciler

# One environment, two degrees of it: what the tool needs to run, and what its tests need besides.
.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[sandbox]'
	@touch $@

.venv/dev: pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ .venv/run

# The core computes and touches nothing, so every branch of it is tested.
empty :=
CORE := $(subst $(empty) ,,reconciler/errors.py)
