# `make run` and `make test` set up everything that they need by themselves.

PYTHON := .venv/bin/python
.PHONY: run test check lint format types layers structure soak lock clean

run:
	@packaging/bootstrap.sh run
	@$(PYTHON) -m app $(ARGS)

# Three at a time: one has the sound to itself, one the screens, and the rest gives way to both.
test:
	@packaging/bootstrap.sh test
	@SAYSO_DESK=required $(PYTHON) -m pytest --numprocesses 3 --dist loadgroup $(PYTEST_ARGS)

# All of them run, even if one fails.
check:
	@packaging/bootstrap.sh check
	@$(MAKE) --no-print-directory --keep-going lint format types layers structure

lint:
	$(PYTHON) -m ruff check

format:
	$(PYTHON) -m ruff format --check

types:
	$(PYTHON) -m mypy

layers:
	.venv/bin/lint-imports

structure:
	$(PYTHON) packaging/structure.py

# Long loops of faults and kills, which `make test` leaves out.
soak:
	@packaging/bootstrap.sh test
	@SAYSO_DESK=required $(PYTHON) -m pytest -m soak $(PYTEST_ARGS)

# Resolve the dependencies anew. UPGRADE=1 takes newer versions.
lock:
	@packaging/lock.sh $(if $(UPGRADE),--upgrade)

clean:
	rm -rf .venv .venv.new .venv.old .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	rm -rf .hypothesis build dist *.egg-info
	find app audio ui resources tests packaging -name __pycache__ -prune -exec rm -rf {} +
