# Everything a person or a CI does here. Written for GNU make 3.81, the one macOS brings along.
# demo and test do all their own set-up: see .ci/environment.

PYTHON =
UPGRADE =
PYTEST_ARGS =
RUNS = 500
SEED = 1
SHELL = /bin/sh

BIN = .venv/bin
SET_UP = @sh .ci/environment
COMPILE = env -u UV_FIND_LINKS -u UV_INDEX -u UV_EXTRA_INDEX_URL UV_CUSTOM_COMPILE_COMMAND='make lock' \
	$(BIN)/uv pip compile --quiet --no-config --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)

.PHONY: help demo test check lock conformance crash bench clean
.DEFAULT_GOAL = help

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1 - \2/p' Makefile

demo: ## play an on-call story: simulator, service and a real MCP client
	$(SET_UP) runtime "$(PYTHON)"
	@$(BIN)/chatops demo

test: ## run the tests (PYTEST_ARGS="-k reset" narrows them)
	$(SET_UP) dev "$(PYTHON)"
	@$(BIN)/python -m pytest -q -n auto --maxprocesses 8 $(PYTEST_ARGS)

check: ## run every gate: format, lint, types, imports, sizes, tree, generated documents
	$(SET_UP) dev "$(PYTHON)"
	@$(BIN)/python -m tests.gates

lock: ## write both requirement locks again, keeping versions that still fit (UPGRADE=1: newest ones)
	@test -x $(BIN)/uv || $(SET_UP) dev "$(PYTHON)"  # an environment of the old lock does not fit a new dependency
	$(COMPILE) --group build --group platforms --output-file requirements.lock pyproject.toml
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

conformance: ## run official MCP suites against our server (needs npm)
	$(SET_UP) dev "$(PYTHON)"
	@$(BIN)/python -m pytest -q --fail-on-skip tests/conformance

crash: ## kill the service at random points, RUNS times, beginning with SEED
	$(SET_UP) dev "$(PYTHON)"
	@$(BIN)/python -m tests.crash --runs $(RUNS) --seed $(SEED)

bench: ## print the figures of every benchmark
	$(SET_UP) dev "$(PYTHON)"
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

clean: ## remove the environment and everything that was generated
	rm -rf .venv .venv.lock .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
