# The built-in topologies as a C table (lua/embedded.h). Needs $B, the build directory; gives EMBED_OBJ to link.
# od and sed are everywhere: no xxd, and no compiler with #embed.

EMBED_SRC := $(sort $(wildcard topologies/*.lua))
EMBED_OBJ := $B/lua/embedded.o

# The directory is named too: a file taken away changes the table.
$B/lua/embedded.c: $(EMBED_SRC) topologies lua/embed.mk
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
		printf '\nconst struct embedded embedded_topologies[] = {\n'; \
		n=0; \
		for f in $(EMBED_SRC); do \
			n=$$((n + 1)); \
			printf '\t{ "%s", "%s", (const char *)text_%d, sizeof(text_%d) - 1 },\n' \
				"$$(basename "$$f" .lua)" "$$f" "$$n" "$$n"; \
		done; \
		printf '\t{ 0 },\n};\n\nconst char *const embedded_topology_names[] = {\n'; \
		for f in $(EMBED_SRC); do \
			printf '\t"%s",\n' "$$(basename "$$f" .lua)"; \
		done; \
		printf '\t0,\n};\n'; \
	} > $@.tmp
	@mv $@.tmp $@

$(EMBED_OBJ): $B/lua/embedded.c lua/embedded.h
	$(call say,CC,$<)
	$Q$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
