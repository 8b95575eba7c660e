# A few words for everyone. `make run` and `make test` are the two that matter; every other one is a part of them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
MANAGE := $(PYTHON) manage.py
PORT ?= 8000
# Who one is in the example: a stand-in for DigiD and the town's accounts. None when the database is your own.
PROVIDER ?= $(if $(DATABASE_URL),,$(shell echo $$(($(PORT) + 1))))
SEED ?= $(shell date +%s)
SECONDS ?= 300
SEEDS ?= 2718 16180 57721
ROOMS := backend accessibility payments budgeting
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

setup: $(VENV)/installed $(CATALOGUES)  ## virtual environment in .venv with the locked dependencies
	@:

run: example  ## the example municipality, served on 127.0.0.1:8000 (PORT=)
	@EXAMPLE_PROVIDER=$(PROVIDER) $(MANAGE) serve --port $(PORT)

demo: example  ## the same without serving: what came in, was paid, is left, and whether the books hold

example: setup
	@if [ -n "$${DATABASE_URL:-}" ] && [ "$${EXAMPLE_DATA:-}" != 1 ]; then \
	  echo "DATABASE_URL is set: example data goes into an empty database only, and only with EXAMPLE_DATA=1." >&2; exit 1; fi
	@$(MANAGE) migrate --no-input --verbosity 0
	@$(MANAGE) demo

test: programs style  ## everything a contributor must see green
	$(BIN)/pytest -n 3  # more than cores: a test often waits for a process that it began

check: style  ## style, types, imports, migrations, the rules of the house: under a minute
	$(BIN)/pytest -q tests/house

style: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(ROOMS) manage.py
	$(BIN)/lint-imports
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run

compile: $(CATALOGUES)  ## put the translations in locale/ to use

messages: setup  ## collect the sentences to translate from the code and the pages
	@.ci/debian-packages gettext:xgettext
	@$(MANAGE) makemessages --all --no-wrap --no-obsolete --no-location

bench: setup  ## the benchmarks: a table, and bench/results.json
	$(PYTHON) -m bench

foresight: setup  ## the release check: fails when the outlook loses to "the same as last month", on lives not seen before
	$(MANAGE) backtest --made-up $(foreach seed,$(SEEDS),--seed $(seed))

faults: setup  ## the long fault, race, fuzz and simulation suites (SECONDS= SEED=)
	@echo "SEED=$(SEED) SECONDS=$(SECONDS)"
	$(PYTHON) -m tests.faults --seconds $(SECONDS) --seed $(SEED)

cluster: setup  ## ten payment days on three hosts and two database servers that fail (SEED=)
	$(PYTHON) -m tests.cluster --runs 10 --seed $(SEED)

look: programs fonts setup  ## every page and letter in every language, size and script setting, and every page of the desk
	$(PYTHON) -m tests.look

docs: fonts setup  ## the site with guides in build/site, with pictures of the example made now
	$(PYTHON) -m tests.site

mutants: setup  ## changes the core's rules one by one and counts the changes no test notices (PARTS=)
	$(PYTHON) -m tests.mutants $(PARTS)

security: setup  ## risky code, known holes in packages, a bill of materials, the settings of production
	$(PYTHON) .ci/security

lock: setup  ## choose versions again within pyproject.toml and write them down with their hashes
	$(BIN)/uv pip compile pyproject.toml --group dev --upgrade --python-version 3.11 --generate-hashes --no-annotate \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet --output-file requirements.lock

stop:  ## stop the embedded database
	@if [ -x $(PYTHON) ]; then $(MANAGE) database stop; fi

# The stamp is younger than the lock file only when the whole of it was installed.
$(VENV)/installed: requirements.lock
	@.ci/virtual-environment $(VENV)
	@$(PYTHON) -m pip install --quiet --use-pep517 --require-hashes --requirement requirements.lock
	@touch $@

# Without gettext: Babel is one of the product's own dependencies.
%.mo: %.po | $(VENV)/installed
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

programs: node_modules/.package-lock.json
	@.ci/debian-packages chromium:chromium gettext:msgfmt default-jre-headless:java poppler-utils:pdftoppm espeak-ng:espeak-ng

# Letters for every script, for pictures of pages; phones bring their own.
fonts:
	@.ci/debian-packages fonts-noto-core:/usr/share/fonts/truetype/noto/NotoSansEthiopic-Regular.ttf

# The rules of accessibility that the browser tests hold pages against.
node_modules/.package-lock.json: package-lock.json
	@.ci/debian-packages npm:npm
	@npm ci --silent --no-audit --no-fund
	@touch $@

.PHONY: help setup run demo example test check style bench foresight faults cluster look docs mutants lock stop programs fonts compile messages
