# Ballast: `make help` lists the targets. Each installs through apt what it needs and this machine lacks, and says so.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# Static executables for the boards.
BOARD_PRODUCTS := ballastd
SDK := $(CURDIR)/build/sdk
RELEASE := $(CURDIR)/.build/release
SCRIPTS := .ci/run $(wildcard Packaging/*.sh Tests/*/*.sh)

board-executables = $(foreach arch,$(1),$(addprefix build/$(arch)/,$(BOARD_PRODUCTS)))

.PHONY: build
build: toolchain ## Build everything for this machine
	swift build

.PHONY: run
run: toolchain ## Three simulated hash boards mine against a loopback pool until Ctrl-C (FOR=90 stops after 90 s; BOARD=cpu: the processor)
	@swift build -c release --product ballast-pool
	@swift build -c release --product ballastd
	@Packaging/run-demo.sh .build/release/ballast-pool .build/release/ballastd Boards/$(or $(BOARD),sim-s19).json $(FOR)

.PHONY: test
test: toolchain ## Run all tests (FILTER=Name runs some)
	swift test $(if $(FILTER),--filter $(FILTER))

# The linker warns of every symbol that the sanitizer adds, thousands of lines; the exit code is the build's (pipefail).
.PHONY: test-asan
test-asan: toolchain ## Run all tests, and the programs they start, under the address and leak sanitizers
	swift build --build-tests --sanitize=address --scratch-path .build-asan 2>&1 | grep -v '__asan_check_'
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.supp swift test --skip-build --sanitize=address \
	    --scratch-path .build-asan $(if $(FILTER),--filter $(FILTER))

.PHONY: lint
lint: toolchain ## Check formatting, style and shell syntax
	swift format lint --strict --parallel --recursive Package.swift Sources Tests
	for script in $(SCRIPTS); do bash -n $$script; done
	clang -fsyntax-only -Wall -Wextra -Werror -ITests/Headers/gpiod2 -ISources/CGpiod/include Sources/CGpiod/gpiod2.c

.PHONY: fmt
fmt: toolchain ## Format all sources in place
	swift format --in-place --parallel --recursive Package.swift Sources Tests

.PHONY: check
check: ## Everything that CI runs: lint, test, sim, arm, arm-check, bench-kernel
	for target in lint test sim arm arm-check bench-kernel; do $(MAKE) $$target; done

.PHONY: arm
arm: sdk ## Build the static executables for the boards into build/aarch64 and build/armv7
	Packaging/board-build.sh $(SDK) aarch64 $(BOARD_PRODUCTS)
	Packaging/board-build.sh $(SDK) armv7 $(BOARD_PRODUCTS)
	@Packaging/board-verify.sh $(call board-executables,aarch64 armv7)

.PHONY: arm-check
arm-check: arm qemu ## Let both board executables mine accepted shares under qemu-user
	swift build --product ballast-pool
	Tests/Board/run.sh .build/debug/ballast-pool build/aarch64/ballastd qemu-aarch64-static
	Tests/Board/run.sh .build/debug/ballast-pool build/armv7/ballastd qemu-arm-static -cpu cortex-a9

.PHONY: embedded
embedded: sdk ## Build the same small static executables for this machine into build/x86_64
	Packaging/board-build.sh $(SDK) x86_64 $(BOARD_PRODUCTS)
	@Packaging/board-verify.sh $(call board-executables,x86_64)

.PHONY: dist
dist: arm ## Pack what a board needs into build/ballast-aarch64.tar.gz and build/ballast-armv7.tar.gz
	for arch in aarch64 armv7; do Packaging/dist.sh $$arch; done

.PHONY: bench
bench: toolchain ## Measure hash kernels, job switch, relay, frequency estimator and chip chains on this machine
	swift build -c release --product ballast-bench
	.build/release/ballast-bench sha256
	.build/release/ballast-bench switch
	.build/release/ballast-bench relay
	.build/release/ballast-bench frequency
	.build/release/ballast-bench chain
	Tests/Tools/allocations.sh .build/release/ballast-bench

.PHONY: bench-grid
bench-grid: toolchain ## Measure the frequency estimator, and try every grid product on every trace
	swift build -c release --product ballast-bench
	.build/release/ballast-bench frequency
	.build/release/ballast-bench products Boards/products

.PHONY: soak
soak: toolchain ## Mine for MINUTES (10) against a loopback pool and watch memory, descriptors and shares
	swift build -c release --product ballast-pool
	swift build -c release --product ballastd
	Tests/Tools/soak.sh .build/release/ballast-pool .build/release/ballastd $(or $(MINUTES),10)

.PHONY: bench-kernel
bench-kernel: toolchain kernel-tools ## Run the buses, and the agent mining through them, on a real kernel, User-Mode Linux
	swift build -c release --product bench-guest
	swift build -c release --product ballastd
	swift build -c release --product ballast-pool
	Tests/Kernel/run.sh uml Tests/Kernel/buses.sh 60 BENCH_GUEST=$(RELEASE)/bench-guest
	Tests/Kernel/run.sh uml Tests/Kernel/udev.sh 60 BENCH_RULES=$(CURDIR)/Udev/60-ballast.rules
	Tests/Kernel/run.sh uml Tests/Kernel/mine-uml.sh 400 BENCH_GUEST=$(RELEASE)/bench-guest \
	    BENCH_POOL=$(RELEASE)/ballast-pool BENCH_AGENT=$(RELEASE)/ballastd BENCH_BOARD=$(CURDIR)/Tests/Kernel/board.json

.PHONY: bench-kernel-arm
bench-kernel-arm: sdk kernel-tools ## The same on an emulated 32-bit ARM board, with the board build
	@Packaging/require.sh "emulating an ARM board (make bench-kernel-arm)" \
	    qemu-system-arm=qemu-system-arm gcc-arm-linux-gnueabihf=arm-linux-gnueabihf-gcc cpio=cpio
	Packaging/board-build.sh $(SDK) armv7 bench-guest ballastd
	swift build -c release --product ballast-pool
	Tests/Kernel/run.sh arm Tests/Kernel/buses.sh 300 BENCH_GUEST=build/armv7/bench-guest
	Tests/Kernel/pool.sh $(RELEASE)/ballast-pool Tests/Kernel/run.sh arm Tests/Kernel/mine.sh 900 \
	    BENCH_GUEST=build/armv7/bench-guest BENCH_AGENT=build/armv7/ballastd BENCH_BOARD=Tests/Kernel/board.json

.PHONY: kernel-tools
kernel-tools:
	@Packaging/require.sh "building a kernel for tests (make bench-kernel)" \
	    linux-source-6.1=/usr/src/linux-source-6.1.tar.xz gcc=gcc flex=flex bison=bison bc=bc xz-utils=xz kmod=insmod \
	    libssl-dev=/usr/include/openssl/ssl.h libelf-dev=/usr/include/libelf.h busybox-static=busybox iproute2=ip udev=udevadm

.PHONY: sim
sim: toolchain ## Thermal control against simulated rigs: SEEDS (10) times both rigs for HOURS (10), faults of all classes
	swift build -c release --product ballast-bench
	time .build/release/ballast-bench sim --seeds $(or $(SEEDS),10) --hours $(or $(HOURS),10)
	@mkdir -p build
	.build/release/ballast-bench sim --seeds 2 --hours 5 > build/sim.first
	.build/release/ballast-bench sim --seeds 2 --hours 5 > build/sim.second
	cmp build/sim.first build/sim.second && echo "sim: the same seeds gave the same course twice"

.PHONY: sim-builds
sim-builds: sdk qemu ## The same simulated hours in all builds, whose courses are compared
	swift build -c release --product ballast-bench
	for arch in x86_64 aarch64 armv7; do Packaging/board-build.sh $(SDK) $$arch ballast-bench; done
	Tests/Tools/sim-builds.sh .build/release/ballast-bench build

.PHONY: bench-arm
bench-arm: sdk ## Count the instructions per hash and per nonce of the ARM builds under emulation
	@Packaging/require.sh "counting instructions (make bench-arm)" qemu-user=qemu-aarch64 qemu-user=qemu-arm
	Packaging/board-build.sh $(SDK) aarch64 ballast-bench
	Packaging/board-build.sh $(SDK) armv7 ballast-bench
	@Packaging/board-verify.sh build/aarch64/ballast-bench build/armv7/ballast-bench
	Tests/Tools/instructions-per-hash.sh build/aarch64/ballast-bench build/armv7/ballast-bench

.PHONY: sdk
sdk: toolchain
	@Packaging/require.sh "building for the ARM boards (make arm)" \
	    libc6-dev-arm64-cross=/usr/aarch64-linux-gnu/lib/libc.a \
	    libc6-dev-armhf-cross=/usr/arm-linux-gnueabihf/lib/libc.a \
	    libgcc-12-dev-arm64-cross='/usr/lib/gcc-cross/aarch64-linux-gnu/*/libgcc.a' \
	    libgcc-12-dev-armhf-cross='/usr/lib/gcc-cross/arm-linux-gnueabihf/*/libgcc.a' \
	    linux-libc-dev-arm64-cross=/usr/aarch64-linux-gnu/include/linux/version.h \
	    linux-libc-dev-armhf-cross=/usr/arm-linux-gnueabihf/include/linux/version.h \
	    debian-archive-keyring=/usr/share/keyrings/debian-archive-keyring.gpg binutils=readelf
	@Packaging/board-sdk.sh $(SDK)

.PHONY: qemu
qemu:
	@Packaging/require.sh "running ARM executables on this machine (make arm-check)" \
	    qemu-user-static=qemu-aarch64-static qemu-user-static=qemu-arm-static

.PHONY: toolchain
toolchain:
	@Packaging/require-swift.sh
	@Packaging/require.sh "the boards' buses" libgpiod-dev=/usr/include/gpiod.h libi2c-dev=/usr/include/i2c/smbus.h

.PHONY: clean
clean: ## Remove everything that was built
	rm -rf .build .build-asan .build-aarch64 .build-armv7 .build-x86_64 build

.PHONY: help
help: ## List the targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
