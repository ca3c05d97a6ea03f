# nslab. GNU make; objects and the program go to build/.
#
#   make            build the program                 make check    build and run all tests
#   make run        build, then open a lab            make asan     the same tests with ASan and UBSan
#   make demo       build, then a scripted tour       make tidy     clang-tidy and clang-format, nothing changed
#   make install    to PREFIX (/usr/local), DESTDIR   make bench    compare with the kernel alone, and mininet
#   make uninstall  take that away again              make docs     write docs/commands.md and lua.md anew
#   make deps       install what is missing           make clean    remove build/
#
# run, demo and check look for missing packages themselves. V=1 shows every command; SANITIZE=address,undefined, CC=clang
# and B=DIRECTORY make another kind of build beside the first.

B ?= build
PREFIX ?= /usr/local
V ?= 0
Q := $(if $(filter 1,$V),,@)
say = @$(if $(filter 1,$V),:,printf '  %-6s %s\n' $(1) $(2))

# `false` where there is none: .ci/deps says so, in words.
PKG_CONFIG := $(shell command -v pkg-config 2>/dev/null || echo false)
LUA := $(firstword $(foreach l,lua5.4 lua-5.4 lua54 lua,$(shell $(PKG_CONFIG) --exists '$l >= 5.4' 2>&1 && echo $l)))
LIBRARIES := $(or $(LUA),lua5.4) libedit libmnl
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo 0.1)

ifeq ($(origin CC),default)
CC := gcc
endif
WARNINGS := -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wformat=2
CFLAGS ?= -O2 -g
override CFLAGS := -std=gnu17 $(WARNINGS) $(CFLAGS)
override CPPFLAGS += -D_GNU_SOURCE -Ishell -I. -DNSLAB_VERSION='"$(VERSION)"' \
	$(shell $(PKG_CONFIG) --cflags $(LIBRARIES) 2>/dev/null)
LDLIBS := $(shell $(PKG_CONFIG) --libs $(LIBRARIES) 2>/dev/null) -pthread
ifdef SANITIZE
override CFLAGS += -fsanitize=$(SANITIZE) -fno-omit-frame-pointer
override LDFLAGS += -fsanitize=$(SANITIZE)
endif

SOURCES := $(sort $(wildcard shell/*.c shell/*/*.c lua/*.c lua/*/*.c))
UNITS := $(patsubst %.c,$B/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZERS := $(patsubst %.c,$B/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
TOPOLOGIES := $(sort $(wildcard topologies/*.lua))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all tests fuzzers run demo check asan tidy bench docs install uninstall clean deps

all: $B/nslab

include lua/embed.mk

# Everything but main.o, for the program and the tests.
LIBRARY := $B/libnslab.a
OBJECTS := $(filter-out $B/shell/main.o,$(SOURCES:%.c=$B/%.o)) $(EMBED_OBJ)

$B/nslab: $B/shell/main.o $(LIBRARY)
	$(call say,LINK,$@)
	$Q$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIBRARY): $(OBJECTS)
	$(call say,AR,$@)
	$Qrm -f $@ && ar rc $@ $^

$B/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$Q$(CC) $(CPPFLAGS) -MMD -MP $(CFLAGS) -c -o $@ $<

tests: $(UNITS) $B/tests/kill/killat

$B/tests/unit/%: $B/tests/unit/%.o $(LIBRARY)
	$(call say,LINK,$@)
	$Q$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

# A plain program also in a sanitized build: it traces those.
$B/tests/kill/killat: tests/kill/killat.c
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$Q$(CC) -D_GNU_SOURCE -std=gnu17 -O2 -g $(WARNINGS) -o $@ $<

# For .ci/run: make fuzzers B=build/fuzz CC=clang SANITIZE=fuzzer-no-link,address,undefined
fuzzers: $(FUZZERS)

$B/tests/fuzz/%.o: override CFLAGS += -Wno-missing-prototypes

$B/tests/fuzz/%: $B/tests/fuzz/%.o $(LIBRARY)
	$(call say,LINK,$@)
	$Q$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

run:
	@.ci/deps run
	@$(MAKE) --no-print-directory all
	@$B/nslab minimal

demo:
	@.ci/deps run
	@$(MAKE) --no-print-directory all
	@docs/demo $B/nslab

check:
	@.ci/deps run check
	@$(MAKE) --no-print-directory all tests
	@tests/run --program $B/nslab $(TESTS)

asan:
	@$(MAKE) --no-print-directory check B=build/asan SANITIZE=address,undefined CFLAGS='-O1 -g'

tidy:
	@.ci/deps run tidy
	clang-format --dry-run -Werror $(shell find shell lua tests -name '*.[ch]')
	clang-tidy --quiet $(SOURCES) -- -std=gnu17 $(CPPFLAGS)

bench: all $B/tests/bench/floor $B/tests/bench/prompt
	@tests/bench/bench.py --program $B/nslab --tools $B/tests/bench $(BENCH)

$B/tests/bench/%: tests/bench/%.c tests/bench/tool.h
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$Q$(CC) -D_GNU_SOURCE -std=gnu17 -O2 -g $(WARNINGS) -o $@ $< -lmnl

docs: all
	$B/nslab help --markdown > docs/commands.md
	python3 docs/reference.py
	python3 docs/builtin.py $B/nslab

install: all
	install -D -m 755 $B/nslab $(DESTDIR)$(PREFIX)/bin/nslab
	install -d $(DESTDIR)$(PREFIX)/share/nslab/topologies $(DESTDIR)$(PREFIX)/share/nslab/lua
	install -d $(DESTDIR)$(PREFIX)/share/doc/nslab
	install -m 644 $(TOPOLOGIES) $(DESTDIR)$(PREFIX)/share/nslab/topologies
	install -d $(DESTDIR)$(PREFIX)/share/doc/nslab/scripts
	install -m 644 docs/scripts/*.lua $(DESTDIR)$(PREFIX)/share/doc/nslab/scripts
	install -m 644 lua/library/nslab.lua $(DESTDIR)$(PREFIX)/share/nslab/lua
	install -m 644 LICENSE $(wildcard README.md docs/*.md docs/*.svg) $(DESTDIR)$(PREFIX)/share/doc/nslab

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/nslab
	rm -rf $(DESTDIR)$(PREFIX)/share/nslab $(DESTDIR)$(PREFIX)/share/doc/nslab

clean:
	rm -rf build

deps:
	@.ci/deps run check

-include $(patsubst %.c,$B/%.d,$(SOURCES) $(wildcard tests/unit/*.c tests/fuzz/*.c))
