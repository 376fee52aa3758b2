# One test, or any one command, beside a new, empty PostgreSQL and Redis of its own:
#   .venv/bin/python -m config.local exec -- pytest -k reminder
# See docs/development.md.

# The first Python of this machine that is new enough; it makes .venv, and everything else runs there.
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
SETUP := $(PYTHON) -m config.local.setup
PY := .venv/bin/python
EXEC := $(PY) -m config.local exec --
# The seed is given, so that what passed once passes again; many others are for `make properties`.
PYTEST := $(PY) -m pytest -n 2 --randomly-seed=1
# The unit part makes the test databases anew; `make test` keeps them for the part that follows.
KEEP :=
SEEDS ?= 50
CASES ?= 100000

# Whatever the machine is used to: the tests start hundreds of processes, and none reads again what one has compiled.
unexport PYTHONDONTWRITEBYTECODE

# What a production process needs, for the checks alone.
PRODUCTION = SAMTALEFLOW_MODE=production SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_hex(50))')" \
	CPR_ENCRYPTION_KEY="$$($(PY) -c 'import secrets; print(secrets.token_hex(32))')" \
	CPR_INDEX_KEY="$$($(PY) -c 'import secrets; print(secrets.token_hex(32))')" \
	ALLOWED_HOSTS=samtaleflow.example.dk TRUSTED_PROXIES=127.0.0.1 SITE_URL=https://samtaleflow.example.dk POST_FOLDER=/srv/samtaleflow/post \
	EMAIL_URL=smtp://localhost:25 MAIL_FROM=samtaleflow@example.dk

.PHONY: run test test-unit test-browser properties bench mutants drill supply audit check check-code check-django fix setup lock assets python
.NOTPARALLEL:

run: setup
	@$(PY) -m config.local run

test: python
	@$(SETUP) --browser
	@$(EXEC) $(MAKE) --no-print-directory check-code check-django test-unit test-browser KEEP=--reuse-db

test-unit: setup
	@$(EXEC) $(PYTEST) --create-db $(KEEP) -m "not browser and not durability"

test-browser: setup
	@$(EXEC) $(PYTEST) $(KEEP) --maxschedchunk=1 -m "browser or durability"

# Whatever the law, the course and the order: every property test, once for each seed.
properties: setup
	@$(EXEC) $(PY) -m tests.properties $(SEEDS)

# Figures at so many cases, and one measurement alone by BENCH="--only replan --json figures.json"; a load test by BENCH="--only advisers --minutes 10". See docs/performance.md.
bench: setup
	@$(EXEC) $(PY) -m tests.bench --cases $(CASES) $(BENCH)

# Kills what runs, fills the disk and restores a backup, with servers of its own. See docs/operation.md.
drill: setup
	@$(PY) -m tests.drill

# Whose packages production stands on: the list of materials as CycloneDX in sbom.json, and ends with 1 at a licence that may not be used.
supply: setup
	@$(PY) -m tests.supply --sbom sbom.json

# What the index knows against them; ends with 1 also where it does not answer.
audit: setup
	@$(PY) -m tests.supply --audit

# Changes in one place what decides, in a copy: as many as MUTANTS="--sample 60 --seed 1" says. See docs/development.md.
mutants: setup
	@$(EXEC) $(PY) -m tests.mutants $(MUTANTS)

check: setup
	@$(EXEC) $(MAKE) --no-print-directory check-code check-django

check-code:
	@$(PY) -m config.local.locks
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m djlint --quiet --lint templates
	@$(PY) -m mypy
	@$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

check-django:
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

fix: setup
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

setup: python
	@$(SETUP)

# The two lists of packages, newest versions that fit with UPGRADE=--upgrade; each with its extras, for every machine.
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header $(UPGRADE)
lock: setup
	@$(LOCK) pyproject.toml --output-file requirements.txt
	@$(LOCK) --group dev --constraint requirements.txt --output-file requirements-dev.txt

assets: setup

python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or later is needed, and none was found: install it, then start again." >&2; exit 1; }
