PYTHON ?= python3
VENV := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help up down test lowest moto check lint env ready ready-eks lock dist baseline docs

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## Set everything up and deploy the reference platform to the sandbox on this machine
	@$(PYTHON) -m setup up

down: ## Destroy what make up deployed, and stop the sandbox
	@$(PYTHON) -m setup down

test: ## Set everything up and run every test (ARGS="-k queue" runs a part)
	@$(PYTHON) -m setup test $(ARGS)

lowest: ## Run the installation tests with the lowest versions that the distributions' ranges promise
	@SLIPWAY_RESOLUTION=lowest-direct $(PYTHON) -m setup test tests/install --numprocesses=0 $(ARGS)

moto: ready ## Run moto's own tests with the sandbox's corrections, and what fails without them
	$(VENV)/python -m tests.support.sandbox.moto_suite

lint: ready ## Format, lint and types
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy .
	$(VENV)/mypy components/__main__.py # apart: the program at the top is a __main__, too
	$(VENV)/mypy policies/__main__.py
	@for program in examples/*/*.py; do $(VENV)/mypy "$$program" || exit 1; done
	$(VENV)/python -m tests.support.pyright examples/*/*.py tests/support/pyright/wrong_words.py

check: lint ## The same, and the tests that need no engine
	$(VENV)/pytest -q --numprocesses=auto -m "not engine and not e2e"

env: ## Print the shell commands that attach a shell to the sandbox: eval "$(make env)"
	@$(PYTHON) -m setup env

ready: ## Set up Python environment, engine, Docker and base images, nothing more
	@$(PYTHON) -m setup ready

ready-eks: ## Get a Kubernetes control plane for the sandbox's EKS: minutes where it can be downloaded, else ten minutes of a processor for Go, once
	@$(PYTHON) -m setup ready-eks

lock: ## Resolve pyproject.toml and app/requirements.in into their requirements.txt, with hashes
	@$(PYTHON) -m setup lock

dist: ## Build wheel and sdist of every distribution into dist/, with the same bytes on every machine
	@$(PYTHON) -m setup dist

baseline: ready ## Before a release: keep schema, promises of the wheels and the state of a stack for the tests of upgrades
	$(VENV)/python -m tests.support.upgrade

docs: ready ## Write the generated pages, and build the site of all documentation into site/
	$(VENV)/python -m slipway_policies.report.rules_md > policies/RULES.md
	$(VENV)/python -m slipway_sandbox.provider.refusals > docs/sandbox-refusals.md
	$(VENV)/python -m slipway_sandbox.corrections > docs/sandbox-corrections.md
	$(VENV)/python -m slipway_sandbox.authorization > docs/sandbox-authorization.md
	$(VENV)/python -m tests.support.components.registrations
	$(VENV)/python -m docs.generator
	$(VENV)/sphinx-build --quiet --fresh-env --fail-on-warning --keep-going -c docs . site
