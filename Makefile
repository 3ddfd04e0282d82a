# Every target sets up what it needs on a fresh machine; the second time that costs nothing.
PYTHON ?= python3
PORT   ?= 8501
HOST   ?= localhost
BASE   ?=
# Words for pytest, as in: make test ARGS="-k peephole"
ARGS   ?=
# As many browsers as cores; but two share one, and each takes a GB of memory.
JOBS   ?= $(shell $(PYTHON) -c 'import os; print(min(4, max(2, os.cpu_count() or 2)))')

# no | cpu | default; what was chosen last is kept.
TORCH  ?= $(or $(patsubst .venv/torch-%,%,$(firstword $(wildcard .venv/torch-*))),default)
ifeq ($(filter no cpu default,$(TORCH)),)
$(error TORCH is no, cpu or default)
endif
# What is trained and judged needs one.
WITH_TORCH := .venv/torch-$(if $(filter no,$(TORCH)),default,$(TORCH))

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
QUIET_PIP := $(PIP) --quiet

.PHONY: help run test kernels check audit format bench messages docs lock icons

help:
	@echo 'make run       set up what it needs and open the app'
	@echo '               PORT=8501 HOST=localhost   where it answers; HOST=<this address> lets a class in'
	@echo '               BASE=lstm                  below a path, as in https://school.edu/lstm/'
	@echo '               TORCH=no|cpu|default       without torch (look only), its small build, or any'
	@echo '               RELOAD=1                   for developers: see what changes'
	@echo 'make test      set up what it needs and check everything, in a real browser too'
	@echo '               ARGS="-k peephole"         words for pytest; JOBS=2 at a time'
	@echo 'make check     lint, format, types, and known weaknesses of what is installed'
	@echo 'make format    let them mend what they can'
	@echo 'make kernels   the numerical tests with every set of kernels that the processor has'
	@echo 'make bench     what the speed claims rest on'
	@echo 'make docs      the documentation as a site, in build/docs/'
	@echo 'make messages  collect the sentences to translate'
	@echo 'make lock      after requirements.txt has changed: deploy/*.lock anew'
	@echo 'make icons     after Streamlit has changed, or an icon was added: the small typeface anew'
	@echo 'PYTHON=python3.12 takes another Python than python3, when .venv is made.'

run: .venv/installed .venv/torch-$(TORCH)
	@$(BIN)/python -m lstm_viz.ui.command --port $(PORT) --host $(HOST) \
		$(if $(BASE),--base $(BASE)) $(if $(RELOAD),--reload)

test: .venv/installed-dev
	$(BIN)/python tests/browser/chromium.py
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

# The numerical tests again with every other set of OpenBLAS's kernels that this processor has.
kernels: .venv/installed-dev
	$(BIN)/python tests/kernels.py -n $(JOBS) --dist loadfile $(ARGS)

check: .venv/installed-dev audit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Known weaknesses of what the app runs on; where that cannot be asked, it says so and goes on.
audit: .venv/installed-dev
	$(BIN)/python deploy/audit.py

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/installed-bench
	@for benchmark in benchmarks/*.py; do echo "== $$benchmark"; PYTHONPATH=. $(BIN)/python $$benchmark || exit 1; done

# The site, in build/docs/: every block is run, a dead link is an error.
docs: .venv/installed-docs
	$(BIN)/python -m sphinx -n -q -W --keep-going -b html docs build/docs

# Collects every sentence that the source marks with _() or N_(), brings each translation up to date
# (what is new is empty there, and stays English) and compiles it; docs/add-a-language.md has the rest.
WORDS := lstm_viz/locale
messages: .venv/installed-dev
	$(BIN)/pybabel --quiet extract --no-location --sort-output --keywords N_ --project "LSTM Viz" \
		--output $(WORDS)/messages.pot lstm_viz pages
	$(BIN)/pybabel --quiet update --domain lstm_viz --input-file $(WORDS)/messages.pot \
		--output-dir $(WORDS) --no-fuzzy-matching --ignore-obsolete --no-wrap
	$(BIN)/pybabel --quiet compile --domain lstm_viz --directory $(WORDS)

# Exactly these files and no other, for every system and Python: one lock for the app, and one for
# torch as it comes without a choice.
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header
TORCH_PIN = $(shell sed -n 's/^\(torch==[^ ]*\).*/\1/p' requirements.txt)
lock: .venv/installed-dev
	grep -v '^torch' requirements.txt | $(LOCK) - --output-file deploy/app.lock
	echo $(TORCH_PIN) | $(LOCK) - --constraints deploy/app.lock --output-file deploy/torch.lock

icons: .venv/installed-dev
	$(BIN)/python deploy/icons.py

NO_NETWORK := { printf '%s\n' \
	'' \
	'Not all of it could be installed; above stands why. Where a download failed:' \
	'  no network here:    bring the files on a stick (pip download -r requirements.txt -d FOLDER),' \
	'                      then PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER make run' \
	'  behind a proxy:     HTTPS_PROXY=http://PROXY:PORT make run' \
	'  an index of yours:  PIP_INDEX_URL=ADDRESS make run' \
	'  the disk is full:   TORCH=no needs 0.6 GB, TORCH=cpu 1.7 GB, TORCH=default up to 5.2 GB' \
	'What has been installed stays; the same command goes on from there.' >&2; exit 1; }

.venv/installed: deploy/app.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "LSTM Viz needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@test -w . || { echo "This folder cannot be written: make a copy of it where you may write, and run make there." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo "Python cannot make a virtual environment here; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo 'Setting up .venv: 160 MB to fetch, one or two minutes. Later starts find it.'
	@$(PIP) install --require-hashes -r deploy/app.lock || $(NO_NETWORK)
	@touch $@

.venv/torch-no: | .venv/installed
	@rm -f .venv/torch-*
	@touch $@

.venv/torch-default: requirements.txt | .venv/installed
	@echo 'Adding torch, which trains and checks: up to 3.2 GB to fetch where it comes with CUDA (TORCH=cpu: 0.2 GB, TORCH=no: nothing).'
	@$(PIP) install $(TORCH_PIN) || $(NO_NETWORK)
	@rm -f .venv/torch-*
	@touch $@

# Only Linux has two builds under one number, and the small one is not where pip looks by itself.
.venv/torch-cpu: requirements.txt | .venv/installed
	@echo 'Adding torch, which trains and checks, in its build for processors: 0.2 GB to fetch.'
	@$(PIP) install $(TORCH_PIN)$(if $(filter Linux,$(shell uname -s)),+cpu) || { printf '%s\n' \
		'' \
		'The build of torch for processors was not found where pip looks. The index that has it stands on' \
		"torch's own page on how to install it, under CPU; name it in pip's own variable:" \
		'  PIP_EXTRA_INDEX_URL=ADDRESS make run TORCH=cpu' \
		'or take the large build (make run TORCH=default), or look without it (make run TORCH=no).' >&2; exit 1; }
	@rm -f .venv/torch-*
	@touch $@

.venv/installed-dev: requirements.txt requirements-dev.txt | .venv/installed $(WITH_TORCH)
	$(QUIET_PIP) install -r requirements-dev.txt
	touch $@

.venv/installed-docs: requirements.txt requirements-docs.txt | .venv/installed $(WITH_TORCH)
	$(QUIET_PIP) install -r requirements-docs.txt
	touch $@

.venv/installed-bench: benchmarks/requirements.txt | .venv/installed-dev
	$(QUIET_PIP) install -r benchmarks/requirements.txt
	touch $@
