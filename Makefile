# saiban: everything a fresh machine with Python >= 3.11 and make needs.
PYTHON ?= python3
BIN := .venv/bin
SERVE ?= yes
HOUSEHOLDS ?= 20000
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: install words demo serve test test-all test-server check fmt bench docs lock clean

install: .venv/installed

.venv/installed: requirements.txt requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	@if command -v uv >/dev/null 2>&1; then \
	  VIRTUAL_ENV=$(CURDIR)/.venv uv pip sync --quiet --require-hashes requirements-dev.txt && \
	  VIRTUAL_ENV=$(CURDIR)/.venv uv pip install --quiet --no-deps --no-build-isolation -e .; \
	else \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt && \
	  $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $@

words: .venv/installed
	@$(BIN)/saiban messages compile

demo: install words
	$(BIN)/saiban demo --households $(HOUSEHOLDS) $(if $(filter no,$(SERVE)),--no-serve,)

serve: install words
	$(BIN)/saiban serve --demo

# each worker has a database of its own; WORKERS=1 on a small machine
WORKERS ?= 2
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal

test: install words
	$(PYTEST) -m "not browser and not slow"
	$(PYTEST) -m "browser and not slow"

# the slow ones too: killed imports, gigabytes, servers of their own
test-all: install words
	$(PYTEST) -m "not browser"
	$(PYTEST) -m browser

# the same tests on a second server, over TCP with passwords; TESTS=tests/core for a part of them
TESTS ?= tests
test-server: install words
	SAIBAN_TEST_DB=second $(BIN)/python -W ignore -m tests.second_server $(BIN)/pytest -q -n 2 -m "not browser and not slow" $(TESTS)

check: install words
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --config importlinter.toml
	$(BIN)/python -m saiban.ui.vendored
	$(BIN)/python -m saiban.ui.vendored tests/ui/vendor
	$(BIN)/saiban messages check
	DJANGO_SETTINGS_MODULE=saiban.config.settings.typing $(BIN)/python -W ignore -m django makemigrations --check --dry-run
	$(BIN)/mypy

fmt: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install
	$(BIN)/saiban bench score --size 5000000
	$(BIN)/saiban bench refresh --size 5000000
	$(BIN)/saiban bench overlaps --size 3000000
	$(BIN)/saiban bench rule --size 5000000
	$(BIN)/saiban bench audit --size 50000

docs: install
	$(BIN)/sphinx-build -W -q docs docs/_build

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --group build --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --group build --group dev -c requirements.txt --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-dev.txt

clean:
	rm -rf .venv var docs/_build
