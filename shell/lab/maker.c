#include "lab/maker.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "kernel/namespace.h"

#define STACK_SIZE (256 * 1024)

struct slot {
	int fd; /* -1: not made, or taken */
	struct netlink nl;
};

struct maker {
	int home;
	struct slot *slots;
	size_t n;
	pthread_t thread;
	pthread_mutex_t lock; /* for all below, and the slots up to `made` */
	pthread_cond_t progress;
	size_t made;
	bool ended, stop;
	struct err err; /* why it ended before all were made */
};

/* False at the end. */
static bool make_next(struct maker *m)
{
	struct slot slot = { .fd = -1 };
	struct err err = ERR_INIT;
	int rc = namespace_create_net(m->home, &slot.fd, &slot.nl, NULL, NULL, &err);

	pthread_mutex_lock(&m->lock);
	if (rc == 0)
		m->slots[m->made++] = slot;
	else
		m->err = err;
	m->ended = rc < 0 || m->stop || m->made == m->n;
	pthread_cond_signal(&m->progress);
	pthread_mutex_unlock(&m->lock);
	return !m->ended;
}

static void *run(void *data)
{
	while (make_next(data))
		;
	return NULL;
}

/* Signals are for the shell: none may come to the thread. */
static int start_thread(struct maker *m)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	int code;

	if (pthread_attr_init(&attributes))
		return -1;
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&m->thread, &attributes, run, m);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return code ? -1 : 0;
}

static void maker_free(struct maker *m)
{
	for (size_t i = 0; i < m->made; i++) {
		netlink_close(&m->slots[i].nl);
		if (m->slots[i].fd >= 0)
			close(m->slots[i].fd);
	}
	pthread_cond_destroy(&m->progress);
	pthread_mutex_destroy(&m->lock);
	free(m->slots);
	free(m);
}

struct maker *maker_start(int home, size_t n)
{
	struct maker *m = mem_alloc(sizeof(*m));

	*m = (struct maker){ .home = home, .n = n, .err = ERR_INIT };
	m->slots = mem_resize(NULL, n, sizeof(*m->slots));
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->progress, NULL);
	if (start_thread(m) == 0)
		return m;
	maker_free(m);
	return NULL;
}

size_t maker_size(const struct maker *m)
{
	return m->n;
}

int maker_take(struct maker *m, size_t slot, int *fd, struct netlink *nl, struct err *err)
{
	bool there;

	pthread_mutex_lock(&m->lock);
	while (m->made <= slot && !m->ended)
		pthread_cond_wait(&m->progress, &m->lock);
	there = m->made > slot;
	if (there) {
		*fd = m->slots[slot].fd;
		*nl = m->slots[slot].nl;
		m->slots[slot] = (struct slot){ .fd = -1 };
	} else if (err) {
		*err = m->err;
	}
	pthread_mutex_unlock(&m->lock);
	return there ? 0 : -1;
}

void maker_stop(struct maker *m)
{
	if (!m)
		return;
	pthread_mutex_lock(&m->lock);
	m->stop = true;
	pthread_mutex_unlock(&m->lock);
	pthread_join(m->thread, NULL);
	maker_free(m);
}
