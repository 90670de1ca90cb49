# Every target works on a fresh clone with Go alone.

GOLANGCI_VERSION := v2.15.0
FUZZTIME         ?= 10000x

# Nested modules that stay out of go.work, so that what they import never
# reaches the root's graph. Each is tested from its own folder.
NESTED := $(patsubst %/go.mod,%,$(wildcard bench/go.mod integration/go.mod))
MODULES := . examples $(NESTED)

.PHONY: help test short lint generate tidy fuzz bench cover ci

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

test: ## every test of every module, with the race detector where anything of ours runs in parallel
	go test -race -shuffle=on -timeout 20m work
	@# Not raced: the vendors' SDKs and the libraries to compare with, whose tests are one after the other and slow enough
	@# without it, and the browser, which asks a handler that is raced in its own tests.
	@if [ -d bench ]; then echo "== bench"; cd bench && GOWORK=off go test -shuffle=on -timeout 20m ./...; fi
	@if [ -d integration ]; then echo "== integration"; cd integration && \
		GOWORK=off go test -race -shuffle=on -timeout 20m $$(GOWORK=off go list ./... | grep -vE '/(sdk|browser)(/|$$)') && \
		GOWORK=off go test -timeout 20m ./sdk/... ./browser/...; fi

short: ## the quick tests of the root and the examples, without the race detector
	go test -short work

lint: ## gofmt, vet, tidy and golangci-lint, in every module
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "not gofmt-ed:"; echo "$$out"; exit 1; }
	@for m in $(MODULES); do echo "== $$m"; (cd $$m && go mod tidy -diff && GOWORK=off go vet ./...) || exit 1; done
	@for m in . examples; do echo "== golangci-lint $$m"; (cd $$m && go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION) run ./...) || exit 1; done

generate: ## write all generated files anew
	go generate ./...
	cd examples && go generate ./...

tidy: ## go mod tidy in every module
	@for m in $(MODULES); do (cd $$m && go mod tidy) || exit 1; done

fuzz: ## every fuzz target of the root, FUZZTIME runs or seconds each
	@for f in $$(grep -rl --include='*_test.go' '^func Fuzz' . | grep -vE '^./(bench|integration)/'); do \
		d=$$(dirname $$f); \
		for t in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' $$f); do \
			echo "== $$d $$t"; (cd $$d && go test -run '^$$' -fuzz "^$$t\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x .) || exit 1; \
		done; done

bench: ## every benchmark of the root, then the peers side by side
	go test -run '^$$' -bench . -benchmem ./...
	@if [ -f bench/go.mod ]; then cd bench && GOWORK=off go test -run '^$$' -bench . -benchmem ./...; fi

cover: ## coverage of the root
	go test -coverprofile=cover.out ./... && go tool cover -func=cover.out | tail -1

ci: lint ## what CI checks besides the tests
	go generate ./... && (cd examples && go generate ./...) && git diff --exit-code
	GOWORK=off go build ./... && GOARCH=386 GOWORK=off go vet ./...
