/* Inside the plan room: the four functions of each kind of operation, together in one op_*.c. */
#ifndef NSLAB_PLAN_OP_H
#define NSLAB_PLAN_OP_H

#include "plan/plan.h"

struct op_class {
	/* Pure; NULL: nothing to check. */
	int (*check)(const struct op *op, struct err *err);
	int (*apply)(struct op *op, struct lab *lab, struct err *err);
	/* When all has been applied: is it still so? NULL: how should it not? */
	int (*confirm)(struct op *op, struct lab *lab, struct err *err);
	/* As far as it goes: what cannot be undone is gone already. NULL: it goes with what it was
	 * done to. */
	void (*undo)(struct op *op, struct lab *lab);
	/* Nothing can fail any more: give up what was kept for undo. NULL: nothing was. */
	void (*commit)(struct op *op, struct lab *lab);
	/* Pure: lines that run. */
	void (*explain)(const struct op *op, struct buf *out);
	bool is_program; /* what it runs may use all that was made before it */
};

extern const struct op_class op_netns_add, op_netns_del, op_sysctl, op_device_add, op_veth_add,
	op_link_del, op_link_set, op_address_add, op_address_del, op_route_add, op_route_del,
	op_routes_save, op_routes_restore, op_private, op_file, op_exec, op_daemon;

const struct op_class *op_class(enum op_kind kind);

/* Apply in order; on failure undo what was done. The parts of plan_apply that restoring a link
 * shares. */
int plan_run(struct plan *p, struct lab *lab, struct err *err);

/* Forget the routes that were kept for interfaces of a namespace NAME (op_routes.c). */
void op_forget_routes(const char *netns);
/* "ip " or "ip -n h1 ": how an explained line begins. */
void op_put_ip(struct buf *out, const char *netns);
/* "ip netns exec h1 ", or nothing for the lab's root: how any other line begins. */
void op_put_exec(struct buf *out, const char *netns);
/* " dev NAME", quoted where it must be. */
void op_put_name(struct buf *out, const char *word, const char *name);
/* The line that runs LINE in the namespace, without a newline: as it stands, or by sh. */
void op_put_line(struct buf *out, const char *netns, const char *line);
/* Take away a device, whoever made it. */
int op_delete_link(const struct op_end *end, struct lab *lab, struct err *err);
/* The socket inside the namespace; NULL with err. */
struct netlink *op_socket(struct lab *lab, const char *netns, struct err *err);

#endif
