# Tarn needs Go and a C compiler. `make` lists what there is.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
export GOFLAGS := -tags=duckdb_arrow -trimpath
LDFLAGS := -s -w -X main.version=$(VERSION)

# What is pure Go and runs things at once: these are also tested with -race. Of
# the formats one of each kind, as the others share their drivers.
RACE := ./internal/metadb/... ./internal/run/... ./internal/objstore/... ./internal/lake/... \
	./internal/ingest/connector $(addprefix ./internal/ingest/connector/,command csvfile database jsonfile parquetfile record rest textlog typed) \
	./internal/serve/... ./internal/admission ./internal/audit/... ./internal/graph/... ./internal/project/... ./internal/jinja/...

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/tarn
	go build -ldflags "$(LDFLAGS)" -o bin/tarn ./cmd/tarn

.PHONY: demo
demo: build ## a real shop's year: load, test, hold, fix, publish, report
	./examples/demo.sh

.PHONY: test
test: ## every test that needs no other program
	go test ./...
	go test -race $(RACE)

.PHONY: test-engines
test-engines: build ## tests with real other programs (PyIceberg, Chromium); ENGINES=./test/engines/pyiceberg for one, RUN=Contract for some of its tests
	go test -count=1 -timeout 30m -tags=duckdb_arrow,engines $(if $(RUN),-run '$(RUN)') $(if $(ENGINES),-v $(ENGINES),./test/engines/...)

.PHONY: concurrency
concurrency: ## many writers of several processes on one lake, over SQLite and Postgres (ARGS="-processes 4 -writers 32 -commits 200 -keep 100")
	go test -count=1 -timeout 120m -v ./test/concurrency -args $(or $(ARGS),-processes 4 -writers 32 -commits 200 -keep 100)
	go test -count=1 -timeout 120m -tags=duckdb_arrow,engines -v ./test/engines/metadata -run LandOnceEach -args $(or $(ARGS),-processes 4 -writers 32 -commits 200 -keep 100)

.PHONY: collections
collections: ## load public collections of odd files (JSON=JSONTestSuite POLLOCK=Pollock, checkouts that you have)
	go test -count=1 -timeout 30m -tags=duckdb_arrow,collections ./test/collections -v -args -json '$(abspath $(JSON))' -pollock '$(abspath $(POLLOCK))' $(ARGS)

.PHONY: dbt-projects
dbt-projects: build ## build public dbt projects with dbt-duckdb and Tarn, and compare (PROJECTS=dir ONLY=a,b)
	go test -count=1 -timeout 120m -tags=duckdb_arrow,dbtprojects ./test/engines/dbtprojects -v -args -projects '$(abspath $(PROJECTS))' -only '$(ONLY)' $(ARGS)

.PHONY: dbt-expected
dbt-expected: build ## let dbt write down what the projects in test/dbt/testdata come to (ONLY=a,b)
	go test -count=1 -timeout 120m -tags=duckdb_arrow,dbtprojects ./test/engines/dbtprojects -v -args -projects '$(abspath test/dbt/testdata)' -only '$(ONLY)' -expect

.PHONY: torture
torture: ## kill -9 at random moments and at every commit step, 50 times (SEEDS=n), and as many projects at random
	go test -count=1 -timeout 60m ./test/process -run Torture -v -args -torture $(or $(SEEDS),50)
	go test -count=1 -timeout 60m ./test/metamorphic -run 'Increments|Snapshots|Thread|Pieces' -v -args -projects $(or $(SEEDS),50)

.PHONY: bench
bench: build ## compare with peers, in interleaved pairs (ARGS="-n 7 shop csv")
	go run ./bench $(ARGS)

.PHONY: soak
soak: build ## many clients for ten minutes and ten more in which memory may not grow, then 400,000 queries of 1,000 users in about an hour (ARGS="-duration 1m -queries 5000 -users 100 -tables 500")
	go run ./bench $(ARGS) soak_mixed soak_replay

.PHONY: fuzz
fuzz: ## fuzz each loader for a while (FUZZTIME=30s)
	@grep -rl --include='*_test.go' '^func Fuzz' internal | xargs -n1 dirname | sort -u | while read -r dir; do \
		grep -ho '^func Fuzz[A-Za-z0-9_]*' "$$dir"/*_test.go | cut -c6- | while read -r name; do \
			echo "== $$dir $$name"; go test "./$$dir" -run '^$$' -fuzz "^$$name\$$" -fuzztime $(or $(FUZZTIME),30s); \
		done; \
	done

.PHONY: lint
lint: tools/bin/golangci-lint ## formatting, vet, golangci-lint and the architecture
	@unformatted=$$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 gofmt -l); \
		if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go vet -tags=duckdb_arrow,failpoints ./internal/failpoint
	go vet -tags=duckdb_arrow,engines ./test/engines/...
	go vet -tags=duckdb_arrow,collections ./test/collections
	go vet -tags=duckdb_arrow,dbtprojects ./test/engines/dbtprojects
	tools/bin/golangci-lint run ./...
	go test -count=1 ./internal/lint

.PHONY: fmt
fmt: ## format the Go code
	git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 gofmt -w

.PHONY: notice
notice: ## write NOTICE anew from the modules that are linked in
	go test -count=1 ./internal/lint -run Notice -update

.PHONY: clean
clean: ## remove what was built
	rm -rf bin dist tools/bin bench/work test/engines/work

tools/bin/golangci-lint: tools/go.mod tools/go.sum
	cd tools && GOFLAGS= go build -o bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
