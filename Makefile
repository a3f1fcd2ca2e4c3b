# Everything from nothing: `make demo` and `make test` need Python 3.11 or later and make, and no preparation.
#
# The environment `.venv` is stamped with the hash of the lock file it was made from, so it is made again exactly when
# the lock changes. Every program is run as `.venv/bin/python -m …`: scripts in .venv/bin hold an absolute path, which
# breaks when the folder is moved and is delicate when the path has a space.

PYTHON ?= python3

# A `make` that a test or a program below us runs is a make of its own.
unexport MAKEFLAGS MFLAGS MAKELEVEL
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.SUFFIXES:

in_venv := .venv/bin/python
sha = $(shell (sha256sum $(1) || shasum -a 256 $(1)) 2>/dev/null | cut -c1-16)
runtime := .venv/.stamp-run-$(call sha,requirements.lock)
everything := .venv/.stamp-dev-$(call sha,requirements-dev.lock)
install := $(in_venv) -m pip install --quiet --require-hashes --only-binary :all: --no-compile

##@ To use it

.PHONY: demo
demo: $(runtime) ## a scripted working day over the emulated networks, checked at the end
	@.venv/bin/tohotro demo

.PHONY: run
run: $(runtime) ## the helpdesk on this machine: web, worker and pollers, with private stores unless their URLs are set
	@.venv/bin/tohotro run

.PHONY: sandbox
sandbox: $(runtime) ## the helpdesk against the emulated networks, and a page to play resident and staff
	@.venv/bin/tohotro sandbox

##@ To work on it

.PHONY: test
test: $(everything) ## the tests, warnings being errors
	@$(in_venv) -m pytest

.PHONY: bench
bench: $(everything) ## how fast it is beside the floor of its own stack; some minutes (BENCH='--only idle' for a part)
	@$(in_venv) -m benchmarks.bench $(BENCH)

.PHONY: chaos
chaos: $(everything) ## break everything for two minutes while people write, and count what was lost: nothing
	@$(in_venv) -m benchmarks.chaos $(CHAOS)

.PHONY: kannel
kannel: $(everything) ## the helpdesk behind a real Kannel on loopback; installs the Debian package, so as root
	@$(in_venv) -m benchmarks.kannel $(KANNEL)

.PHONY: storm
storm: $(everything) ## five hundred tickets in five minutes over three staff groups, within Telegram's limits (STORM='--tickets 100 --seconds 60')
	@$(in_venv) -m benchmarks.storm $(STORM)

.PHONY: check
check: lint types test ## all that must hold before a change is kept: lint, types, import contracts, tests

.PHONY: lint
lint: $(everything) ## style, formatting and who may import whom
	@$(in_venv) -m ruff check
	@$(in_venv) -m ruff format --check --quiet
	@$(in_venv) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo

.PHONY: types
types: $(everything) ## types, strictly
	@$(in_venv) -m mypy

.PHONY: format
format: $(everything) ## put the code into shape
	@$(in_venv) -m ruff check --fix-only --quiet
	@$(in_venv) -m ruff format --quiet

.PHONY: generated
generated: $(everything) ## write .env.example and the pages of settings, commands, channels and modules anew
	@$(in_venv) -m bot.settings_page
	@$(in_venv) -m bot.command_table
	@$(in_venv) -m bot.channel_table
	@$(in_venv) -m bot.module_map

.PHONY: accuracy
accuracy: $(everything) ## how well residents are understood, by cross-validation (several minutes; ARGS=--json=FILE)
	@$(in_venv) -m benchmarks.accuracy $(ARGS)

.PHONY: learn
learn: $(everything) ## what residents mean, learnt anew from the labelled messages; the same result every time
	@.venv/bin/tohotro learn

.PHONY: bench-time
bench-time: $(everything) ## how long a million additions of working time take
	@$(in_venv) -m benchmarks.working_time $(ARGS)

.PHONY: lock
lock: ## resolve the dependencies of pyproject.toml anew (needs uv)
	@command -v uv >/dev/null || { echo 'make lock needs the program uv on the path; only maintainers who change dependencies need it.' >&2; exit 1; }
	@uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	@uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-emit-index-url --no-header --group dev -c requirements.lock -o requirements-dev.lock

.PHONY: clean
clean: ## remove what make made; never the data folder, which holds residents' words
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help:
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

# --- the environment -------------------------------------------------------------------------------------------

$(in_venv):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or later is needed, and '$(PYTHON)' is not that: $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Install it, or name the right one: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python cannot make environments: Debian and Ubuntu keep that apart." >&2; \
	  echo "As root: apt install python3-venv   then again: make $(or $(MAKECMDGOALS),demo)" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv

$(runtime): | $(in_venv) .venv/bin/tohotro
	@echo 'Installing what the program needs into .venv (about a quarter of a minute, once) …' >&2
	@$(install) -r requirements.lock
	@rm -f .venv/.stamp-run-* && touch $@

$(everything): | $(in_venv) .venv/bin/tohotro
	@echo 'Installing what the program and its tests need into .venv (about half a minute, once) …' >&2
	@$(install) -r requirements-dev.lock
	@rm -f .venv/.stamp-run-* .venv/.stamp-dev-* && touch $@ $(runtime)

.venv/bin/tohotro: bot/launcher.sh | $(in_venv)
	@cp bot/launcher.sh $@ && chmod 755 $@
