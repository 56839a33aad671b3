# Dangol's commands. `make` alone lists them; the list is made from the comments behind ##.

PYTHON ?= python3
VENV ?= .venv
export VENV

BOOTSTRAP = launch/bootstrap.py
HAVE_PYTHON = command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	echo "Python 3.11, 3.12 or 3.13 is needed and $(PYTHON) was not found. Install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 2; }
IN_RUN_VENV = @$(HAVE_PYTHON); exec "$(PYTHON)" $(BOOTSTRAP) --
IN_DEV_VENV = @$(HAVE_PYTHON); exec "$(PYTHON)" $(BOOTSTRAP) --dev --

.DEFAULT_GOAL := help
.PHONY: help run test test-long lint format bench screenshots lock

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: ## start everything and print the links (settings: HOST PORT PUBLIC_URL TLS DATA DEMO DATABASE_URL REDIS_URL)
	$(IN_RUN_VENV) -m launch.run

test: ## all checks and tests, in parallel, some ten minutes on two cores (ARGS= goes to pytest)
	$(IN_DEV_VENV) -m launch.verify test $(ARGS)

test-long: ## kills, races and faults with fixed seeds on both databases; results in bench/faults.md
	$(IN_DEV_VENV) -m launch.verify long $(ARGS)

lint: ## ruff, mypy, djlint and import-linter only
	$(IN_DEV_VENV) -m launch.verify lint

format: ## let ruff write the layout of the Python files
	$(IN_DEV_VENV) -m ruff format .

bench: ## measure everything, write bench/results.md and print what falls short
	$(IN_DEV_VENV) -m bench $(ARGS)

screenshots: ## walk through the running demo and keep every screen in docs/screens, light and dark (ARGS= names some)
	$(IN_DEV_VENV) -m bench.screenshots $(ARGS)

lock: ## lock requirements*.in with hashes into requirements*.txt
	$(IN_DEV_VENV) -m launch.lock
