# Every target sets itself up: the first call makes .venv with uv (installing uv below .cache where there is none), later
# calls find the stamp of their dependency group fresh and do nothing. Only Python >= 3.11 and make are needed.

# The first interpreter that runs and is new enough; `make PYTHON=/path/to/python3.12 test` overrules.
PYTHON := $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)
HOST ?= 127.0.0.1
PORT ?= 8000
EXAMPLES ?= 10000
SEED ?= 1

BIN := $(CURDIR)/.venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test check check-corpus mistakes conformance differential ecosystem servers pythons bench bench-all docs clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

# One stamp for each dependency group of pyproject.toml: `make run` need not wait for mypy.
.venv/.%: pyproject.toml constraints.txt tools/environments.py
	@$(if $(PYTHON),,echo "error: no Python 3.11 or newer was found; name one: make PYTHON=/path/to/python ..." >&2; exit 1)
	@echo "Setting up .venv ($*)"
	@$(PYTHON) tools/environments.py --group $*
	@touch $@

run: .venv/.todo ## set up, migrate the todo example's database and serve it on http://127.0.0.1:8000
	@cd examples/todo && $(BIN)/alembic upgrade head
	@cd examples/todo && exec $(BIN)/straightway run --host $(HOST) --port $(PORT)

test: .venv/.test ## set up, then pass all tests (those in a browser where a Chromium is installed)
	@$(BIN)/python -m pytest
	@cd examples/todo && $(BIN)/python -m pytest

check: .venv/.check ## lint, format, types, import layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	cd examples/todo && $(BIN)/mypy --strict todo
	$(BIN)/pyright --project pyproject.toml
	$(BIN)/lint-imports

conformance: .venv/.test ## run FastAPI's own tests on Straightway and compare with tests/conformance/expected.toml
	@$(BIN)/python -m tests.conformance.installation
	@$(BIN)/python -m tests.conformance.run

servers: .venv/.test ## pass the tests about servers on uvicorn, hypercorn, granian and gunicorn, about five minutes
	@$(BIN)/python -m tools.servers

pythons: .venv/.test ## pass all tests on every Python from 3.11 to 3.15 that this machine has; VERSIONS="3.12 3.13" for some
	@$(BIN)/python -m tools.pythons $(VERSIONS)

ecosystem: .venv/.test ## install packages that are built on FastAPI, each by itself, and drive them on Straightway
	@$(BIN)/python -m tests.ecosystem.run

differential: .venv/.test ## compare 10,000 generated applications with FastAPI, about ten minutes; EXAMPLES=, SEED=
	@$(BIN)/python -m tests.differential --examples $(EXAMPLES) --seed $(SEED)

check-corpus: .venv/.test ## score `straightway check` on its corpus, the examples, and FastAPI's documentation examples
	@$(BIN)/python -m tools.check_corpus --upstream

mistakes: .venv/.test ## run 25 common beginner mistakes on FastAPI and on Straightway, and write docs/mistakes.md
	@$(BIN)/python -m tools.mistakes

bench: .venv/.test ## measure Straightway against FastAPI and a hand-written handler, about two minutes
	@$(BIN)/python -m benchmarks

bench-all: .venv/.test ## measure other frameworks too, and over the wire with wrk; draw the pictures and write docs/performance.md
	@$(BIN)/python -m benchmarks --all --wire uvicorn granian own
	@$(BIN)/python -m benchmarks.plots
	@$(BIN)/python -m benchmarks.page

docs: .venv/.test ## verify that the documentation's examples are the tested files and that its links lead somewhere
	@$(BIN)/python -m tools.documentation

clean: ## remove environments, caches and whatever was built
	rm -rf .venv .cache build dist benchmarks/results .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests tools benchmarks examples compat -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
