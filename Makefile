# Every target sets up what it needs: `make report` on a fresh clone is enough.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TESTS  ?= -m "not nightly"
export PIP_DISABLE_PIP_VERSION_CHECK = 1
unexport PYTHONDONTWRITEBYTECODE # each command would compile all the libraries again

.DEFAULT_GOAL := help
.PHONY: help setup report example lab unit test nightly kills golden check format docs bench screenshots lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | awk -F'\t' '{printf "make %-12s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "ctg_analysis needs python3 (3.11 or newer) and found no '$(PYTHON)': install it, or name another with make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "ctg_analysis needs Python 3.11 or newer and '$(PYTHON)' is $$($(PYTHON) -V 2>&1): name a newer one with make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "'$(PYTHON)' cannot make virtual environments: install python3-venv (Debian, Ubuntu: apt install python3-venv), then run make again" >&2; exit 1; }
	@if command -v uv >/dev/null; then \
	  uv venv --quiet --clear --python $(PYTHON) $(VENV) && \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e . ; \
	else \
	  $(PYTHON) -m venv --clear $(VENV) && \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e . ; \
	fi
	@touch $@

setup: $(READY) ## create .venv from requirements.lock

report: $(READY) ## build the diagnosis of the default territory, offline
	$(BIN)/ctg build

example: $(READY) ## build the invented territory, which shows all that the product does
	$(BIN)/ctg build 999999999

lab: $(READY) ## open JupyterLab on a first notebook, the chapters beside it
	$(BIN)/jupyter lab notebooks/commencer_ici.ipynb

unit: $(READY) ## run the tests that take no time and need no processed data, while coding
	$(BIN)/python -m pytest -m unit

test: $(READY) ## run the tests, on two cores
	$(BIN)/ctg data
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

nightly: ## run the tests that take long: all pages, all chapters, all draws, kills, two clones
	$(MAKE) test TESTS='-m "nightly or hypothesis" --hypothesis-profile night'

kills: $(READY) ## kill sixty commands at random moments, and look at what they leave (half an hour)
	$(BIN)/python -m pytest tests/test_kills.py --kills 60

golden: $(READY) ## rewrite the golden observations, pages and findings, the measures of docs/ (back_test, calibration, personal_data, projection, rules) and data/reference/autocorrelation.yml; read the diff before committing it
	$(BIN)/python -m pytest tests/test_golden.py tests/test_calibration.py tests/test_trends.py tests/test_projection.py tests/test_back_test.py tests/test_spellings.py --rewrite-golden

check: $(READY) ## lint the code and the notebooks, validate the data
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/nbstripout --verify notebooks/*.ipynb
	$(BIN)/ctg check

format: $(READY) ## format the code and the notebooks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout notebooks/*.ipynb

docs: $(READY) ## write again what docs take from the declarations
	$(BIN)/python docs/assumptions.py

bench: $(READY) ## measure the data stage, the readers, the check, a first démarche, the build, many builds, a survey
	$(BIN)/python benchmarks/bench_data.py
	$(BIN)/python benchmarks/bench_scale.py
	$(BIN)/python benchmarks/bench_readers.py
	$(BIN)/python benchmarks/bench_check.py
	$(BIN)/python benchmarks/bench_start.py
	$(BIN)/python benchmarks/bench_build.py
	$(BIN)/python benchmarks/bench_many.py
	$(BIN)/python benchmarks/bench_survey.py

screenshots: $(READY) ## draw each page of both territories, on screens and on paper, into screenshots/
	$(BIN)/ctg build 200067171 999999999
	$(BIN)/python tests/screenshots.py

lock: $(READY) ## resolve requirements.lock again (needs uv)
	uv pip compile --universal --generate-hashes --all-extras --python-version 3.11 --fork-strategy fewest --quiet pyproject.toml -o requirements.lock

clean: ## remove what is generated, the environment too
	rm -rf $(VENV) data/exemple/processed data/.cache data/exemple/.cache screenshots
	find data/processed reports -mindepth 1 -not -path '*/README.md' -delete
