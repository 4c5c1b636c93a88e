# QuickCare on one machine. `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# Not from the environment: some shells and compilers keep other things in HOST.
HOST = 127.0.0.1
PORT ?= 8000
DATA ?= .quickcare
PYTHON ?= python3
ARGS ?=

BIN := .venv/bin
export UV_PYTHON_DOWNLOADS = never
export UV_PROJECT_ENVIRONMENT = .venv
# Nothing looks for newer versions of itself.
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export npm_config_update_notifier = false

.PHONY: help run demo test proof outages looks servers soak check schema fuzz clients screenshots drawings build deploy deploy-local sam-local figures bench

help: ## List the targets
	@echo "QuickCare needs Python 3.11 or newer, make and git; everything else goes into .venv."
	@echo
	@awk -F ' ## ' '/^[a-z-]+:.* ## / { sub(/:.*/, "", $$1); printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run ## Start the local server (PORT=8000, DATA=.quickcare, HOST=0.0.0.0 to let a phone in)
	@exec $(BIN)/python -m devserver --host "$(HOST)" --port "$(PORT)" --data "$(DATA)"

demo: .venv/.run ## Start it afresh with a week of three clinics to look at, in a folder of its own (PORT=8000)
	@exec $(BIN)/python -m devserver --demo --host "$(HOST)" --port "$(PORT)"

# Tests start dozens of Python programs: these find what was compiled before, whatever the environment says.
# Files come in their order, not the one with the most tests first: those that start servers are few and slow.
test: export PYTHONDONTWRITEBYTECODE =
test: .venv/.dev ## Run the tests (ARGS="tests/users -k login" for some of them)
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

proof: .venv/.dev ## Prove on AWS's own engine that nobody is booked twice, nor a right used after it was withdrawn, and that lists of 5,000 cost what short ones do (about 20 minutes; ROUNDS=20 EXAMPLES=20 for a try)
	@$(BIN)/python -m scripts.needs java npm
	@THOROUGH=1 LISTED=5000 $(BIN)/pytest tests/proofs $(addprefix tests/,clinics/test_round_trips.py clinics/test_races.py clinic/test_slots.py \
	  appointments/test_round_trips.py doctors/test_round_trips.py documents/test_round_trips.py documents/test_races.py search/test_pages.py) $(ARGS)

outages: .venv/.dev ## Break what everything that changes something needs, and kill it (about 3 minutes; THOROUGH=1 breaks it in every way at each of its calls, about 20)
	@$(BIN)/python -m scripts.needs java npm
	@$(BIN)/pytest -n auto --dist loadfile tests/outages $(ARGS)

looks: .venv/.dev ## Use the pages in Chromium, and hold them against docs/screenshots (about 2 minutes)
	@$(BIN)/python -m scripts.needs chromium
	@$(BIN)/pytest tests/browser $(ARGS)

servers: export PYTHONDONTWRITEBYTECODE =
servers: .venv/.dev ## Start, break and end the local server, and use its commands (about a minute)
	@$(BIN)/pytest -n auto --dist loadfile tests/devserver $(ARGS)

soak: .venv/.dev ## The same for hours
	@$(BIN)/python -m scripts.needs java npm
	@ROUNDS=$${ROUNDS:-5000} EXAMPLES=$${EXAMPLES:-20000} $(BIN)/pytest tests/proofs $(ARGS)

check: .venv/.dev ## Lint, formatting, types, the template and the OpenAPI document
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy functions layers/common/quickcare demo devserver operators scripts tests bench manage.py
	$(BIN)/cfn-lint template.yaml
	$(BIN)/python -m scripts.sam validate --lint
	$(BIN)/python -m scripts.check_schema_names
	$(BIN)/python -m scripts.openapi --check
	$(BIN)/python -m scripts.drawings --check
	$(BIN)/python -m scripts.dashboard --check
	$(BIN)/openapi-spec-validator functions/docs/openapi.json functions/docs/openapi-3.0.json

schema: .venv/.dev ## Write the OpenAPI document from the functions' routes
	@$(BIN)/python -m scripts.openapi

fuzz: .venv/.dev ## Try the local server with what the OpenAPI document allows and forbids (about 3 minutes)
	$(BIN)/python -m scripts.fuzz $(ARGS)

clients: .venv/.clients ## Generate clients in ten languages and tools, compile them, and let three use the local server (about 3 minutes)
	@$(BIN)/python -m scripts.needs javac npm httpmime
	@$(BIN)/python -m scripts.clients

screenshots: .venv/.dev ## Take docs/screenshots anew
	@$(BIN)/python -m scripts.needs chromium
	@SCREENSHOTS=docs/screenshots $(BIN)/pytest tests/browser

drawings: .venv/.dev ## Draw docs/drawings anew where their source changed: the flows, and the dashboard after the demo's week
	@$(BIN)/python -m scripts.needs chromium npm
	@$(BIN)/python -m scripts.drawings
	@$(BIN)/python -m scripts.dashboard

build: .venv/.dev ## Build what `sam deploy` uploads, with a list of its packages in .aws-sam/sbom
	@$(BIN)/python -m scripts.needs runtime
	$(BIN)/python -m scripts.sam build
	$(BIN)/python -m scripts.precompile
	@$(BIN)/python -m scripts.sbom

deploy: .venv/.dev ## Build, show what would change in a stage of samconfig.toml, ask, and deploy (STAGE=dev; SET="Rollout=AllAtOnce" for this time; YES=1 asks nothing)
	@$(BIN)/python -m scripts.deploy "$(STAGE)" --look
	@$(MAKE) --no-print-directory build
	@$(BIN)/python -m scripts.deploy "$(STAGE)" $(if $(YES),--yes) $(if $(SET),--set $(SET))

deploy-local: .venv/.dev ## Build, deploy to a local AWS emulator and try the deployed API
	$(BIN)/python -m scripts.deploy_local

sam-local: .venv/.dev ## Run a function with an event of events/ in Lambda's runtime, without Docker (EVENT=users-me or all; without EVENT it lists them; SERVE=127.0.0.1 prepares for Docker)
	@$(BIN)/python -m scripts.sam_local $(EVENT) $(if $(FUNCTION),--function $(FUNCTION)) $(if $(SERVE),--serve $(SERVE))

figures: .venv/.dev ## Write docs/figures and the figures in the README and in docs/operations.md anew (FROM=bench/results publishes the run of `make bench`)
	@PYTHONPATH=functions:layers/common $(BIN)/python -m bench.publish $(if $(FROM),--from "$(FROM)")

bench: .venv/.dev ## Measure everything, and write bench/results (about 15 minutes, and 15 more with ARGS="--minutes 15" to see the memory; ARGS="--rounds 3 --most 300 --seconds 1" for a try, --help for more)
	@$(BIN)/python -m scripts.needs java npm
	@PYTHONPATH=functions:layers/common $(BIN)/python -m bench $(ARGS)

.venv/.run: pyproject.toml uv.lock | $(BIN)/uv
	@$(BIN)/uv sync --quiet --frozen --inexact --group local --group admin --group docs --group pdf --group twilio
	@touch $@

.venv/.dev: pyproject.toml uv.lock | $(BIN)/uv
	@$(BIN)/uv sync --quiet --frozen --inexact --compile-bytecode --group dev
	@touch $@ .venv/.run

.venv/.clients: pyproject.toml uv.lock | .venv/.dev
	@$(BIN)/uv sync --quiet --frozen --inexact --group dev --group clients
	@touch $@

# The installer, in the version that uv.lock pins.
$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "QuickCare needs Python 3.11 or newer; install it, or name one: make PYTHON=python3.13 …" >&2; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; \
	  echo "Python's venv module is missing; install it (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@version=$$(sed -n '/^name = "uv"$$/{n;s/version = "\(.*\)"/\1/p;}' uv.lock); \
	  echo "Installing into .venv; this happens once."; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$$version" || { \
	  echo "uv $$version could not be installed from PyPI; check the network and run make again." >&2; exit 1; }
