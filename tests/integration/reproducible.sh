#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same tape whatever starts it, builds it, splits it or runs it.
set -uo pipefail
passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
reference=build/release/tapeloom
day="--date 2026-11-19 --seed 4711"

check() { # check NAME FILE_A FILE_B
    if [ -s "$2" ] && cmp -s "$2" "$3"; then passed=$((passed + 1)); echo "ok   $1"
    else failed=$((failed + 1)); echo "FAIL $1: $(diff "$2" "$3" | head -n 3 | tr '\n' '|')"; fi
}
digest() { local out=$1; shift; "$@" >"$out" 2>"$work/err" || { cat "$work/err"; : >"$out"; }; }

window="--from 10:00 --minutes 5"
digest "$work/ref" $reference generate $day $window --digest
digest "$work/long" $reference generate $day --from 09:30 --minutes 35 --digest
first=$(head -n 1 "$work/ref" | cut -d' ' -f1); last=$(tail -n 1 "$work/ref" | cut -d' ' -f1)
awk -v a="$first" -v b="$last" '$1 >= a && $1 <= b' "$work/long" >"$work/part"
check "10:00 to 10:05 is that part of a run from 09:30" "$work/ref" "$work/part"

digest "$work/s0" $reference generate $day $window --digest --shard 0/2
digest "$work/s1" $reference generate $day $window --digest --shard 1/2
python3 - "$work/s0" "$work/s1" >"$work/merged" <<'PY'
import sys
sums = {}
for name in sys.argv[1:]:
    for line in open(name):
        second, stream, count, digest = line.split()
        old = sums.get((int(second), stream), (0, 0))
        sums[int(second), stream] = (old[0] + int(count), (old[1] + int(digest, 16)) % 2**64)
order = ["option_nbbo", "option_print", "equity_quote", "equity_print"]
for (second, stream), (count, digest) in sorted(sums.items(), key=lambda i: (i[0][0], order.index(i[0][1]))):
    print(second, stream, count, f"{digest:016x}")
PY
check "shards 0/2 and 1/2 merge to the whole" "$work/ref" "$work/merged"

digest "$work/tune" env GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable $reference generate $day $window --digest
check "without AVX2 and FMA in the C library" "$work/ref" "$work/tune"

compare() { # compare NAME PROGRAM
    digest "$work/program" "$2" generate $day $window --digest
    check "$1" "$work/ref" "$work/program"
}
# The engine of another compiler in the same program: what makes the tape is libtapeloom, and only
# that is compiled anew. The whole program of another compiler is the last of the checks.
build() { # build NAME CC OPT
    local folder="build/repro-$1"
    if ! make --no-print-directory -s B="$folder" CC="$2" OPT="$3" "$folder/libtapeloom.a" >"$work/make" 2>&1 ||
       ! make --no-print-directory -s ENGINE="$folder" "$folder/tapeloom_engine" >>"$work/make" 2>&1; then
        tail -n 5 "$work/make"
        rm -f "$folder/tapeloom_engine"
    fi
    compare "$2 $3" "$folder/tapeloom_engine"
}
build gcc-O0 gcc "-O0"
build gcc-O3 gcc "-O3"
build clang-O0 clang "-O0"
build clang-O3 clang "-O3"
if grep -q avx2 /proc/cpuinfo && grep -q fma /proc/cpuinfo; then
    build clang-avx clang "-O3 -mavx2 -mfma"
    build gcc-avx gcc "-O3 -mavx2 -mfma"
fi
make --no-print-directory -s B=build/clang CC=clang build/clang/tapeloom >"$work/make" 2>&1 || tail -n 5 "$work/make"
compare "the whole program by clang -O2" build/clang/tapeloom
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
