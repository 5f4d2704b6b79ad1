# What a newcomer types. `make help` lists it.
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export PORT

.DEFAULT_GOAL := help
.PHONY: help serve test check bench trace-durability lock fix clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

serve: $(VENV)/run.stamp ## Build what is missing, migrate, load the bank, serve on http://127.0.0.1:$PORT
	@$(BIN)/quizapp serve

test: $(VENV)/dev.stamp ## Run every test: rules, features on SQLite and PostgreSQL, journeys in Chromium
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: $(VENV)/dev.stamp ## Run every static check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --lint --quiet quizapp/templates
	$(BIN)/bandit -q -c pyproject.toml -r quizapp
	$(BIN)/quizapp bank check

bench: $(VENV)/dev.stamp ## Measure the exam room beside its floors, on SQLite and PostgreSQL (about four minutes)
	@$(BIN)/python -m benchmarks $(ARGS)

trace-durability: $(VENV)/dev.stamp ## Show that every answer was on the disk before the reply to it (needs strace)
	@$(BIN)/python -m benchmarks.durability

fix: $(VENV)/dev.stamp ## Format and mend what tools can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/uv.stamp ## Resolve the dependencies anew and pin them by hash
	$(BIN)/uv pip compile --universal --upgrade --generate-hashes --no-header -q requirements/uv.in -o requirements/uv.txt
	$(BIN)/uv pip compile --universal --upgrade --generate-hashes --no-header -q pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --universal --upgrade --generate-hashes --no-header -q pyproject.toml --group dev -o requirements/dev.txt

clean: ## Remove the environment; var/ (the database) stays
	rm -rf $(VENV)

$(VENV)/uv.stamp: requirements/uv.txt
	@command -v python3 >/dev/null || { echo "Python 3.11 or newer is needed: install python3."; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; python3 is $$(python3 --version)."; exit 1; }
	@python3 -m venv $(VENV) || { echo "Python's venv module is missing: on Debian and Ubuntu, apt-get install python3-venv."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@printf '#!/bin/sh\nexec "%s/python" -m quizapp.cli "$$@"\n' "$(CURDIR)/$(BIN)" > $(BIN)/quizapp
	@chmod +x $(BIN)/quizapp
	@$(BIN)/python -c 'import pathlib, site; pathlib.Path(site.getsitepackages()[0], "quizapp.pth").write_text("$(CURDIR)\n")'
	@touch $@

$(VENV)/run.stamp: requirements/run.txt $(VENV)/uv.stamp
	@echo "Installing what the site needs ..."
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/uv.stamp
	@echo "Installing what the tests need ..."
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/run.stamp
