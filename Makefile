# Everything a fresh machine needs is Python 3.11 or later, git and make. The virtual environment is made on first use.
.DEFAULT_GOAL := help
.PHONY: help demo test browser docs figures notebooks paper bench bench-against mutants prove oracle cases attack constraints clean

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHON ?= $(shell for candidate in python3.11 python3.12 python3.13 python3; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$candidate && break; done)
RUN := out/paris-wrong-qnh

# Byte code is kept even where the machine says not to: without it each process compiles a thousand modules anew.
export PYTHONDONTWRITEBYTECODE :=

help: ## say what there is to make
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(STAMP) ## replay three hours of Paris arrivals with one wrong QNH, print the alerts and write the report
	$(BIN)/safetynets run paris-wrong-qnh --out $(RUN)
	@echo "The report is $(CURDIR)/$(RUN)/report.html"

test: $(STAMP) browser ## install what is missing and run every check and test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tests.compile_kernels nets & $(BIN)/python -m tests.compile_kernels judging & \
		$(BIN)/mypy && $(BIN)/lint-imports && wait
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -p no:benchmark --durations 10

browser: ## install Chromium for the tests of the pages, where it is absent and this is allowed
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
		|| echo "No Chromium, and it could not be installed: the tests of the pages will be skipped (Debian: apt-get install chromium)"

docs: $(STAMP) ## build the documentation site into out/docs
	$(BIN)/python -m sphinx -q -W docs out/docs
	@echo "The site is $(CURDIR)/out/docs/index.html"

figures: $(STAMP) ## draw the pictures of the documentation anew (a study is made for some: minutes)
	$(BIN)/python docs/pictures/draw.py
	$(BIN)/python docs/draw_explanations.py
	$(BIN)/python docs/draw_figures.py
	$(BIN)/python docs/take_screenshots.py

notebooks: $(STAMP) ## run the notebooks and write what comes out into them
	$(BIN)/python notebooks/run_all.py

paper: $(STAMP) ## make the numbers, figures and PDF of the paper on phraseologies (Typst for the PDF; minutes)
	$(BIN)/python docs/paper/make.py

bench: $(STAMP) ## measure plots a second of each net on the real Paris traffic and write docs/benchmarks.md
	$(BIN)/python -m benchmarks.write_page

bench-against: $(STAMP) ## measure this tree against another revision by turns, REV=84c0623 (minutes)
	@test -n "$(REV)" || { echo "Which revision? make bench-against REV=84c0623"; exit 2; }
	$(BIN)/python -m benchmarks.against $(REV)

mutants: $(STAMP) ## change the source, one thing at a time, and see whether tests notice (ROOMS=, SEED=, SAMPLE=, MOST=)
	$(BIN)/python -m tests.mutants $(ROOMS) $(if $(SEED),--seed $(SEED)) $(if $(SAMPLE),--sample $(SAMPLE)) \
		$(if $(MOST),--most $(MOST))

prove: $(STAMP) ## explore every reachable state of an alert's life and write docs/proofs.md (minutes)
	$(BIN)/python -m tests.model.prove

oracle: $(STAMP) ## hold the nets against what was written from docs/nets.md alone (SITUATIONS=, SEED=; half an hour)
	$(BIN)/python -m tests.oracle_from_docs $(if $(SITUATIONS),--situations $(SITUATIONS)) $(if $(SEED),--seed $(SEED))

cases: $(STAMP) ## fly the published cases, print number against number and write docs/cases.md
	$(BIN)/python -m tests.published.suite

attack: $(STAMP) ## damaged inputs, bombs, killed commands, full disks (INPUTS=, KILLS=, SEED=, WORKERS=; hours)
	$(BIN)/python -m tests.attack $(if $(INPUTS),--inputs $(INPUTS)) $(if $(KILLS),--kills $(KILLS)) \
		$(if $(SEED),--seed $(SEED)) $(if $(WORKERS),--workers $(WORKERS))

constraints: $(STAMP) ## pin every dependency anew, for all platforms (needs uv)
	uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --upgrade \
		--no-emit-index-url --no-annotate --no-header --output-file constraints.txt

clean: ## remove the virtual environment and what was made
	rm -rf $(VENV) out dist build safetynets/__pycache__/kernels

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later was found: install one (Debian 12: apt-get install python3) or say make PYTHON=/path/to/python3.11"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 \
		|| { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; } >/dev/null 2>&1 \
		|| { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment: its venv module is missing (Debian and Ubuntu: apt-get install python3-venv)"; exit 1; }
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@
