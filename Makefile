# What can be done here, one verb a line. Each makes the set-up itself, so that a fresh clone needs nothing before it.
.DEFAULT_GOAL := help
.PHONY: help demo quick test trials check goldens tables docs client specimen pictures bench clean
# What is imported is compiled once, and not by every process anew, whatever a shell asks for.
unexport PYTHONDONTWRITEBYTECODE
PYTHON := .venv/bin/python
RENDERER := .venv/bin/renderer
PICTURED := --member fixtures/examples/members/typical.toml --dpi 100

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

demo: ## Print both documents for 200 invented members, and say where to look
	@.ci/setup
	@$(RENDERER) run --replace fixtures/notice.toml
	@$(RENDERER) run --replace fixtures/certificate.toml
	@echo
	@echo "Open:"
	@for job in demo-notices demo-certificates; do \
	    for file in fixtures/outbox/$$job/batch-*.pdf fixtures/outbox/$$job/report.html; do echo "  $$file"; done; done

quick: ## Run the tests that take no time, in less than a minute
	@.ci/setup tests
	@$(PYTHON) -m pytest -n auto -m "not slow"

test: ## Run all tests, or those that T="-k press" chooses
	@.ci/setup tests
	@$(PYTHON) -m pytest -n auto $(T)

trials: ## Run every case, ask a real store, work in the studio at length, put every fault in, kill a hundred runs; write docs/trials.md: over an hour
	@.ci/setup trials
	@$(PYTHON) -m pytest -n auto -m campaign
	@$(PYTHON) tests/trials.py

check: ## Look for faults of style and types
	@.ci/setup tests
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m mypy

goldens: ## Show what changed against the approved sheets, ask who approves it and why, and take it
	@.ci/setup tests
	@$(RENDERER) goldens approve

tables: ## Write the tables of findings in the documentation from their catalogue
	@.ci/setup
	@$(PYTHON) docs/tables.py

docs: ## Write the documentation as a site, with the library and the rooms by their docstrings, into build/site
	@.ci/setup tests
	@NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build --quiet
	@echo build/site/index.html

client: ## Write a typed Python client of the service into build/client, of its description
	@.ci/setup tests
	@mkdir -p build
	@$(PYTHON) docs/client.py build/client

specimen: ## Print every hard character of the fixtures, large, with its code points and font
	@.ci/setup tests
	@mkdir -p build
	@$(RENDERER) specimen -o build/specimen.pdf

pictures: ## Draw the pictures of the README anew
	@.ci/setup tests
	@mkdir -p docs/pictures
	@$(RENDERER) sheet eligibility_notice $(PICTURED) -o docs/pictures/notice.png
	@$(RENDERER) sheet eligibility_notice_large $(PICTURED) -o docs/pictures/notice-large.png
	@$(RENDERER) sheet eligibility_certificate $(PICTURED) --page 1 -o docs/pictures/certificate-front.png
	@$(RENDERER) sheet eligibility_certificate $(PICTURED) --page 2 -o docs/pictures/certificate-back.png

bench: ## Measure against other ways to print the same sheet, and write bench/RESULTS.md
	@.ci/setup
	@$(PYTHON) -m pip install --quiet --quiet --disable-pip-version-check -r requirements-bench.lock
	@$(PYTHON) bench/run.py --growth

clean: ## Take away all that can be made again: .venv, caches, the outboxes of the fixtures
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache build fixtures/outbox outbox *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
