/* Topologies: what a script of one's own may do, and how its build ends: by ^C, for want of memory. */
#include <signal.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "lua/definition.h"
#include "lua/sandbox.h"
#include "tests/unit/topology_script.h"

/* What BODY comes to, in `ip` lines. */
static void assert_explains(const char *body, const char *lines)
{
	struct plan plan = { 0 };
	struct buf out = { 0 };
	struct draft d;
	struct err err = ERR_INIT;

	draft_init(&d, NULL, NULL);
	if (topology_build(build(body), NULL, 0, &d, NULL, &err) != 0 ||
	    draft_plan(&d, &plan, &err) != 0)
		fail_msg("%s", err.text);
	plan_explain(&plan, &out);
	assert_string_equal(buf_text(&out), lines);
	buf_free(&out);
	plan_free(&plan);
	draft_free(&d);
}

static void pieces_are_what_ip_does(void **state)
{
	(void)state;
	assert_explains(
		"local n = net:namespace('a b')\n"
		"net:bridge('root', 'br0', { stp_state = 1, ageing_time = 0 })\n"
		"net:veth({ node = 'root', interface = 'up', mac = '02:00:00:00:00:01' },\n"
		"  { node = n, interface = 'eth0', mac = '02:00:00:00:00:02' }, { mtu = 1400 })\n"
		"net:device(n, 'mv', { kind = 'macvlan', on = 'up', on_node = 'root', mode = "
		"'vepa' })\n"
		"net:device('', 'v5', { kind = 'vlan', on = 'eth0', on_node = n, id = 5 })\n"
		"net:device('root', 'vx', { kind = 'vxlan', id = 9, ['local'] = '10.0.0.1', "
		"nolearning = true, dstport = 4789 })\n"
		"net:set('root', 'up', { up = true, master = 'br0', addrgenmode = 'none' })\n"
		"net:address(n, 'eth0', '10.0.0.1 peer 10.0.0.2/30 scope link')\n"
		"net:route(n, 'blackhole 10.9.0.0/16')\n"
		"net:sysctl('root', 'net.ipv4.ip_forward', 1)\n",
		"ip netns add 'a b'\n"
		"ip link add name br0 type bridge stp_state 1 ageing_time 0\n"
		"ip link add name eth0 netns 'a b' address 02:00:00:00:00:02 mtu 1400 "
		"numtxqueues 1 numrxqueues 1 type veth peer name up address "
		"02:00:00:00:00:01 mtu 1400 numtxqueues 1 numrxqueues 1\n"
		"ip link add link up name mv netns 'a b' type macvlan mode vepa\n"
		"ip -n 'a b' link add link eth0 name v5 netns $$ type vlan id 5\n"
		"ip link add name vx type vxlan id 9 local 10.0.0.1 dstport 4789 nolearning\n"
		"ip link set dev up addrgenmode none\n"
		"ip link set dev up master br0 up\n"
		"ip -n 'a b' address add 10.0.0.1/32 dev eth0 peer 10.0.0.2/30 scope link\n"
		"ip -n 'a b' route add blackhole 10.9.0.0/16\n"
		"sysctl -qw net.ipv4.ip_forward=1\n");
}

static void nothing_beyond_the_sandbox(void **state)
{
	static const char body[] =
		"assert(not io and not debug and not require and not package)\n"
		"assert(not dofile and not loadfile and not string.dump)\n"
		"assert(os.time and not os.execute and not os.exit and not os.remove and not "
		"os.getenv)\n"
		"assert(load('return 1')() == 1 and load('return x', 'c', 'b', { x = 2 })() == 2)\n"
		"local f, why = load('\\27Lua')\n"
		"assert(not f and why:find('binary'), why)\n"
		"assert(getmetatable(net) == false)\n"
		"assert(getmetatable(net:host('h9')) == false)\n"
		"warn('careful')\n";
	struct buf printed = { 0 };
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	if (topology_build(build(body), NULL, 0, &d, &printed, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(buf_text(&printed), "warning: careful\n");
	buf_free(&printed);
	draft_free(&d);
	assert_fails(
		script("\033Lua\x54", 5), NULL, ERR_USAGE,
		"./mine.lua: compiled Lua (bytecode) is not run: give the text it was made from");
}

static void addresses_and_ends(void **state)
{
	static const char body[] =
		"net:link(net:host('h1', { ip = '10.9.0.1/16', ip6 = 'fd01::1/64' }), "
		"net:switch('s1'),\n"
		"  { a = { interface = 'up' }, mtu = 1400.0 })\n"
		"net:link(net:router('r1'), net:router('r2'), { ip = '10.1.0.1/30,10.1.0.2/30' })\n"
		"net:link('r1', 's1', { ip = '10.2.0.1/24', ip6 = 'fd02::1/64' })\n"
		"net:link('r2', 's1', { ip = 'none' })\n"
		"net:link('r1', 'r2', { ip = { '10.3.0.1/30', '10.3.0.2/30' } })\n";
	struct draft d;
	struct err err = ERR_INIT;
	char text[PREFIX_TEXT];

	(void)state;
	draft_init(&d, NULL, NULL);
	if (topology_build(build(body), NULL, 0, &d, NULL, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(prefix_format(text, &draft_find_node(&d, "h1", NULL)->address[0]),
			    "10.9.0.1/16");
	assert_string_equal(prefix_format(text, &draft_find_node(&d, "h1", NULL)->address[1]),
			    "fd01::1/64");
	assert_string_equal(d.links[0].a->name, "up");
	assert_int_equal(d.links[0].mtu, 1400);
	assert_string_equal(prefix_format(text, &d.links[1].a->addresses[0]), "10.1.0.1/30");
	assert_string_equal(prefix_format(text, &d.links[1].b->addresses[0]), "10.1.0.2/30");
	assert_string_equal(prefix_format(text, &d.links[2].a->addresses[0]), "10.2.0.1/24");
	assert_string_equal(prefix_format(text, &d.links[4].b->addresses[0]), "10.3.0.2/30");
	draft_free(&d);
}

/* Not even a script that catches every error holds ^C up. */
static void interrupt_ends_any_loop(void **state)
{
	static const char *const bodies[] = {
		"while true do end",
		"while true do pcall(function() while true do end end) end",
		"local f = coroutine.wrap(function() while true do pcall(error) end end)\nwhile "
		"true do pcall(f) end",
		"while true do xpcall(error, function() while true do end end) end",
		"local t = setmetatable({}, { __close = function() while true do end end })\n"
		"local x <close> = t\nwhile true do end",
	};

	(void)state;
	interrupt_install();
	for (size_t i = 0; i < LEN(bodies); i++) {
		struct err err = ERR_INIT;
		struct draft d;

		draft_init(&d, NULL, NULL);
		raise(SIGINT);
		assert_int_equal(topology_build(build(bodies[i]), NULL, 0, &d, NULL, &err), -1);
		assert_non_null(strstr(err.text, "interrupted"));
		assert_int_equal(err.class, ERR_FAILED);
		interrupt_clear();
		draft_free(&d);
	}
}

/* Two builds in one state: what is left of the first is of no use to the second. */
static void handles_end_with_their_build(void **state)
{
	static const char text[] = "local old, last\n"
				   "return { about = 'two', build = function(net)\n"
				   "  if not old then last, old = net, net:host('h1') return end\n"
				   "  net:host('h1')\n"
				   "  print(old, select(2, pcall(net.link, net, old, 'h1')))\n"
				   "  print(select(2, pcall(function() return old.name end)))\n"
				   "  last:host('h2')\n"
				   "end }\n";
	struct err err = ERR_INIT;
	struct topology t = { .name = mem_strdup("mine") };
	struct state *s = state_new("two.lua", STATE_MEMORY, sandbox_open, &err);
	struct draft d;

	(void)state;
	assert_int_equal(definition_load(s, text, strlen(text), &t, &err), 0);
	draft_init(&d, NULL, NULL);
	assert_int_equal(definition_build(s, &t, NULL, &d, &err), 0);
	draft_free(&d);
	draft_init(&d, NULL, NULL);
	assert_int_equal(definition_build(s, &t, NULL, &d, &err), -1);
	assert_string_equal(
		err.text, "two.lua:7: net:host: the build is over; nothing can be added any more");
	assert_string_equal(buf_text(&s->printed),
			    "h1\tnode h1 is of a build that is over\n"
			    "two.lua:6: node h1 is of a build that is over\n");
	draft_free(&d);
	state_free(s);
	topology_free(&t);
}

/* With any limit on memory, from too little for an empty state to enough, a build works or says why
 * not. */
static void memory_may_end_anywhere(void **state)
{
	static const char *const values[] = { "2", "3" };
	const char *source = topology_source("tree");
	bool built = false;
	size_t failed = 0;

	(void)state;
	for (size_t limit = 0; !built; limit += 64) {
		struct err err = ERR_INIT;
		struct topology t = { .name = mem_strdup("mine") };
		struct state *s = state_new("tree.lua", limit, sandbox_open, &err);
		struct draft d;

		draft_init(&d, NULL, NULL);
		built = s && definition_load(s, source, strlen(source), &t, &err) == 0 &&
			definition_build(s, &t, values, &d, &err) == 0;
		if (!built) {
			assert_non_null(strstr(err.text, ": the script needs more than"));
			failed++;
		}
		draft_free(&d);
		state_free(s);
		topology_free(&t);
	}
	assert_true(failed > 100);
}

/* A realloc of which the call number `fails` fails, and with `fails_on` all after it. */
static size_t calls, fails;
static bool fails_on;

static void *failing_realloc(void *block, size_t size)
{
	calls++;
	return calls == fails || (fails_on && calls > fails) ? NULL : realloc(block, size);
}

/* `load tree` with that realloc: it fails with words, or makes the whole tree. True: it made it. */
static bool build_with_failure(size_t n, bool on)
{
	static const char *const params[] = { "depth=2", "fanout=2" };
	struct err err = ERR_INIT;
	struct draft d;
	bool built;

	calls = 0;
	fails = n;
	fails_on = on;
	draft_init(&d, NULL, NULL);
	built = topology_build("tree", params, LEN(params), &d, NULL, &err) == 0;
	if (built)
		assert_int_equal(d.n_links, 6);
	else if (!strstr(err.text, ": the script needs more than 64 MB"))
		fail_msg("allocation %zu: %s", n, err.text);
	draft_free(&d);
	return built;
}

/* Lua collects garbage and tries again, so a single failure may do no harm; one that lasts ends the
 * build, each time. ASan sees that nothing leaks. */
static void every_allocation_may_fail(void **state)
{
	size_t total;

	(void)state;
	state_realloc = failing_realloc;
	assert_true(build_with_failure(SIZE_MAX, true));
	total = calls;
	for (size_t n = 1; n <= total; n++) {
		assert_false(build_with_failure(n, true));
		build_with_failure(n, false);
	}
	state_realloc = realloc;
	assert_in_range(total, 300, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_what_ip_does),
		cmocka_unit_test(nothing_beyond_the_sandbox),
		cmocka_unit_test(addresses_and_ends),
		cmocka_unit_test(interrupt_ends_any_loop),
		cmocka_unit_test(handles_end_with_their_build),
		cmocka_unit_test(memory_may_end_anywhere),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
