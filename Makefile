# Casework from one place; `make` alone lists the targets. A machine needs git, make and Python 3.11 or newer:
# everything else is installed here, by hash, into .venv (and .venv-sam for `make sam`).

PYTHON ?= python3
# Two workers: the suites wait for sockets and Postgres more than they compute. `make test JOBS=0` runs in one process.
JOBS ?= 2
BIN := .venv/bin
RUN := $(BIN)/python

# What Lambda has on its path, plus the repository for local/, benchmarks/ and tests/.
export PYTHONPATH := $(CURDIR)/layers/core/python:$(CURDIR)/functions:$(CURDIR)
# Names only: nothing here calls AWS, yet the SDK and cfn-lint want a region.
export AWS_DEFAULT_REGION ?= ap-southeast-1
export SAM_CLI_TELEMETRY := 0
export UV_PYTHON_DOWNLOADS ?= never
export PIP_DISABLE_PIP_VERSION_CHECK ?= 1

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo up test check bench sam openapi docs lock format clean
.PHONY: static quick-tests all-tests style types imports sql template openapi-check build/template.json

help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## /  make \1|/p' $(firstword $(MAKEFILE_LIST)) | column -t -s '|' 2>/dev/null \
	  || sed -n 's/^\([a-z][a-z-]*\):.*## /  make \1: /p' $(firstword $(MAKEFILE_LIST))

# --- running -----------------------------------------------------------------------------------------------------

demo: .venv/ready ## set up, start the stack, carry 266 reports to delivered mails, a v1 case and a help-desk call through, stop
	@$(RUN) -m local demo

up: .venv/ready ## the stack in the foreground (PORT=8003, DATA_DIR=.local)
	@exec $(RUN) -m local up

bench: .venv/ready ## measure, print a table, write build/bench.json
	@$(RUN) -m benchmarks

# --- checking ----------------------------------------------------------------------------------------------------

check: .venv/ready ## the fast part: lint, types, contracts, unit tests
	@$(MAKE) static
	@$(MAKE) quick-tests

test: .venv/ready ## everything, with coverage; what CI runs
	@$(MAKE) static
	@$(MAKE) all-tests

static: .venv/ready ## every check that runs no test
	@$(MAKE) -j2 -Otarget types style imports sql template openapi-check

style: .venv/ready
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .

types: .venv/ready
	@$(BIN)/basedpyright --warnings

imports: .venv/ready | build
	@$(BIN)/lint-imports --no-logo --cache-dir build/imports >build/imports.txt || { cat build/imports.txt; exit 1; }

sql: .venv/ready
	@$(BIN)/squawk --config .squawk.toml migrations/[0-9]*.sql

template: .venv/ready build/template.json
	@$(BIN)/cfn-lint template.yaml build/template.json

build/template.json: .venv/ready | build
	@$(RUN) -m local translate > $@

quick-tests: .venv/ready
	@$(BIN)/pytest -q -n $(JOBS) --dist loadfile tests/unit tests/contract

all-tests: .venv/ready
	@$(BIN)/pytest -q -n $(JOBS) --dist loadfile --cov --cov-report term:skip-covered tests

# SAM runs the layers' own Makefiles, which call `python3 -m pip`: its environment goes first on the path.
sam: .venv-sam/ready ## sam validate --lint and sam build, without Docker or an account
	@PATH="$(CURDIR)/.venv-sam/bin:$$PATH" PYTHONPATH= sam validate --lint
	@PATH="$(CURDIR)/.venv-sam/bin:$$PATH" PYTHONPATH= sam build

# --- writing -----------------------------------------------------------------------------------------------------

openapi: .venv/ready ## write docs/openapi*.{json,yaml} from the doors' declarations
	@$(RUN) -m casework.cli openapi --out docs

openapi-check: .venv/ready ## fail where the committed documents differ from the declarations, or these say too little
	@$(RUN) -m casework.cli openapi --out build/openapi
	@cp README.md build/openapi/README.md
	@$(RUN) -m casework.cli docs --out build/openapi/pages --readme build/openapi/README.md
	@for name in openapi.json openapi.yaml openapi-v1.json openapi-v1.yaml; do diff -u docs/$$name build/openapi/$$name || exit 1; done
	@diff -u README.md build/openapi/README.md

schema: .venv/ready ## write migrations/schema.sql, what the migrations amount to
	@$(RUN) -m tests.support.schema_dump

docs: openapi ## write the generated pages of docs/ and README's endpoint table
	@$(RUN) -m casework.cli docs --out docs --readme README.md

format: .venv/ready ## apply what ruff can mend
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

# --- setting up --------------------------------------------------------------------------------------------------

setup: .venv/ready ## only the environment

.venv/ready: requirements/local.txt requirements/uv.txt
	@$(PYTHON) requirements/preflight.py
	@echo "setting up .venv from requirements/local.txt"
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(RUN) -m pip install --quiet --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(RUN) --require-hashes requirements/local.txt
	@ln -sf ../../case-cli $(BIN)/case-cli
	@touch $@

.venv-sam/ready: requirements/sam.txt .venv/ready
	@echo "setting up .venv-sam from requirements/sam.txt"
	@.venv-sam/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv-sam
	@$(BIN)/uv pip sync --quiet --python .venv-sam/bin/python --require-hashes requirements/sam.txt
	@touch $@

# One lock for the laptop (any platform, Python 3.11 and newer), one for SAM, one per layer for exactly what Lambda runs,
# each held to the laptop's versions. `make lock LOCK_FLAGS=--upgrade` moves everything forward.
LAYER_LOCKS := $(patsubst %.in,%.txt,$(wildcard layers/*/requirements.in))
COMPILE = $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'
UNIVERSAL := --universal --fork-strategy fewest --python-version 3.11
LAMBDA := --python-version 3.13 --python-platform aarch64-manylinux_2_28 --only-binary :all:

lock: .venv/ready ## resolve requirements again
	@$(COMPILE) $(LOCK_FLAGS) $(UNIVERSAL) requirements/local.in -o requirements/local.txt
	@$(COMPILE) $(LOCK_FLAGS) $(UNIVERSAL) requirements/sam.in -o requirements/sam.txt
	@$(COMPILE) $(UNIVERSAL) -c requirements/local.txt requirements/uv.in -o requirements/uv.txt
	@for lock in $(LAYER_LOCKS); do \
	  $(COMPILE) $(LAMBDA) -c requirements/local.txt $${lock%.txt}.in -o $$lock || exit 1; done

build:
	@mkdir -p $@

clean: ## remove what was built and installed; the data folder stays
	@rm -rf .venv .venv-sam .aws-sam build .coverage* .hypothesis .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
