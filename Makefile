PYTHON ?= python3
VENV := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help up down test check lint env ready lock docs

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## Set everything up and deploy the reference platform to the sandbox on this machine
	@$(PYTHON) -m setup up

down: ## Destroy what make up deployed, and stop the sandbox
	@$(PYTHON) -m setup down

test: ## Set everything up and run every test (ARGS="-k queue" runs a part)
	@$(PYTHON) -m setup test $(ARGS)

lint: ready ## Format, lint and types
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy .
	$(VENV)/mypy components/__main__.py # apart: the program at the top is a __main__, too

check: lint ## The same, and the tests that need no engine
	$(VENV)/pytest -q --numprocesses=auto -m "not engine and not e2e"

env: ## Print the shell commands that attach a shell to the sandbox: eval "$(make env)"
	@$(PYTHON) -m setup env

ready: ## Set up Python environment, engine, Docker and base images, nothing more
	@$(PYTHON) -m setup ready

lock: ready ## Resolve pyproject.toml into requirements.txt, with hashes
	@$(PYTHON) -m setup lock

docs: ready ## Write anew what is generated: RULES.md, what the sandbox refuses, what components register
	$(VENV)/python -m policies.rules_md
	$(VENV)/python -m slipway_sandbox.provider.refusals > docs/sandbox-refusals.md
	$(VENV)/python -m slipway_sandbox.corrections > docs/sandbox-corrections.md
	PYTHONPATH=components $(VENV)/python -m tests.support.components.registrations
