#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program of thirty lines compiles against the installed library by pkg-config alone, and prints a tape.
set -euo pipefail
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
make --no-print-directory -s install PREFIX="$prefix"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
gcc -std=c17 -Wall -Wextra -Werror -o "$prefix/tape_minute" examples/tape_minute.c $(pkg-config --cflags --libs tapeloom)
LD_LIBRARY_PATH="$prefix/lib" "$prefix/tape_minute" >"$prefix/out"
lines=$(wc -l <"$prefix/out")
echo "$lines lines of tape"
[ "$lines" -gt 100 ]
# The public headers serve C++ too.
for header in include/tapeloom/*.h; do
    g++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only -Iinclude -x c++ "$header"
done
