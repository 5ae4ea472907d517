#!/bin/bash
# board-sdk.sh OUT: writes the Swift SDK bundle with which `make arm` builds the static executables for the control boards.
#
# Embedded Swift has no *-linux-* library for ARM, but its none-triples follow the same ABI, so objects compiled for them link
# against Debian's cross glibc into ordinary static Linux executables (Docs/board-build.md). This script only writes down where
# this machine keeps the pieces: toolsets, SDK descriptions, and one sysroot per board architecture with libgpiod and libi2c.
set -euo pipefail

out=${1:?usage: board-sdk.sh OUT}
here=$(cd "$(dirname "$0")" && pwd)
swift=$(command -v swift) || { echo "board-sdk: no swift in PATH" >&2; exit 1; }
swift=$(readlink -f "$swift")
toolchain=$(dirname "$(dirname "$swift")")
embedded=$toolchain/lib/swift/embedded
# Debian's cross packages keep compiler support files in a folder named after GCC's major version.
gcc=$(basename "$(ls -d /usr/lib/gcc-cross/aarch64-linux-gnu/* 2>/dev/null | sort -V | tail -n 1)" 2>/dev/null || true)

# Outside the build folder, so that clean checkouts and `make clean` need no network again.
cache=${XDG_CACHE_HOME:-${HOME:-$out}/.cache}/ballast/sysroot

fail() { echo "board-sdk: $*" >&2; exit 1; }

# The library that Embedded Swift links for string comparison; missing in toolchains without embedded support.
unicode_tables() {
    local tables=$embedded/$1/libswiftUnicodeDataTables.a
    [ -e "$tables" ] || fail "the Swift toolchain in $toolchain has no embedded library for $1 (looked for $tables);" \
        "install a Swift 6.3 toolchain from swift.org that ships lib/swift/embedded"
    echo "$tables"
}

# json_list ARG…: the arguments as a JSON array.
json_list() {
    local separator="" argument
    printf '['
    for argument; do printf '%s"%s"' "$separator" "$argument"; separator=', '; done
    printf ']'
}

# toolset FILE SWIFT-OPTIONS -- C-OPTIONS -- LINKER-OPTIONS
toolset() {
    local file=$1 part=0; shift
    local swift_options=() c_options=() linker_options=() argument
    for argument; do
        if [ "$argument" = -- ]; then part=$((part + 1)); continue; fi
        case $part in
            0) swift_options+=("$argument") ;;
            1) c_options+=("$argument") ;;
            2) linker_options+=("$argument") ;;
        esac
    done
    cat > "$file" <<JSON
{
  "schemaVersion": "1.0",
  "swiftCompiler": { "extraCLIOptions": $(json_list "${swift_options[@]}") },
  "cCompiler": { "extraCLIOptions": $(json_list "${c_options[@]}") },
  "linker": { "extraCLIOptions": $(json_list "${linker_options[@]}") }
}
JSON
}

# variant FOLDER TRIPLE SDK-ROOT
variant() {
    cat > "$1/swift-sdk.json" <<JSON
{
  "schemaVersion": "4.0",
  "targetTriples": { "$2": { "toolsetPaths": ["toolset.json"], "sdkRootPath": "$3" } }
}
JSON
}

# board NAME EMBEDDED-TRIPLE GNU-TRIPLE DEBIAN-ARCH CLANG-OPTION…
board() {
    local name=$1 triple=$2 gnu=$3 debian=$4; shift 4
    local folder=$bundle/$name cross=/usr/lib/gcc-cross/$gnu/$gcc sysroot=/usr/$gnu libraries=$cache/$debian option
    [ -d "$cross" ] || fail "missing $cross (Debian package libgcc-$gcc-dev-$debian-cross)"
    [ -e "$sysroot/lib/libc.a" ] || fail "missing $sysroot/lib/libc.a (Debian package libc6-dev-$debian-cross)"
    "$here/board-libraries.sh" "$debian" "$libraries"
    mkdir -p "$folder/empty"
    local swift_clang=() linking=()
    for option; do swift_clang+=(-Xcc "$option"); done
    for option in --target=$gnu -static -fuse-ld=lld "-B$cross" "-L$cross" "-B$sysroot/lib" "-L$sysroot/lib" "-L$libraries/usr/lib/$gnu"; do
        linking+=(-Xclang-linker "$option")
    done
    toolset "$folder/toolset.json" \
        -enable-experimental-feature Embedded -enable-experimental-feature DeferredCodeGen -Xfrontend -function-sections -wmo -Osize -Xcc -D__linux__=1 \
        -Xcc -isystem -Xcc "$sysroot/include" -Xcc -isystem -Xcc "$libraries/usr/include" \
        ${swift_clang[@]+"${swift_clang[@]}"} "${linking[@]}" \
        -- --target=$gnu -isystem "$sysroot/include" -isystem "$libraries/usr/include" "$@" \
        -- --gc-sections -s -lm "$(unicode_tables "$triple")"
    variant "$folder" "$triple" empty
}

# The same mode for this machine's own architecture: small static executables for tests with many agents on one machine.
native() {
    local triple=x86_64-unknown-none-elf folder=$bundle/x86_64 gnu=x86_64-linux-gnu
    mkdir -p "$folder/empty"
    toolset "$folder/toolset.json" \
        -enable-experimental-feature Embedded -enable-experimental-feature DeferredCodeGen -Xfrontend -function-sections -wmo -Osize -Xcc -D__linux__=1 \
        -Xcc -isystem -Xcc /usr/include/$gnu -Xcc -isystem -Xcc /usr/include \
        -Xclang-linker --target=$gnu -Xclang-linker --sysroot=/ -Xclang-linker -static -Xclang-linker -fuse-ld=lld \
        -- --target=$gnu --sysroot=/ \
        -- --gc-sections -s -lm "$(unicode_tables "$triple")"
    variant "$folder" "$triple" empty
}

bundle=$out/ballast.artifactbundle
[ -n "$gcc" ] || fail "no Debian cross GCC support files under /usr/lib/gcc-cross (make sdk installs them)"
mkdir -p "$bundle"
cat > "$bundle/info.json" <<'JSON'
{
  "schemaVersion": "1.0",
  "artifacts": {
    "ballast": {
      "type": "swiftSDK",
      "version": "1.0",
      "variants": [{ "path": "aarch64" }, { "path": "armv7" }, { "path": "x86_64" }]
    }
  }
}
JSON
board aarch64 aarch64-none-none-elf aarch64-linux-gnu arm64
# Without -march clang takes gnueabihf for ARMv6.
board armv7 armv7-none-none-eabi arm-linux-gnueabihf armhf -march=armv7-a -mfloat-abi=hard -mfpu=neon -D__ARM_PCS_VFP=1
if [ "$(uname -m)" = x86_64 ]; then native; fi
