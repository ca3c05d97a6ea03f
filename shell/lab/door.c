#include "lab/door.h"

#include <errno.h>
#include <linux/net.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/name.h"

/* An init that is alive answers at once. */
#define ANSWER_MS 2000

static socklen_t address_of(struct sockaddr_un *address, const struct door_lab *lab)
{
	/* A leading zero byte: the name lives in the network namespace, and only as long as the
	 * socket. */
	int n = snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "nslab/%u/%s",
			 (unsigned)lab->uid, lab->name);

	address->sun_family = AF_UNIX;
	address->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
}

/* ---- claiming ---- */

static int claim(int door, const char *name)
{
	struct door_lab lab = { .uid = getuid() };
	struct sockaddr_un address;
	socklen_t len;

	snprintf(lab.name, sizeof(lab.name), "%s", name);
	len = address_of(&address, &lab);
	return bind(door, (struct sockaddr *)&address, len) < 0 ? errno : 0;
}

int door_socket(struct err *err)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 ? err_errno(err, errno, "open a socket") : fd;
}

int door_claim(char name[LAB_NAME_MAX + 1], const char *wanted, struct err *err)
{
	int door, code;

	if (wanted && name_check_node(wanted, err) < 0)
		return err_wrap(err, "the lab's name");
	door = door_socket(err);
	if (door < 0)
		return -1;
	snprintf(name, LAB_NAME_MAX + 1, "%s", wanted ? wanted : "lab");
	code = claim(door, name);
	for (int n = 2; code == EADDRINUSE && !wanted && n < 10000; n++) {
		snprintf(name, LAB_NAME_MAX + 1, "lab%d", n);
		code = claim(door, name);
	}
	if (code == 0)
		return door;
	close(door);
	if (code != EADDRINUSE)
		return err_errno(err, code, "claim the name %s", name);
	err_set(err, "lab %s is running already", name);
	return err_hint(
		err,
		"enter it: nslab attach %s; end it: nslab stop %s; or give this one another "
		"name: --name",
		name, name);
}

/* ---- listing ---- */

/* Is LINE of /proc/net/unix a lab's door? Of the sockets that bear its name only one listens. */
static bool parse_line(const char *line, struct door_lab *lab)
{
	unsigned long flags;
	unsigned uid, type;
	char end;

	if (sscanf(line, "%*s %*s %*s %lx %x %*s %*s @nslab/%u/%31[^/\n]%c", &flags, &type, &uid,
		   lab->name, &end) != 5 ||
	    end != '\n' || type != SOCK_SEQPACKET || !(flags & __SO_ACCEPTCON))
		return false;
	lab->uid = uid;
	return name_check_node(lab->name, NULL) == 0;
}

static int compare_labs(const void *left, const void *right)
{
	const struct door_lab *a = left, *b = right;

	if (a->uid != b->uid)
		return a->uid < b->uid ? -1 : 1;
	return name_compare(a->name, b->name);
}

struct door_lab *door_list(size_t *n)
{
	FILE *file = fopen("/proc/net/unix", "re");
	struct door_lab *labs = NULL, lab;
	size_t cap = 0;
	char line[512];

	*n = 0;
	while (file && fgets(line, sizeof(line), file)) {
		if (!parse_line(line, &lab))
			continue;
		labs = mem_grow(labs, *n, &cap, sizeof(*labs));
		labs[(*n)++] = lab;
	}
	if (file)
		fclose(file);
	if (*n)
		qsort(labs, *n, sizeof(*labs), compare_labs);
	return labs;
}

/* ---- finding ---- */

bool door_may_enter(uid_t uid)
{
	return getuid() == 0 || getuid() == uid;
}

/* What a person asks for. */
struct wanted {
	const char *name;
	bool one_user; /* they said whose */
	uid_t uid;
};

static int parse_wanted(const char *word, struct wanted *w, struct err *err)
{
	const char *slash = strchr(word, '/');
	char user[64], *end;
	const struct passwd *pw;

	*w = (struct wanted){ .name = slash ? slash + 1 : word, .one_user = slash };
	if (!slash)
		return 0;
	snprintf(user, sizeof(user), "%.*s", (int)(slash - word), word);
	pw = getpwnam(user);
	w->uid = pw ? pw->pw_uid : (uid_t)strtoul(user, &end, 10);
	if (!pw && (!*user || *end))
		return err_set(err, "lab %s: no user %s", word, user);
	return 0;
}

/* How well LAB fits, 0: not at all. Labs one may enter come first, whole names, then one's own. */
static unsigned fit(const struct door_lab *lab, const struct wanted *w)
{
	size_t len = strlen(w->name);

	if ((w->one_user && lab->uid != w->uid) || strncmp(lab->name, w->name, len) != 0 || !len)
		return 0;
	return 1 + (lab->uid == getuid()) + 2 * (lab->name[len] == '\0') +
	       4 * door_may_enter(lab->uid);
}

static int refuse_missing(const struct door_lab *labs, size_t n, const char *word, struct err *err)
{
	struct nearest nearest = { .word = word };
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (!door_may_enter(labs[i].uid))
			continue;
		nearest_offer(&nearest, labs[i].name);
		any = true;
	}
	err_set(err, "no lab %s is running", word);
	nearest_suggest(&nearest, err);
	return err_hint(err, any ? "`nslab ls` lists those that run"
				 : "none of yours is; `nslab --keep` starts one that stays");
}

static int refuse_ambiguous(const struct door_lab *labs, size_t n, const char *word,
			    const struct wanted *w, unsigned best, struct err *err)
{
	struct buf names = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (fit(&labs[i], w) != best)
			continue;
		buf_puts(&names, names.len ? ", " : "");
		if (labs[i].uid != getuid())
			buf_printf(&names, "%u/", (unsigned)labs[i].uid);
		buf_puts(&names, labs[i].name);
	}
	err_set(err, "lab %s could be %s", word, buf_text(&names));
	buf_free(&names);
	return err_hint(err, "say a little more of its name");
}

static int refuse_foreign(const struct door_lab *lab, struct err *err)
{
	const struct passwd *pw = getpwuid(lab->uid);
	char user[64];

	snprintf(user, sizeof(user), "%u", (unsigned)lab->uid);
	err_set(err, "lab %s belongs to user %s: only that user and root may enter it", lab->name,
		pw ? pw->pw_name : user);
	if (err)
		err->class = ERR_MACHINE;
	return -1;
}

int door_find(const char *word, struct door_lab *found, struct err *err)
{
	struct door_lab *labs;
	struct wanted w;
	unsigned best = 0, alike = 0;
	size_t n;
	int r = 0;

	if (parse_wanted(word, &w, err) < 0)
		return -1;
	labs = door_list(&n);
	for (size_t i = 0; i < n; i++) {
		unsigned f = fit(&labs[i], &w);

		if (f > best)
			*found = labs[i];
		alike = f > best ? 1 : alike + (f && f == best);
		best = f > best ? f : best;
	}
	if (best == 0)
		r = refuse_missing(labs, n, word, err);
	else if (!door_may_enter(found->uid))
		r = refuse_foreign(found, err);
	else if (alike > 1)
		r = refuse_ambiguous(labs, n, word, &w, best, err);
	free(labs);
	return r;
}

/* ---- knocking ---- */

static int hear(int socket, struct door_state *state)
{
	struct pollfd answer = { .fd = socket, .events = POLLIN };
	ssize_t n;

	if (poll(&answer, 1, ANSWER_MS) <= 0)
		return ETIMEDOUT;
	n = recv(socket, state, sizeof(*state), 0);
	/* It ended just now. */
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return ECONNREFUSED;
	if (n < 0)
		return errno;
	return n == sizeof(*state) && state->protocol == DOOR_PROTOCOL ? 0 : EPROTO;
}

static int refuse_gone(const struct door_lab *lab, int code, struct err *err)
{
	if (code != ECONNREFUSED)
		return err_errno(err, code, "lab %s", lab->name);
	err_set(err, "no lab %s is running", lab->name);
	if (err)
		err->code = code;
	return -1;
}

pid_t door_knock(int socket, const struct door_lab *lab, struct door_state *state, struct err *err)
{
	struct sockaddr_un address;
	socklen_t len = address_of(&address, lab), size = sizeof(struct ucred);
	struct ucred peer = { 0 };
	int code;

	/* Not waiting where others fill the queue. */
	if (connect(socket, (struct sockaddr *)&address, len) < 0 ||
	    getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return refuse_gone(lab, errno, err);
	/* The name is anybody's to bind: a lab is only where its owner, or root, did. */
	if (peer.uid != lab->uid && peer.uid != 0)
		return err_set(err, "no lab %s is running: another user holds its name", lab->name);
	code = hear(socket, state);
	if (code == ECONNREFUSED)
		return refuse_gone(lab, code, err);
	if (code == EPROTO)
		return err_set(err, "lab %s was started by another version of nslab", lab->name);
	if (code)
		return err_errno(err, code, "lab %s does not answer", lab->name);
	if (peer.pid == 0)
		return err_set(err, "lab %s runs in a container whose processes are not seen here",
			       lab->name);
	return peer.pid;
}
