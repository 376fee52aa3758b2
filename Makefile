# One command beside a new, empty PostgreSQL and Redis, for instance one test:
#   .venv/bin/python -m config.local exec -- pytest -k reminder
EXEC := .venv/bin/python -m config.local exec --

.PHONY: test-unit
test-unit:
	@$(EXEC) pytest -n 2 -m "not browser and not durability"
