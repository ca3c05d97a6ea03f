#include "command/save.h"

#include <stdio.h>
#include <string.h>

#include "plan/phrase.h"

/* ---- pieces of Lua ---- */

/* Bytes that Lua would not read back as they are. */
static void put_string(struct buf *out, const char *text)
{
	buf_putc(out, '"');
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			buf_printf(out, "\\%c", *c);
		else if ((unsigned char)*c < ' ' || *c == 127)
			buf_printf(out, "\\%03d", (unsigned char)*c);
		else
			buf_putc(out, *c);
	}
	buf_putc(out, '"');
}

/* A table of options being written: nothing at all until there is one. */
struct table_text {
	struct buf *out;
	const char *open; /* before the first: ", { " */
	bool any;
};

static struct buf *put_key(struct table_text *t, const char *key)
{
	buf_puts(t->out, t->any ? ", " : t->open);
	/* The one option of `ip` that is a word of Lua's. */
	buf_printf(t->out, strcmp(key, "local") == 0 ? "[\"%s\"] = " : "%s = ", key);
	t->any = true;
	return t->out;
}

static void put_text(struct table_text *t, const char *key, const char *value)
{
	put_string(put_key(t, key), value);
}

static void put_prefix(struct table_text *t, const char *key, const struct prefix *p)
{
	char text[PREFIX_TEXT];

	if (p->family)
		put_text(t, key, prefix_format(text, p));
}

static void put_mac(struct table_text *t, const uint8_t mac[6])
{
	static const uint8_t none[6];
	char text[MAC_TEXT];

	if (memcmp(mac, none, sizeof(none)) != 0)
		put_text(t, "mac", mac_format(text, mac));
}

static void put_close(struct table_text *t, const char *close)
{
	buf_puts(t->out, t->any ? close : "");
}

/* An option's value: a number stands without quotes. */
static void put_value(struct table_text *t, const char *key, const char *value)
{
	if (*value && !value[strspn(value, "0123456789")] && strlen(value) < 12)
		buf_puts(put_key(t, key), value);
	else
		put_text(t, key, value);
}

static void put_options(struct table_text *t, const char *kind, const char *words)
{
	struct phrase p = { .rest = words };

	while (phrase_next(&p)) {
		char option[PHRASE_WORD];

		memcpy(option, p.word, sizeof(option));
		if (phrase_is_flag(kind, option)) {
			buf_puts(put_key(t, option), "true");
			continue;
		}
		phrase_next(&p);
		put_value(t, option, p.word);
	}
}

/* ---- nodes and links ---- */

static void put_node(const struct shape_node *n, struct buf *out)
{
	static const char *const calls[] = {
		[GRAPH_HOST] = "host", [GRAPH_SWITCH] = "switch", [GRAPH_ROUTER] = "router"
	};
	struct table_text t = { out, ", { ", false };

	buf_printf(out, "\t\tnet:%s(", n->plain ? "namespace" : calls[n->kind]);
	put_string(out, n->node->name);
	if (n->options.bare)
		put_text(&t, "ip", "none");
	put_prefix(&t, "ip", &n->options.ip);
	put_prefix(&t, "ip6", &n->options.ip6);
	if (n->options.stp)
		buf_puts(put_key(&t, "stp"), "true");
	if (n->options.bridge)
		put_options(&t, "bridge", n->options.bridge);
	put_close(&t, " }");
	buf_puts(out, ")\n");
}

static void put_pair(struct table_text *t, const char *key, const struct prefix *a,
		     const struct prefix *b)
{
	char text_a[PREFIX_TEXT], text_b[PREFIX_TEXT];

	buf_printf(put_key(t, key), "\"%s,%s\"", prefix_format(text_a, a),
		   prefix_format(text_b, b));
}

static bool takes_address(const struct shape *s, const struct graph_port *p)
{
	for (size_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].node == p->node)
			return s->nodes[i].kind != GRAPH_SWITCH;
	return true;
}

/* ip = "A" where one end alone takes an address, "A,B" where both have one; else it stands with its
 * end. */
static void put_addresses(const struct shape *s, const struct shape_link *l, struct table_text *t,
			  bool told[2])
{
	const struct prefix *of_a[] = { &l->options.a.ip, &l->options.a.ip6 };
	const struct prefix *of_b[] = { &l->options.b.ip, &l->options.b.ip6 };
	static const char *const keys[] = { "ip", "ip6" };
	bool both = takes_address(s, l->a) && takes_address(s, l->b);

	for (int i = 0; i < 2; i++) {
		told[i] = true;
		if (of_a[i]->family && of_b[i]->family)
			put_pair(t, keys[i], of_a[i], of_b[i]);
		else if (!both)
			put_prefix(t, keys[i], of_a[i]->family ? of_a[i] : of_b[i]);
		else
			told[i] = false;
	}
}

static void put_end(const char *key, const struct draft_end_options *o, const bool told[2],
		    struct table_text *t)
{
	struct buf text = { 0 };
	struct table_text end = { &text, "{ ", false };

	if (o->interface)
		put_text(&end, "interface", o->interface);
	if (!told[0])
		put_prefix(&end, "ip", &o->ip);
	if (!told[1])
		put_prefix(&end, "ip6", &o->ip6);
	put_close(&end, " }");
	if (end.any)
		buf_puts(put_key(t, key), buf_text(&text));
	buf_free(&text);
}

static void put_link(const struct shape *s, const struct shape_link *l, struct buf *out)
{
	struct table_text t = { out, ", { ", false };
	bool told[2];

	buf_puts(out, "\t\tnet:link(");
	put_string(out, l->a->node->name);
	buf_puts(out, ", ");
	put_string(out, l->b->node->name);
	put_addresses(s, l, &t, told);
	if (l->options.mtu)
		buf_printf(put_key(&t, "mtu"), "%u", l->options.mtu);
	if (l->options.storm)
		buf_puts(put_key(&t, "storm"), "true");
	put_end("a", &l->options.a, told, &t);
	put_end("b", &l->options.b, told, &t);
	put_close(&t, " }");
	buf_puts(out, ")\n");
}

/* ---- piece by piece ---- */

/* The lab's root, unless a namespace has taken that name. */
static const char *place_name(const struct shape *s, const char *netns)
{
	if (*netns)
		return netns;
	for (size_t i = 0; i < s->n_nodes; i++)
		if (strcmp(s->nodes[i].node->name, "root") == 0)
			return "";
	return "root";
}

static void begin_piece(const struct shape *s, const char *call, const struct op *op,
			struct buf *out)
{
	buf_printf(out, "\t\tnet:%s(", call);
	put_string(out, place_name(s, op->end.netns));
	if (*op->end.name) {
		buf_puts(out, ", ");
		put_string(out, op->end.name);
	}
}

static void put_device(const struct shape *s, const struct op *op, struct buf *out)
{
	bool bridge = strcmp(op->device, "bridge") == 0;
	struct table_text t = { out, ", { ", false };

	begin_piece(s, bridge ? "bridge" : "device", op, out);
	if (!bridge)
		put_text(&t, "kind", op->device);
	if (*op->peer.name)
		put_text(&t, "on", op->peer.name);
	if (*op->peer.name && strcmp(op->peer.netns, op->end.netns) != 0)
		put_text(&t, "on_node", place_name(s, op->peer.netns));
	put_options(&t, op->device, op->words ? op->words : "");
	put_mac(&t, op->end.mac);
	put_close(&t, " }");
}

static void put_veth_end(const struct shape *s, const struct op_end *end, struct buf *out)
{
	struct table_text t = { out, "{ ", false };

	put_text(&t, "node", place_name(s, end->netns));
	put_text(&t, "interface", end->name);
	put_mac(&t, end->mac);
	put_close(&t, " }");
}

static void put_veth(const struct shape *s, const struct op *op, struct buf *out)
{
	buf_puts(out, "\t\tnet:veth(");
	put_veth_end(s, &op->end, out);
	buf_puts(out, ",\n\t\t         ");
	put_veth_end(s, &op->peer, out);
	if (op->mtu)
		buf_printf(out, ", { mtu = %u }", op->mtu);
}

/* What follows in REST is of the same interface as often as not: one call says it all. */
static size_t put_settings(const struct shape *s, size_t i, struct buf *out)
{
	const struct op *op = &s->rest.ops[i];
	struct table_text t = { out, ", { ", false };
	size_t n = 0;

	begin_piece(s, "set", op, out);
	for (const struct op *next = op;
	     i + n < s->rest.n && next->kind == OP_LINK_SET && !(n && next->set & SET_DOWN) &&
	     strcmp(next->end.name, op->end.name) == 0 &&
	     strcmp(next->end.netns, op->end.netns) == 0;
	     next++, n++) {
		if (next->set & SET_MTU)
			buf_printf(put_key(&t, "mtu"), "%u", next->mtu);
		if (next->set & SET_NO_LINK_LOCAL)
			put_text(&t, "addrgenmode", "none");
		if (next->set & SET_MASTER)
			put_text(&t, "master", next->master);
		if (next->set & (SET_UP | SET_DOWN))
			buf_puts(put_key(&t, "up"), next->set & SET_UP ? "true" : "false");
	}
	put_close(&t, " }");
	return n;
}

static void put_address(const struct shape *s, const struct op *op, struct buf *out)
{
	struct buf text = { 0 };
	char prefix[PREFIX_TEXT];

	begin_piece(s, "address", op, out);
	buf_puts(&text, prefix_format(prefix, &op->address));
	if (op->words)
		phrase_add(&text, "%s", op->words);
	buf_puts(out, ", ");
	put_string(out, buf_text(&text));
	buf_free(&text);
}

/* The I-th piece; how many operations that is. */
static size_t put_piece(const struct shape *s, size_t i, struct buf *out)
{
	const struct op *op = &s->rest.ops[i];
	size_t n = 1;

	switch (op->kind) {
	case OP_DEVICE_ADD:
		put_device(s, op, out);
		break;
	case OP_VETH_ADD:
		put_veth(s, op, out);
		break;
	case OP_LINK_SET:
		n = put_settings(s, i, out);
		break;
	case OP_ADDRESS_ADD:
		put_address(s, op, out);
		break;
	case OP_ROUTE_ADD:
		begin_piece(s, "route", op, out);
		buf_puts(out, ", ");
		put_string(out, op->words);
		break;
	default:
		begin_piece(s, "sysctl", op, out);
		buf_puts(out, ", ");
		put_string(out, op->key);
		buf_puts(out, ", ");
		put_string(out, op->value);
	}
	buf_puts(out, ")\n");
	return n;
}

/* ---- all of it ---- */

static void put_count(struct buf *out, size_t n, const char *one, const char *many)
{
	if (n)
		buf_printf(out, "%s%zu %s", out->len ? ", " : "", n, n == 1 ? one : many);
}

void save_count(const struct shape *s, struct buf *out)
{
	size_t kinds[3] = { 0 }, plain = 0;

	for (size_t i = 0; i < s->n_nodes; i++) {
		if (s->nodes[i].plain)
			plain++;
		else
			kinds[s->nodes[i].kind]++;
	}
	put_count(out, kinds[GRAPH_HOST], "host", "hosts");
	put_count(out, kinds[GRAPH_ROUTER], "router", "routers");
	put_count(out, kinds[GRAPH_SWITCH], "switch", "switches");
	put_count(out, plain, "namespace", "namespaces");
	if (!out->len)
		buf_puts(out, "no nodes");
}

void save_left_out(const struct shape *s, const char *comment, struct buf *out)
{
	const char *line = buf_text(&s->left_out);

	for (size_t len; *line; line += len) {
		len = strcspn(line, "\n") + 1;
		buf_printf(out, "%s Not kept: ", comment);
		buf_add(out, line, len);
	}
}

void save_lua(const struct shape *s, const char *name, struct buf *out)
{
	struct buf count = { 0 };
	enum op_kind last = OP_KINDS;

	save_count(s, &count);
	buf_printf(out, "-- A lab saved by nslab: %s.\n", buf_text(&count));
	buf_printf(out, "-- `nslab %s` builds it again; in a shell: `load %s`.\n", name, name);
	save_left_out(s, "--", out);
	buf_puts(out, "\nreturn {\n\tabout = ");
	put_string(out, buf_text(&count));
	buf_puts(out, ",\n\n\tbuild = function(net)\n");
	buf_free(&count);
	for (size_t i = 0; i < s->n_nodes; i++)
		put_node(&s->nodes[i], out);
	if (s->n_links)
		buf_putc(out, '\n');
	for (size_t i = 0; i < s->n_links; i++)
		put_link(s, &s->links[i], out);
	for (size_t i = 0; i < s->rest.n;) {
		if (s->rest.ops[i].kind != last && (i || s->n_nodes))
			buf_putc(out, '\n');
		last = s->rest.ops[i].kind;
		i += put_piece(s, i, out);
	}
	buf_puts(out, "\tend,\n}\n");
}
