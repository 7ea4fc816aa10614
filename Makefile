# Two commands: `make study` runs the reference study and draws its pages; `make test` checks everything.
# Both set up all they need in a private .venv by themselves and can be repeated safely.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
SET_UP := .venv/.set-up
SET_UP_EXTRAS := .venv/.set-up-extras

.PHONY: study test verify test-extra benchmarks lock clean

study: $(SET_UP)
	@$(BIN)/casestudy run

test: $(SET_UP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check casestudy tests benchmarks
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not extra" -n auto --dist loadfile

verify: $(SET_UP)
	@$(BIN)/casestudy verify

test-extra: $(SET_UP_EXTRAS)
	$(BIN)/python -m pytest -m extra -n auto --dist loadfile

$(SET_UP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found."; exit 2; }
	@echo "Setting up .venv (once; a few minutes on a slow line) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.8"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@rm -f $(SET_UP_EXTRAS)
	@touch $@

$(SET_UP_EXTRAS): $(SET_UP) requirements-extras.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-extras.lock
	@command -v java >/dev/null && command -v chromium >/dev/null || \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y openjdk-17-jre-headless chromium; }
	@touch $@

benchmarks: $(SET_UP)
	@for one in benchmarks/*.py; do case $$one in */against.py|*/fuzz.py|*/kills.py|*/mutations.py) continue;; esac; echo "== $$one"; $(BIN)/python $$one || exit 1; done

lock: $(SET_UP)
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --extra test \
		--no-emit-index-url --no-annotate --no-header --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --extra test --extra spark --extra browser --extra panel --extra oracles \
		--no-emit-index-url --no-annotate --no-header --quiet --constraint requirements.lock --output-file requirements-extras.lock

clean:
	rm -rf .casestudy .pytest_cache .mypy_cache .ruff_cache .hypothesis
