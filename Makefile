# Short verbs; the work is in CMake and in scripts/. `make help` lists them.
PRESET ?= release
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
ifdef SANITIZE
override PRESET := asan
endif
BUILD := build/$(PRESET)

.DEFAULT_GOAL := help
.PHONY: help deps configure build check deb check-deb demo demo-down images bench bench-http bench-slow bench-overload bench-store bench-backup bench-auth bench-pages fuzz torture fmt screenshots lint install clean

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' Makefile

deps: ## Install what is missing of packaging/deps
	@scripts/install-deps

configure: deps
	@test -f $(BUILD)/build.ninja || cmake --preset $(PRESET) --log-level=WARNING

build: configure ## Build everything into build/release/bin (PRESET=debug, asan, tsan or ci: elsewhere)
	@cmake --build $(BUILD) -j $(JOBS)

check: build ## Build and run every test (SANITIZE=1: with ASan and UBSan)
	@scripts/run-tests $(BUILD)

demo: configure ## Start a shop with the sample catalogue and buy something (ONCE=1: end it afterwards)
	@cmake --build $(BUILD) -j $(JOBS) --target shopctl shop-userd shop-productd shop-orderd shop-storefrontd
	@ONCE=$(ONCE) scripts/demo $(BUILD)/bin

demo-down: ## End the shop that `make demo` left running
	@scripts/demo --down $(BUILD)/bin

bench: configure ## Measure speed, memory and start-up
	@cmake --build $(BUILD) -j $(JOBS) --target shopctl shop-userd shop-productd shop-orderd shop-storefrontd bench_driver
	@scripts/bench $(BUILD)/bin

bench-http: configure ## Measure the HTTP front beside nginx and cpp-httplib
	@cmake --build $(BUILD) -j $(JOBS) --target shopctl shop-userd shop-productd shop-orderd shop-storefrontd bench_fairness bench_httplib
	@scripts/bench-http $(BUILD)/bin

bench-slow: configure ## Measure what 2,000 slow clients do to a good one
	@cmake --build $(BUILD) -j $(JOBS) --target shopctl shop-userd shop-productd shop-orderd shop-storefrontd bench_fairness bench_slow_clients
	@scripts/bench-slow $(BUILD)/bin

bench-overload: configure ## Measure what is left when five times too much is asked
	@cmake --build $(BUILD) -j $(JOBS) --target shopctl shop-userd shop-productd shop-orderd shop-storefrontd bench_overload
	@scripts/bench-overload $(BUILD)/bin

bench-store: configure ## Measure the store beside raw LMDB and the bare disk
	@cmake --build $(BUILD) -j $(JOBS) --target bench_store
	@scripts/bench-store $(BUILD)/bin

bench-backup: configure ## Measure what a backup costs the buyers, and the way back
	@cmake --build $(BUILD) -j $(JOBS) --target shopctl shop-userd shop-productd shop-orderd shop-storefrontd bench_driver
	@scripts/bench-backup $(BUILD)/bin

bench-auth: configure ## Measure sign-ins, tokens and the gateway
	@cmake --build $(BUILD) -j $(JOBS) --target shopctl shop-userd shop-productd shop-orderd shop-storefrontd bench_driver bench_tokens
	@scripts/bench-auth $(BUILD)/bin

bench-pages: configure ## Measure the storefront's pages
	@cmake --build $(BUILD) -j $(JOBS) --target shopctl shop-userd shop-productd shop-orderd shop-storefrontd
	@scripts/bench-pages $(BUILD)/bin

fuzz: deps ## Run the fuzz targets (SECONDS_EACH=600: each for ten minutes)
	@SECONDS_EACH=$(SECONDS_EACH) tests/fuzz/run build/fuzz

torture: configure ## Lose power a thousand times, kill daemons 200 times, let disks fail, deploy what is broken (a failure says how to repeat it)
	@cmake --build $(BUILD) -j $(JOBS) --target test_torture shop-mail shop-picture bad-orderd deploy_load
	@SHOP_TORTURE_IMAGES=$${SHOP_TORTURE_IMAGES:-1000} SHOP_TORTURE_KILLS=$${SHOP_TORTURE_KILLS:-200} $(BUILD)/bin/test_torture
	@tests/support/debs $(BUILD) $(BUILD)/deb && SHOP_DEPLOY_LONG=1 tests/system/deploy $(BUILD)/deb $(BUILD)/bin || [ $$? = 77 ]
	@SHOP_DEPLOY_LONG=1 tests/system/deploy_containers $(BUILD) || [ $$? = 77 ]

fmt: deps ## Format the C++ sources
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format -i

screenshots: configure ## Take the README's pictures of the storefront, in Chromium
	@cmake --build $(BUILD) -j $(JOBS) --target shopctl shop-picture shop-userd shop-productd shop-orderd shop-storefrontd
	@tests/web/run $(BUILD)/bin build/web screenshots.mjs

lint: configure ## Check format, shell scripts and C++ (clang-tidy)
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format --dry-run --Werror
	@shellcheck scripts/* .ci/run tests/fuzz/run tests/openapi/lint tests/support/systemd-host tests/support/debs tests/system/packages tests/system/deploy tests/system/deploy_inside tests/support/containers-host tests/system/containers tests/system/deploy_containers tests/kubernetes/check tests/web/run
	@scripts/tidy $(BUILD)

deb: configure ## Make Debian packages in build/deb
	@cmake --build $(BUILD) -j $(JOBS) --target shopctl shop-mail shop-picture shop-userd shop-productd shop-orderd shop-storefrontd
	@scripts/deb $(BUILD)
	@lintian --fail-on error,warning build/deb/shop_*.changes

images: configure ## Build container images (localhost/shop-userd, -productd, -orderd and -storefrontd; as root)
	@cmake --build $(BUILD) -j $(JOBS) --target shop-mail shop-picture shop-userd shop-productd shop-orderd shop-storefrontd
	@scripts/images $(BUILD)

check-deb: deb ## Install, upgrade and purge the packages on a throw-away systemd host (as root)
	@tests/system/packages build/deb

install: build ## Install to DESTDIR and PREFIX (/usr/local)
	@DESTDIR=$(DESTDIR) cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## Remove what was built
	@rm -rf build
