/* Links of a draft: names, addresses and indexes of their ends. */
#include "plan/draft.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "plan/draft_inside.h"
#include "plan/sysctls.h"

/* A bridge takes ports 1 to 1023: br_private.h, BR_PORT_BITS. */
#define BRIDGE_PORTS 1023

bool draft_port_taken(const struct draft_node *n, const char *name)
{
	size_t i;

	for (i = 0; i < n->n_ports; i++)
		if (strcmp(n->ports[i]->name, name) == 0)
			return true;
	return strcmp(name, "lo") == 0 || strcmp(name, n->bridge) == 0;
}

/* What interface WISH means on N: "eth5" is "h1-eth5" where that fits; NULL is the next number. */
static int choose_name(const struct draft_node *n, const char *wish,
		       char name[NAME_MAX_INTERFACE + 1], struct err *err)
{
	long number = wish ? draft_port_number(n->name, wish) : (long)n->next_port;

	if (number >= 0)
		name_interface(name, n->name, number);
	else if (name_check_interface(wish, err) < 0)
		return -1;
	else
		snprintf(name, NAME_MAX_INTERFACE + 1, "%s", wish);
	if (draft_port_taken(n, name))
		return err_set(err, "%s has an interface %s already", n->name, name);
	return 0;
}

/* Interfaces with a name of their own are numbered by it, so that the same name has the same MAC.
 */
static unsigned name_number(const char *name)
{
	unsigned hash = 5381;

	while (*name)
		hash = hash * 33 + (unsigned char)*name++;
	return 0x8000 + hash % 0x8000;
}

static struct draft_port *add_port(struct draft *d, struct draft_node *n, const char *name,
				   const struct prefix addresses[2])
{
	struct draft_port *p = draft_new_port(n, name);
	long number = draft_port_number(n->name, name);
	size_t i, given = 0;

	mac_of_port(p->mac, n->name, number >= 0 ? (unsigned)number : name_number(name));
	draft_count_port(n, name);
	for (i = 0; i < 2; i++) {
		if (!addresses[i].family)
			continue;
		p->addresses[given++] = addresses[i];
		draft_claim_address(d, &addresses[i], n->name);
	}
	return p;
}

/* Somebody has it, or the other end of this link has just chosen it. */
static bool address_taken(const struct draft *d, const struct prefix *p,
			  const struct prefix other[2])
{
	char text[PREFIX_TEXT];

	return map_get(&d->used_addresses, address_format(text, p)) ||
	       (other && (prefix_same_address(p, &other[0]) || prefix_same_address(p, &other[1])));
}

/* The defaults, the same number in both families: the host's own, or the lowest that is free. */
static int default_addresses(struct draft *d, const struct draft_node *n,
			     const struct prefix other[2], struct prefix chosen[2], struct err *err)
{
	int families = sysctls_ipv6() ? 2 : 1, i;
	uint32_t k = n->number, next = 0;
	bool taken;

	do {
		taken = false;
		for (i = 0; i < families; i++) {
			if (prefix_nth(&d->subnet[i], k, &chosen[i], err) < 0)
				return -1;
			taken |= address_taken(d, &chosen[i], other);
		}
		k = ++next;
	} while (taken);
	return 0;
}

/* An address that the author gives this end. */
static int given_address(struct draft *d, const struct prefix *p, const struct prefix other[2],
			 struct err *err)
{
	char text[PREFIX_TEXT];

	if (p->family && other &&
	    (prefix_same_address(p, &other[0]) || prefix_same_address(p, &other[1])))
		return err_set(err, "%s at both ends", address_format(text, p));
	return p->family ? draft_check_address(d, p, err) : 0;
}

/* What an end that is no switch gets: the link's own, else the node's on its first port, else (a
 * host's first) the default. */
static int choose_addresses(struct draft *d, const struct draft_node *n,
			    const struct draft_end_options *o, const struct prefix other[2],
			    struct prefix chosen[2], struct err *err)
{
	bool given = o->ip.family || o->ip6.family,
	     own = n->address[0].family || n->address[1].family;

	memset(chosen, 0, 2 * sizeof(*chosen));
	if (n->kind == GRAPH_SWITCH)
		return given ? err_set(err, "%s is a switch: its ports take no address", n->name)
			     : 0;
	if (given_address(d, &o->ip, other, err) < 0 || given_address(d, &o->ip6, other, err) < 0)
		return -1;
	chosen[0] = o->ip;
	chosen[1] = o->ip6;
	if (o->bare || n->bare || given || n->n_ports > 0)
		return 0;
	if (own)
		memcpy(chosen, n->address, 2 * sizeof(*chosen));
	else if (n->kind == GRAPH_HOST)
		return default_addresses(d, n, other, chosen, err);
	return 0;
}

int draft_take_index(struct draft_node *n)
{
	int index = n->next_index++;

	return n->asks ? index : 0;
}

/*
 * An end of a veth pair whose index is also its peer's is taken for a physical device by the
 * kernel, and its carrier may be noticed a second late (net/core/link_watch.c,
 * linkwatch_urgent_event: ifindex == iflink). So A passes over that number, and asks for its
 * indexes from then on: the kernel would come back to the one left out. B can ask only where A does
 * (drivers/net/veth.c, veth_newlink).
 */
void draft_take_indexes(struct draft_node *a, struct draft_node *b, int *index_a, int *index_b)
{
	if (a != b && a->next_index == b->next_index) {
		a->next_index++;
		a->asks = true;
	}
	a->asks |= b->asks;
	*index_a = draft_take_index(a);
	*index_b = draft_take_index(b);
}

static int check_room(const struct draft_node *n, struct err *err)
{
	if (n->kind == GRAPH_SWITCH && n->n_ports >= BRIDGE_PORTS)
		return err_set(err, "%s has %d ports: a Linux bridge takes no more", n->name,
			       BRIDGE_PORTS);
	return 0;
}

int draft_add_link(struct draft *d, const char *a, const char *b,
		   const struct draft_link_options *options, struct err *err)
{
	static const struct draft_link_options none = { 0 };
	const struct draft_link_options *o = options ? options : &none;
	char name_a[NAME_MAX_INTERFACE + 1], name_b[NAME_MAX_INTERFACE + 1];
	struct prefix address_a[2], address_b[2];
	struct draft_node *na, *nb;
	struct draft_link *link;

	if (!(na = draft_find_node(d, a, err)) || !(nb = draft_find_node(d, b, err)))
		return err_wrap(err, "link %s-%s", a, b);
	if (o->mtu && o->mtu < IPV6_MTU && (o->a.ip6.family || o->b.ip6.family))
		return err_set(err, "link %s-%s: mtu %u: IPv6 needs %d", a, b, o->mtu, IPV6_MTU);
	if (na == nb)
		return err_set(err, "link %s-%s: a link needs two different nodes", a, b);
	if (check_room(na, err) < 0 || check_room(nb, err) < 0 ||
	    choose_name(na, o->a.interface, name_a, err) < 0 ||
	    choose_name(nb, o->b.interface, name_b, err) < 0 ||
	    choose_addresses(d, na, &o->a, NULL, address_a, err) < 0 ||
	    choose_addresses(d, nb, &o->b, address_a, address_b, err) < 0 ||
	    (!o->storm && draft_check_loop(d, na, nb, err) < 0))
		return err_wrap(err, "link %s-%s", a, b);
	d->links = mem_grow(d->links, d->n_links, &d->cap_links, sizeof(*d->links));
	link = &d->links[d->n_links++];
	link->a = add_port(d, na, name_a, address_a);
	link->b = add_port(d, nb, name_b, address_b);
	link->mtu = o->mtu;
	link->place = d->parts.place;
	draft_take_indexes(na, nb, &link->index[0], &link->index[1]);
	draft_join_switches(d, na, nb);
	return 0;
}
