# Flagstaff's front door: `make` says what there is.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

TARGET := $(or $(CARGO_TARGET_DIR),target)
BINARY := $(TARGET)/release/flagstaff
# Asked once: whatever can change the binary. `make run` starts at once while none of it is newer.
SOURCES := $(shell find src migrations style public tools scripts/build-front scripts/tools Cargo.toml Cargo.lock build.rs \
	-name node_modules -prune -o -type f -print 2>/dev/null)

ADDR ?= 127.0.0.1:3000
DATA ?= data

.PHONY: help run test test-postgres check e2e release bench measure front pictures clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' Makefile

run: $(BINARY) ## install what is missing, build, serve with demo data at http://127.0.0.1:3000
	@exec $(BINARY) serve --demo --addr $(ADDR) --data $(DATA)

test: ## everything: format, lints, docs, cargo test, the providers, the browser
	@exec python3 scripts/test.py

test-postgres: ## the tests of the store and the write path on a PostgreSQL server of their own
	@exec scripts/test-postgres

check: ## format, lints and docs alone: the quick look before a commit
	@exec python3 scripts/test.py check

e2e: ## the real binary against OpenFeature's providers and Chromium; ARGS go to Playwright
	@exec python3 scripts/test.py e2e $(ARGS)

release: $(BINARY) ## the one file to copy to another machine
	@ls -lh $(BINARY) | awk '{print $$5, $$NF}'

bench: ## the engine's speed
	cargo bench

measure: $(BINARY) ## every page at 5,000 flags and 100,000 rows of audit, as a table
	@python3 scripts/measure.py --binary $(BINARY)

front: ## the browser's files alone, into target/site
	@scripts/tools
	@scripts/build-front

pictures: $(BINARY) ## the pictures of the README, taken anew from the demo data
	@scripts/e2e-tools
	cd end2end && PICTURES=1 npx --no-install playwright test --project pictures --reporter list

clean: ## what was built; installed tools stay
	cargo clean
	rm -rf end2end/test-results end2end/playwright-report

$(BINARY): $(SOURCES)
	@scripts/tools
	@scripts/build-front
	cargo build --release --bin flagstaff
	@touch $@
