# Every target sets up what it needs on a fresh machine; the second time that costs nothing.
PYTHON ?= python3
PORT   ?= 8501
HOST   ?= localhost
# Words for pytest, as in: make test ARGS="-k peephole"
ARGS   ?=
# As many browsers as cores; but two share one, and each takes a GB of memory.
JOBS   ?= $(shell $(PYTHON) -c 'import os; print(min(4, max(2, os.cpu_count() or 2)))')

BIN := .venv/bin

.PHONY: run test kernels check format bench messages docs

run: .venv/installed
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.address $(HOST) \
		$(if $(RELOAD),--server.fileWatcherType auto --server.runOnSave true)

test: .venv/installed-dev
	$(BIN)/python tests/browser/chromium.py
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

# The numerical tests again with every other set of OpenBLAS's kernels that this processor has.
kernels: .venv/installed-dev
	$(BIN)/python tests/kernels.py -n $(JOBS) --dist loadfile $(ARGS)

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/installed-bench
	@for benchmark in benchmarks/*.py; do echo "== $$benchmark"; PYTHONPATH=. $(BIN)/python $$benchmark || exit 1; done

# The site, in build/docs/: every block is run, a dead link is an error.
docs: .venv/installed-docs
	$(BIN)/python -m sphinx -n -q -W --keep-going -b html docs build/docs

# Collects every sentence that the source marks with _() or N_(), brings each translation up to date
# (what is new is empty there, and stays English) and compiles it. A new language begins with:
# pybabel init -D lstm_viz -i $(WORDS)/messages.pot -d $(WORDS) -l LANGUAGE
WORDS := lstm_viz/locale
messages: .venv/installed-dev
	$(BIN)/pybabel --quiet extract --no-location --sort-output --keywords N_ --project "LSTM Viz" \
		--output $(WORDS)/messages.pot lstm_viz pages
	$(BIN)/pybabel --quiet update --domain lstm_viz --input-file $(WORDS)/messages.pot \
		--output-dir $(WORDS) --no-fuzzy-matching --ignore-obsolete --no-wrap
	$(BIN)/pybabel --quiet compile --domain lstm_viz --directory $(WORDS)

.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "LSTM Viz needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo "Python cannot make a virtual environment here; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/installed-dev: requirements.txt requirements-dev.txt | .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

.venv/installed-docs: requirements.txt requirements-docs.txt | .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-docs.txt
	touch $@

.venv/installed-bench: benchmarks/requirements.txt | .venv/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	touch $@
