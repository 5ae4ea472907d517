# Ballast: `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SDK := $(CURDIR)/build/sdk
BOARD_PRODUCTS := ballastd

.PHONY: build
build: ## Build everything for this machine
	swift build

.PHONY: test
test: ## Run all tests
	swift test

.PHONY: lint
lint: ## Check formatting and style
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

.PHONY: fmt
fmt: ## Format all sources in place
	swift format --in-place --parallel --recursive Package.swift Sources Tests

.PHONY: sdk
sdk:
	@Packaging/board-sdk.sh $(SDK)

# arm-executable(architecture, triple)
define board-executables
	for product in $(BOARD_PRODUCTS); do \
	    swift build --swift-sdks-path $(SDK) --swift-sdk $(2) --scratch-path .build-$(1) -c release --product $$product; \
	    mkdir -p build/$(1) && cp .build-$(1)/$(2)/release/$$product build/$(1)/; \
	done
	ls -l build/$(1)
endef

.PHONY: arm
arm: sdk ## Build the static executables for the boards into build/aarch64 and build/armv7
	$(call board-executables,aarch64,aarch64-none-none-elf)
	$(call board-executables,armv7,armv7-none-none-eabi)

.PHONY: embedded
embedded: sdk ## Build the same small static executables for this machine into build/x86_64
	$(call board-executables,x86_64,x86_64-unknown-none-elf)

.PHONY: help
help: ## List the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
