# Tapeloom: one plain GNU Makefile. `make help` lists the targets.
#   V=release|debug|asan|tsan|fuzz  variant (default release), objects under build/$(V); fuzz needs clang
#   CC=gcc|clang                compiler
#   WERROR=1                    warnings are errors (CI, ./test)
V      ?= release
CC     := $(if $(filter fuzz,$(V)),clang,$(if $(filter default,$(origin CC)),gcc,$(CC)))
B      ?= build/$(V)
PREFIX ?= /usr/local

WARN := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
        -Wdouble-promotion -Wformat=2 -Wvla -Wcast-qual -Wswitch-enum $(if $(WERROR),-Werror)
OPT_release := -O2 -g
OPT_debug   := -O0 -g
OPT_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
OPT_tsan    := -O1 -g -fsanitize=thread
OPT_fuzz    := -O1 -g1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined \
               -fno-omit-frame-pointer
OPT  ?= $(OPT_$(V))
# -ffp-contract=off everywhere: a fused multiply-add would change the tape's bits.
# A library's own calls stay its own, so that they can be inlined: 0.96 of the time an event took.
CFLAGS_ALL := -std=c17 -D_GNU_SOURCE -ffp-contract=off -fno-math-errno -fPIC -fno-semantic-interposition $(WARN) $(OPT) \
              -Iinclude -Isrc -MMD -MP $(CFLAGS)
SAN := $(filter -fsanitize=%,$(OPT))

PURE_DIRS := base market tape flow score lab wire
APP_DIRS  := os bus json store net services cli $(patsubst src/%/,%,$(sort $(dir $(wildcard src/services/*/*.c))))
PURE_SRC  := $(sort $(foreach d,$(PURE_DIRS),$(wildcard src/$(d)/*.c)))
APP_SRC   := $(sort $(foreach d,$(APP_DIRS),$(wildcard src/$(d)/*.c)))
TEST_SRC  := $(sort $(wildcard tests/lib/*.c tests/unit/*.c tests/sim/*.c))
BENCH_SRC := $(sort $(wildcard bench/*.c))
PURE_OBJ  := $(PURE_SRC:%.c=$(B)/%.o)
APP_OBJ   := $(APP_SRC:%.c=$(B)/%.o)
MAIN_OBJ  := $(B)/src/cli/main.o
TEST_OBJ  := $(TEST_SRC:%.c=$(B)/%.o)
BENCH_OBJ := $(BENCH_SRC:%.c=$(B)/%.o)

PKGS := libnats sqlite3 libevent_core libevent_extra libcrypto jansson zlib
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS   = $(shell pkg-config --libs $(PKGS)) -lwslay -lpthread

all: $(B)/tapeloom $(B)/libtapeloom.a $(B)/libtapeloom.so

help:
	@echo "all tests check format bench bench-page soak fuzz desktop install clean   (V=release|debug|asan|tsan CC=gcc|clang)"

$(B)/libtapeloom.a: $(PURE_OBJ)
	@mkdir -p $(@D); rm -f $@; ar rcsD $@ $^
$(B)/libtapeloom.so: $(PURE_OBJ)
	@mkdir -p $(@D)
	$(CC) -shared $(SAN) -Wl,-soname,libtapeloom.so.0 -o $@ $^ -lm
$(B)/tapeloom: $(APP_OBJ) $(B)/libtapeloom.a
	$(CC) $(SAN) -o $@ $(APP_OBJ) $(B)/libtapeloom.a $(PKG_LIBS) -lm
# This program around the engine of another build (tests/integration/reproducible.sh).
ENGINE ?= $(B)
$(ENGINE)/tapeloom_engine: $(APP_OBJ) $(ENGINE)/libtapeloom.a
	$(CC) $(SAN) -o $@ $(APP_OBJ) $(ENGINE)/libtapeloom.a $(PKG_LIBS) -lm
$(B)/unit_tests: $(TEST_OBJ) $(filter-out $(MAIN_OBJ),$(APP_OBJ)) $(B)/libtapeloom.a
	$(CC) $(SAN) -o $@ $(TEST_OBJ) $(filter-out $(MAIN_OBJ),$(APP_OBJ)) $(B)/libtapeloom.a $(PKG_LIBS) -lm
$(B)/bench_run: $(BENCH_OBJ) $(filter-out $(MAIN_OBJ),$(APP_OBJ)) $(B)/libtapeloom.a
	$(CC) $(SAN) -o $@ $(BENCH_OBJ) $(filter-out $(MAIN_OBJ),$(APP_OBJ)) $(B)/libtapeloom.a $(PKG_LIBS) -lm

$(B)/src/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(PKG_CFLAGS) -c -o $@ $<
$(B)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(PKG_CFLAGS) -Itests -c -o $@ $<
$(B)/bench/%.o: bench/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(PKG_CFLAGS) -c -o $@ $<

# The window of `tapeloom desktop`, where WebKitGTK is installed (libwebkit2gtk-4.1-dev).
desktop: $(B)/tapeloom $(B)/tapeloom-window
$(B)/tapeloom-window: desktop/window.c
	@mkdir -p $(@D)
	$(CC) -std=c17 -D_GNU_SOURCE $(filter-out -Wpedantic,$(WARN)) $(OPT) $(subst -I,-isystem ,$(shell pkg-config --cflags webkit2gtk-4.1)) \
	  -o $@ $< $(shell pkg-config --libs webkit2gtk-4.1)

tests: $(B)/unit_tests
bench: $(B)/bench_run
	$(B)/bench_run
# The page under load in Chromium: a minute, and the hour.
bench-page:
	node bench/page.mjs
	node bench/window.mjs
soak:
	node bench/page.mjs --minutes 60

# Fuzz targets: fuzz/NAME.c with LLVMFuzzerTestOneInput. `make fuzz` builds them with libFuzzer as
# build/fuzz/fuzz_NAME; `./test` runs each for some seconds (tools/fuzz-briefly) and replays
# fuzz/corpus/NAME through the same function with fuzz/replay_main.c.
FUZZ := $(patsubst fuzz/fuzz_%.c,%,$(wildcard fuzz/fuzz_*.c))
fuzz:
	$(MAKE) V=fuzz fuzz_targets
fuzz_targets: $(FUZZ:%=$(B)/fuzz_%)
$(B)/fuzz_%: $(B)/fuzz/fuzz_%.o $(filter-out $(MAIN_OBJ),$(APP_OBJ)) $(B)/libtapeloom.a
	$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(PKG_LIBS) -lm
$(B)/replay_%: $(B)/fuzz/fuzz_%.o $(B)/fuzz/replay_main.o $(filter-out $(MAIN_OBJ),$(APP_OBJ)) $(B)/libtapeloom.a
	$(CC) $(SAN) -o $@ $^ $(PKG_LIBS) -lm
$(B)/fuzz/%.o: fuzz/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(PKG_CFLAGS) -c -o $@ $<
replay: $(FUZZ:%=$(B)/replay_%)
	@set -e; for f in $(FUZZ); do $(B)/replay_$$f fuzz/corpus/$$f; done

check:
	tools/check-layers
	tools/check-purity $(B)
	tools/check-format

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include/tapeloom
	install -m755 $(B)/tapeloom $(wildcard $(B)/tapeloom-window) $(DESTDIR)$(PREFIX)/bin/
	install -m644 include/tapeloom/*.h $(DESTDIR)$(PREFIX)/include/tapeloom/
	install -m644 $(B)/libtapeloom.a $(DESTDIR)$(PREFIX)/lib/
	install -m755 $(B)/libtapeloom.so $(DESTDIR)$(PREFIX)/lib/libtapeloom.so.0
	ln -sf libtapeloom.so.0 $(DESTDIR)$(PREFIX)/lib/libtapeloom.so
	sed 's|@PREFIX@|$(PREFIX)|' tools/tapeloom.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/tapeloom.pc

clean:
	rm -rf build

.PHONY: all help tests bench bench-page soak desktop fuzz fuzz_targets replay check format install clean
.SECONDARY:
-include $(PURE_OBJ:.o=.d) $(APP_OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(BENCH_OBJ:.o=.d) $(FUZZ:%=$(B)/fuzz/fuzz_%.d)
