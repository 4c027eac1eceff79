# hearth. `make run` and `make test` are all a newcomer needs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0
BUILD := .ci/progress bin/hearth ./cmd/hearth -trimpath -ldflags "-s -w -X main.version=$(shell git describe --always --dirty 2>/dev/null || echo dev)"
# One set of flags for all that is built, so that nothing is compiled twice but for the race detector.
export CGO_ENABLED ?= 0
export GOFLAGS := $(strip $(filter-out -trimpath,$(shell go env GOFLAGS 2>/dev/null)) -trimpath)

.PHONY: help build run test setup lint findings breaks unit model sim fuzz browser browsers proof rest texts bench chaos peers bugs soak vuln release reproduce first-server cluster clean

help: ## say what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

build: ## build bin/hearth
	@$(BUILD)

run: build ## build and start hearth with a ready-made group; prints links to open
	@exec ./bin/hearth serve --example

cluster: build ## start two nodes with PostgreSQL, Redis and a proxy; prints links to open; Ctrl+C stops it all (needs those two installed)
	@exec go run ./cmd/hearthload cluster -hearth bin/hearth

test: setup lint findings unit rest ## set up what is needed and run everything (about 45 minutes on two cores, longer the first time)

setup: ## install what the tests need
	.ci/setup

lint: ## formatting, vet, staticcheck, house style, types of the browser client
	.ci/lint
	go run .ci/shape.go
	go vet ./...
	go run $(STATICCHECK) ./...
	cd static && npm run --silent check

findings: ## what use has shown, and the test that holds each (docs/findings.md)
	.ci/findings

breaks: ## cut promises and rules out of a copy, one at a time, and see that a test fails for each (hundreds of them: long)
	@.ci/breaks $(ONLY)

unit: ## Go tests with the race detector, and the browser client's unit tests
	CGO_ENABLED=1 go test -short -race -shuffle=on -timeout 10m ./...
	cd static && npm test --silent

model: ## a room against its model: 2,000 runs of 100 actions; coverage of room and charter
	go test ./room -run Model -rapid.checks=2000 -timeout 20m
	.ci/coverage 95 ./room ./charter

rest: build ## proof and then browser, which mostly wait; beside them model, sim and fuzz, which compute when nothing else does
	@mkdir -p bin; chrt -i 0 nice -n 19 $(MAKE) --no-print-directory model sim fuzz > bin/rest.log 2>&1 & computing=$$!; \
	$(MAKE) --no-print-directory proof browser || { wait $$computing; cat bin/rest.log; exit 1; }; \
	wait $$computing && cat bin/rest.log || { cat bin/rest.log; exit 1; }

sim: ## nodes, journal, relay and clocks played through from 10,000 seeds of 500 steps; and two or three real hubs from 60
	go test ./hub/replica -run TestSim -seeds 10000 -timeout 20m -v
	go test ./hub -run TestSimRealHubs -cities 60 -timeout 20m -v

fuzz: ## each fuzz target on 30,000 fresh inputs
	.ci/fuzz 30000x

proof: ## kill -9, chaos, bad peers, garbage, floods and canaries against the real binary
	go test -timeout 20m -v ./cmd/hearthload/...
	go test ./hub -run 'TestS02|TestS06' -moves 2000 -timeout 10m -v
	go test ./hub/runtime -run TestS06 -unseen 6000 -timeout 10m -v

browser: build ## a whole session in real Chromium; screens, sizes, accessibility
	cd static && npm run --silent browser

browsers: build ## a whole session in Firefox and in WebKit, wide and on a phone (root for apt; about five minutes)
	.ci/setup browsers
	cd static && npm run --silent browsers

texts: build ## 5,000 texts of every kind through every field of client and server (long)
	go test ./hub ./hub/web -run 'Texts' -texts 5000 -timeout 60m -v
	cd static && CHROMIUM=$${CHROMIUM:-/usr/bin/chromium-headless-shell} TEXTS=5000 LANES=2 node --test e2e/texts.test.mjs

bench: ## figures: memory, latency, CPU beside a bare fan-out, the cost of each hop (about 9 minutes)
	go run ./cmd/hearthload bench

chaos: ## every fault of two nodes, PostgreSQL and Redis, whole (about an hour)
	go run ./cmd/hearthload chaos -whole

peers: ## what bad peers can do, whole (about 10 minutes)
	go run ./cmd/hearthload peers -whole

bugs: ## the eight seeded bugs, each found by its checker
	go run ./cmd/hearthload peers -bugs

soak: ## eight hours of churn and kills, then a hundred kills, for before a release
	go run ./cmd/hearthload soak -for 8h
	go run ./cmd/hearthload crash -kills 100

release: ## what people install, into bin/release: binaries, .deb, sums, bill of materials
	.ci/release

reproduce: ## prove that a release is the same bytes each time (about five minutes)
	.ci/reproduce

first-server: ## run docs/first-server.md on a fresh Debian: install, certificate, meeting, update, purge (root; about two minutes)
	.ci/first-server

vuln: ## known faults in what we build on (needs vuln.go.dev)
	go run $(GOVULNCHECK) ./...

clean: ## remove what was built
	rm -rf bin static/test/shots
