# Two commands set everything up on a fresh machine: `make up` and `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/sh
NODE := tools/node/node
CLOUD := $(NODE) laptop/bin/laptop-cloud.js
SCOPES ?= admin
SUB ?= demo
SEED ?=
CSV ?=

.PHONY: help up down reset logs status mails native token demo demo-long test check format synth

help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

node_modules/.installed: package.json package-lock.json tools/node/package-lock.json
	@echo "holdfast: installing npm packages (once, about a minute)"
	@npm ci --no-audit --no-fund --loglevel=error
	@$(NODE) --version >/dev/null
	@touch $@

up: node_modules/.installed ## Start the whole system on this machine; WATCH=1: and apply each saved change
	@mkdir -p .holdfast
	@HOLDFAST_ENVIRONMENT=laptop CDKTF_OUTDIR=.holdfast/cdktf.out $(NODE) tools/synth.mjs
	@$(CLOUD) up --output .holdfast/cdktf.out --audience holdfast
	@$(NODE) clients/demo/seed-catalogue.ts
	@$(if $(WATCH),exec $(NODE) tools/watch.ts)

down: ## Stop it; the state stays in .holdfast/
	@$(CLOUD) down

reset: ## Stop it and wipe its state
	@$(CLOUD) reset

logs: ## Follow the logs of the functions, or one request through all of them: make logs [ID=id]
	@$(CLOUD) logs $(if $(ID),--id "$(ID)",--follow)

status: ## Show addresses and what runs
	@$(CLOUD) status

mails: ## Print the mails that the functions sent
	@$(CLOUD) mails

native: node_modules/.installed clients/native/node_modules/.installed ## Build the phone app's JavaScript for Android, and say how to run it
	@$(NODE) node_modules/typescript/bin/tsc -p clients/native/tsconfig.device.json
	@cd clients/native && EXPO_OFFLINE=1 EXPO_NO_TELEMETRY=1 NODE_NO_WARNINGS=1 \
		../../$(NODE) node_modules/expo/bin/cli export --platform android --output-dir dist
	@echo "holdfast: the bundle is in clients/native/dist. On an emulator or a device: make up, then (cd clients/native && npx expo start)"

clients/native/node_modules/.installed: clients/native/package.json clients/native/package-lock.json
	@echo "holdfast: installing Expo and React Native into clients/native (once, about a minute, 360 MB)"
	@cd clients/native && npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

token: node_modules/.installed ## Print an access token: make -s token SCOPES="stock:write" SUB=name
	@$(CLOUD) token --scopes "$(SCOPES)" --subject "$(SUB)" --audience holdfast

demo: node_modules/.installed ## Replay order lines and tie out: make demo [CSV=orders.csv.gz] [SEED=n]
	@$(NODE) clients/demo/cli.ts $(if $(CSV),--csv "$(CSV)") $(if $(SEED),--seed "$(SEED)")

demo-long: node_modules/.installed ## Replay a long file; run it again to resume: make demo-long CSV=orders.csv.gz
	@$(NODE) clients/demo/cli.ts --csv "$(CSV)" --resume

test: node_modules/.installed ## Run all tests on real engines
	@$(NODE) node_modules/vitest/vitest.mjs run $(TEST)

check: node_modules/.installed ## Types, lint, import directions, unused code
	@$(NODE) node_modules/typescript/bin/tsc -p .
	@$(NODE) node_modules/typescript/bin/tsc -p clients/console
	@$(NODE) node_modules/typescript/bin/tsc -p clients/native
	@node_modules/.bin/biome check --config-path=tools/checks/lint.json .
	@$(NODE) node_modules/dependency-cruiser/bin/dependency-cruiser.mjs --config tools/checks/dependency-cruiser.mjs .
	@$(NODE) node_modules/knip/bin/knip.js --config tools/checks/knip.json

format: node_modules/.installed ## Format the code and apply safe lint fixes
	@node_modules/.bin/biome check --config-path=tools/checks/lint.json --write .

synth: node_modules/.installed ## Synthesize the Terraform of every environment into cdktf.out/
	@$(NODE) tools/synth.mjs
