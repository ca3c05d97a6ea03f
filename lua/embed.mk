# The built-in topologies, and our own scripts, as C tables (lua/embedded.h). Needs $B, the build directory; gives EMBED_OBJ to
# link.
# od and sed are everywhere: no xxd, and no compiler with #embed.

EMBED_TOPOLOGIES := $(sort $(wildcard topologies/*.lua))
EMBED_SCRIPTS := $(sort $(wildcard lua/*.lua))
EMBED_SRC := $(EMBED_TOPOLOGIES) $(EMBED_SCRIPTS)
EMBED_OBJ := $B/lua/embedded.o

# The directory is named too: a file taken away changes the table.
$B/lua/embedded.c: $(EMBED_SRC) topologies lua lua/embed.mk
	@mkdir -p $(@D)
	@{ \
		printf '#include "lua/embedded.h"\n'; \
		n=0; \
		for f in $(EMBED_SRC); do \
			n=$$((n + 1)); \
			printf '\n/* %s */\nstatic const unsigned char text_%d[] = {\n' "$$f" "$$n"; \
			od -v -A n -t x1 "$$f" | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g'; \
			printf '0x00\n};\n'; \
		done; \
		n=0; \
		for table in topologies scripts; do \
			printf '\nconst struct embedded embedded_%s[] = {\n' $$table; \
			[ $$table = scripts ] && files="$(EMBED_SCRIPTS)" || files="$(EMBED_TOPOLOGIES)"; \
			for f in $$files; do \
				n=$$((n + 1)); \
				printf '\t{ "%s", "%s", (const char *)text_%d, sizeof(text_%d) - 1 },\n' \
					"$$(basename "$$f" .lua)" "$$f" "$$n" "$$n"; \
			done; \
			printf '\t{ 0 },\n};\n'; \
		done; \
		printf '\nconst char *const embedded_topology_names[] = {\n'; \
		for f in $(EMBED_TOPOLOGIES); do \
			printf '\t"%s",\n' "$$(basename "$$f" .lua)"; \
		done; \
		printf '\t0,\n};\n'; \
	} > $@.tmp
	@mv $@.tmp $@

$(EMBED_OBJ): $B/lua/embedded.c lua/embedded.h
	$(call say,CC,$<)
	$Q$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
