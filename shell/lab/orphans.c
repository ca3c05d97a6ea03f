#include "lab/orphans.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

void orphans_add(struct orphans *o, pid_t pid, int fd)
{
	o->v = mem_grow(o->v, o->n, &o->cap, sizeof(*o->v));
	o->v[o->n++] = (struct orphan){ pid, fd };
}

void orphans_ended(struct orphans *o, pid_t pid, int status)
{
	size_t i = 0;

	while (i < o->n && o->v[i].pid != pid)
		i++;
	if (i == o->n)
		return;
	dprintf(o->v[i].fd, "%d\n",
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	close(o->v[i].fd);
	o->v[i] = o->v[--o->n];
}
