/* Making network namespaces: at once, or ahead by a thread (maker.h); their ids. */
#include "lab/netns.h"

#include <errno.h>
#include <limits.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "kernel/namespace.h"
#include "lab/init.h"
#include "lab/maker.h"
#include "lab/node_files.h"

/* ---- its id in the lab's root, by which events there name it ---- */

static void read_nsid(const struct nlmsghdr *h, void *data)
{
	const struct nlattr *tb[NETNSA_MAX + 1];

	netlink_parse(tb, NETNSA_MAX, h, sizeof(struct rtgenmsg));
	*(int *)data = netlink_s32(tb[NETNSA_NSID], -1);
}

static int get_nsid(struct lab *lab, struct lab_netns *ns, struct err *err)
{
	const struct rtgenmsg body = { .rtgen_family = AF_UNSPEC };
	struct netlink_message m;

	netlink_begin(&m, RTM_GETNSID, 0, &body, sizeof(body));
	netlink_put_u32(&m, NETNSA_FD, (uint32_t)ns->fd);
	return netlink_get(&lab->root.nl, &m, read_nsid, &ns->nsid, err);
}

/* ID -1: the kernel chooses. */
static int set_nsid(struct lab *lab, struct lab_netns *ns, int id, struct err *err)
{
	const struct rtgenmsg body = { .rtgen_family = AF_UNSPEC };
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWNSID, NLM_F_ACK, &body, sizeof(body));
	netlink_put_u32(&m, NETNSA_FD, (uint32_t)ns->fd);
	netlink_put_u32(&m, NETNSA_NSID, (uint32_t)id);
	return netlink_do(&lab->root.nl, &m, err);
}

/* It may have one: given by `ip netns set`, or by the kernel to tell where a veth's peer is. */
int netns_learn_id(struct lab *lab, struct lab_netns *ns, struct err *err)
{
	struct err why = ERR_INIT;

	if (get_nsid(lab, ns, err) < 0)
		return -1;
	if (ns->nsid >= 0)
		return 0;
	/* Another shell may have been quicker. */
	if (set_nsid(lab, ns, -1, &why) < 0 && why.code != EEXIST)
		return err_set(err, "name a network namespace: %s", why.text);
	return get_nsid(lab, ns, err);
}

/* A new one has none yet: one request where the kernel's choice would take three. Another shell may
 * have taken the number. */
static int give_nsid(struct lab *lab, struct lab_netns *ns, struct err *err)
{
	struct err why = ERR_INIT;
	int id = lab->next_nsid;

	if (set_nsid(lab, ns, id, &why) < 0) {
		if (why.code != EEXIST)
			return err_set(err, "name a network namespace: %s", why.text);
		if (netns_learn_id(lab, ns, err) < 0)
			return -1;
		id = ns->nsid;
	}
	ns->nsid = id;
	if (id >= lab->next_nsid)
		lab->next_nsid = id + 1;
	return 0;
}

/* ---- making ---- */

/* From now on init holds it, as /run/netns/NAME. */
int netns_publish(struct lab *lab, struct lab_netns *ns, struct err *err)
{
	if (init_hold(&lab->channel, ns->name, ns->fd, err) < 0)
		return -1;
	ns->ours = true;
	return 0;
}

static int introduce(struct lab *lab, struct lab_netns *ns, struct err *err)
{
	return give_nsid(lab, ns, err) < 0 ? -1 : netns_publish(lab, ns, err);
}

/* What an earlier node of that name had; where there is one, it is another shell's, made just now.
 */
static void forget_files(const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	if (lstat(path, &st) < 0)
		node_files_forget(name);
}

/* Promise NS the next of those that are made ahead. */
static bool expect_one(struct lab *lab, struct lab_netns *ns)
{
	if (!lab->maker || lab->n_ahead == maker_size(lab->maker))
		return false;
	ns->pending = true;
	ns->slot = lab->n_ahead;
	lab->ahead[lab->n_ahead++] = ns;
	return true;
}

static int make_now(struct lab *lab, struct lab_netns *ns, struct err *err)
{
	if (namespace_create_net(lab->root.fd, &ns->fd, &ns->nl, NULL, NULL, err) < 0 ||
	    introduce(lab, ns, err) < 0)
		return -1;
	if (init_held(&lab->channel, err) == 0)
		return 0;
	/* It may have been another of that message. */
	init_drop(&lab->channel, ns->name, ns->fd);
	return -1;
}

int lab_netns_add(struct lab *lab, const char *name, struct err *err)
{
	struct lab_netns *ns = netns_new(name);

	forget_files(name);
	if (expect_one(lab, ns) || make_now(lab, ns, err) == 0) {
		map_put(&lab->netns, ns->name, ns);
		return 0;
	}
	netns_free(ns);
	return err_wrap(err, "node %s", name);
}

void netns_forget_pending(struct lab *lab, struct lab_netns *ns)
{
	if (lab->ahead)
		lab->ahead[ns->slot] = NULL;
	map_remove(&lab->netns, ns->name);
	netns_free(ns);
}

static int finish_one(struct lab *lab, struct lab_netns *ns, struct err *err)
{
	if (maker_take(lab->maker, ns->slot, &ns->fd, &ns->nl, err) == 0 &&
	    introduce(lab, ns, err) == 0) {
		ns->pending = false;
		return 0;
	}
	err_wrap(err, "node %s", ns->name);
	netns_forget_pending(lab, ns);
	return -1;
}

/* In the order in which they were asked for: the graph counts nodes as they appear. */
static int finish_up_to(struct lab *lab, size_t slot, struct err *err)
{
	while (lab->n_finished <= slot) {
		struct lab_netns *ns = lab->ahead[lab->n_finished++];

		if (ns && finish_one(lab, ns, err) < 0)
			return -1;
	}
	return 0;
}

int netns_finish(struct lab *lab, struct lab_netns *ns, struct err *err)
{
	if (!lab->maker || lab->n_finished > ns->slot)
		return err_set(err, "node %s was not made", ns->name);
	return finish_up_to(lab, ns->slot, err);
}

void lab_netns_expect(struct lab *lab, size_t n)
{
	lab->maker = maker_start(lab->root.fd, n);
	if (lab->maker)
		lab->ahead = mem_resize(NULL, n, sizeof(*lab->ahead));
}

int lab_netns_confirm(struct lab *lab, struct err *err)
{
	int rc = lab->n_ahead ? finish_up_to(lab, lab->n_ahead - 1, err) : 0;

	maker_stop(lab->maker);
	free(lab->ahead);
	lab->maker = NULL;
	lab->ahead = NULL;
	lab->n_ahead = lab->n_finished = 0;
	return init_held(&lab->channel, rc < 0 ? NULL : err) < 0 ? -1 : rc;
}
