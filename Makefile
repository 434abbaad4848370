# Everything a checkout can do. Needs Python 3.11-3.13 with pip, and make; all else it fetches itself.
#   make demo     a year of real purchases, loaded and served      make demo ARGS="--no-serve" REGULARS_DATA=/somewhere
#   make up       serve without demo data
#   make test     all tests                  make check    style, types, rooms, translations
#   make bench    events per second here     make shots    a screenshot of every page
#   make soak     hours of attacks on the books (SOAK_MINUTES=60), or one again (SEED=…)
#   make lock     newer dependencies         make clean    forget what was built
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PYTHON ?= python3
PYTHONS := >=3.11,<3.14

# Our own uv only where the machine has none.
UV := $(or $(shell command -v uv 2>/dev/null),$(CURDIR)/.tools/bin/uv)
export UV_LINK_MODE := copy

# Trust what the system trusts (a company's own authority, say); without a system store the tools' own lists serve.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),)
export UV_SYSTEM_CERTS := true
export NODE_USE_SYSTEM_CA := 1
endif

# One process more than there are cores: tests wait for databases and browsers.
TESTERS = $(shell $(BIN)/python -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')

BUILT_FROM := pyproject.toml hatch_build.py $(wildcard scripts/catalogues.py) \
	$(shell find frontend -name node_modules -prune -o -type f -print 2>/dev/null) \
	$(shell find src -name '*.po' 2>/dev/null)

.PHONY: help demo up test soak check bench shots lock clean

help:
	@sed -n '2,8s/^# *//p' Makefile

demo: $(STAMPS)/demo $(STAMPS)/project
	@$(BIN)/regulars demo $(ARGS)

up: $(STAMPS)/base $(STAMPS)/project
	@$(BIN)/regulars up $(ARGS)

bench: $(STAMPS)/demo $(STAMPS)/project
	@$(BIN)/regulars bench $(ARGS)

test: $(STAMPS)/dev $(STAMPS)/project
	@scripts/chromium.sh
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest --numprocesses $(TESTERS) --dist loadfile --no-loadscope-reorder $(ARGS)

soak: $(STAMPS)/dev $(STAMPS)/project
	@$(BIN)/python scripts/soak.py

check: $(STAMPS)/dev $(STAMPS)/project
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/messages.py check

shots: $(STAMPS)/dev $(STAMPS)/project
	@scripts/chromium.sh --fonts
	@$(BIN)/python scripts/shots.py $(ARGS)

lock: $(UV)
	@UV=$(UV) scripts/lock.sh

clean:
	rm -rf $(VENV) .tools dist build frontend/node_modules src/regulars/console/static/console/dist
	find src -name '*.mo' -delete

# Where uv is missing: with pip into the project's own folder, which needs neither root nor the venv module.
$(CURDIR)/.tools/bin/uv:
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "Regulars needs Python 3.11-3.13 with pip (Debian, Ubuntu: apt-get install python3-pip)."; exit 1; }
	@echo "Fetching uv ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --upgrade --target .tools uv

$(VENV)/bin/python: | $(UV)
	@$(UV) venv --quiet --allow-existing --python '$(PYTHONS)' $(VENV)

# The dependencies, each set with everything the smaller ones have, so that they never disagree.
$(STAMPS)/%: requirements/%.txt | $(VENV)/bin/python
	@echo "Installing the $* dependencies ..."
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $<
	@mkdir -p $(STAMPS) && touch $@

# The project itself, editable; its build hook makes the console's assets and the translations.
$(STAMPS)/project: $(BUILT_FROM) requirements/build.txt | $(VENV)/bin/python
	@echo "Building Regulars ..."
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --build-constraints requirements/build.txt \
		--reinstall-package regulars --editable .
	@mkdir -p $(STAMPS) && touch $@
