#include "lab/listen.h"

#include <stdio.h>
#include <string.h>

#include "kernel/namespace.h"

/* As /proc/net/tcp and udp have them: TCP_LISTEN, and TCP_CLOSE for a UDP socket without a peer. */
#define STATE_LISTEN 0x0a
#define STATE_CLOSE  0x07

struct look {
	uint16_t port;
	bool tcp, udp;
};

/* "  0: 0100007F:1451 00000000:0000 0A ..." in one of these files. IPv6 may be switched off. */
static bool find_in(const char *path, uint16_t wanted, unsigned wanted_state)
{
	FILE *f = fopen(path, "re");
	char line[512];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f)) {
		unsigned port, state;

		found = sscanf(line, " %*u: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &port, &state) == 2 &&
			port == wanted && state == wanted_state;
	}
	if (f)
		fclose(f);
	return found;
}

/* In the node's namespace: /proc/self/net is that of the reader. */
static int look_here(void *data, struct err *err)
{
	struct look *l = data;

	(void)err;
	l->tcp = find_in("/proc/self/net/tcp", l->port, STATE_LISTEN) ||
		 find_in("/proc/self/net/tcp6", l->port, STATE_LISTEN);
	l->udp = find_in("/proc/self/net/udp", l->port, STATE_CLOSE) ||
		 find_in("/proc/self/net/udp6", l->port, STATE_CLOSE);
	return 0;
}

int listen_look(struct lab *lab, const char *name, uint16_t port, bool *tcp, bool *udp,
		struct err *err)
{
	struct lab_netns *ns = lab_netns_find(lab, name, err);
	struct look l = { .port = port };

	if (!ns || namespace_within(lab->root.fd, ns->fd, look_here, &l, err) < 0)
		return -1;
	*tcp = l.tcp;
	*udp = l.udp;
	return 0;
}
