# What can be done with a clone; each target says what it is for in `make help`.
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests demo replay test quick lint pictures prove audit lock clean

PYTHON := .venv/bin/python

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | awk -F '\t' '{ printf "make %-12s %s\n", $$1, $$2 }'

setup: ## Install what the service needs: packages, server, style sheet
	@bin/setup

setup-tests:
	@bin/setup tests

demo: setup ## The service with invented children on http://127.0.0.1:8000
	@.venv/bin/contactpoint demo

replay: setup ## The failure of 2009 tried again before your eyes
	@bin/replay

test: setup-tests lint ## All tests, on a real Elasticsearch
	$(PYTHON) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

quick: setup lint ## Rules, unit tests and lint, without a server
	$(PYTHON) -m pytest tests/rules tests/unit

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

pictures: setup-tests ## Photograph the pages into docs/pictures
	$(PYTHON) -m tests.browser.pictures

prove: setup-tests ## The long measurements behind docs/PROOF.md
	$(PYTHON) -m tests.benchmarks.prove
	$(PYTHON) -m tests.benchmarks.evaluation --children 100000 --cases 300
	CONTACTPOINT_TEST_EVERY_STEP=1 $(PYTHON) -m pytest tests/faults/test_set_dies.py tests/faults/test_load_dies.py
	$(PYTHON) -m tests.benchmarks.leaks
	$(PYTHON) -m tests.benchmarks.shields
	$(PYTHON) -m tests.benchmarks.held_rows
	$(PYTHON) -m tests.benchmarks.held_load
	$(PYTHON) -m tests.benchmarks.reupload
	$(PYTHON) -m tests.benchmarks.timing
	$(PYTHON) -m tests.benchmarks.stolen
	$(PYTHON) -m tests.benchmarks.worlds
	$(PYTHON) -m tests.benchmarks.hostile
	$(PYTHON) -m tests.benchmarks.guesses
	$(PYTHON) -m tests.benchmarks.sign_in

audit: ## Ask the advisory services of PyPI and npm about every library
	python3 -m venv build/audit
	build/audit/bin/pip install -q --disable-pip-version-check pip-audit
	build/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock
	PATH="$(CURDIR)/.venv/bin:$$PATH" npm audit

lock: ## Bring requirements.lock up to date with pyproject.toml
	.venv/bin/pip install -q uv
	.venv/bin/uv pip compile pyproject.toml --extra dev --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade -o requirements.lock

clean: ## Remove what was built here; not .contactpoint, which holds data
	rm -rf .venv node_modules build webapp/static *.egg-info .mypy_cache .ruff_cache .pytest_cache
