/* Topologies: what parameters may be, and what a script of one's own may do wrong. */
#include "tests/unit/topology_script.h"

static void parameters_refused(void **state)
{
	(void)state;
	assert_fails("tree", "dept=2", ERR_USAGE,
		     "tree: no parameter \"dept\" (did you mean depth?); it has depth, fanout");
	assert_fails("minimal", "hosts=2", ERR_USAGE,
		     "minimal: no parameter \"hosts\"; it has none");
	assert_fails("tree", "depth=0", ERR_USAGE, "tree: depth=0 is not within 1 and 8");
	assert_fails("tree", "depth=99999999999999999999", ERR_USAGE,
		     "tree: depth=99999999999999999999 is not a whole number");
	assert_fails("tree", "depth=two", ERR_USAGE, "tree: depth=two is not a whole number");
	assert_fails("tree", "depth=", ERR_USAGE, "tree: depth= is not a whole number");
	assert_fails("tree", "depth", ERR_USAGE,
		     "tree: \"depth\" is not a parameter: write NAME=VALUE");
	assert_fails("tree,2", "depth=2", ERR_USAGE, "tree: depth is given twice");
	assert_fails("tree,2,3,4", NULL, ERR_USAGE,
		     "tree: \"4\" is one value too many: it takes 2");
	assert_fails("tre", NULL, ERR_USAGE, "no topology \"tre\" (did you mean tree?)");
	assert_fails("./none.lua", NULL, ERR_USAGE, "./none.lua: No such file or directory");
	mkdir("dir.lua", 0700);
	assert_fails("./dir.lua", NULL, ERR_USAGE, "./dir.lua: a directory");
}

static const char kinds[] =
	"#!/usr/bin/env nslab\n"
	"return { about = 'kinds of parameters', params = {\n"
	"  n = { 3, 'a number', min = 1 }, word = { 'a', 'a word', choices = { 'a', 'b' } },\n"
	"  yes = { true, 'a switch' }, any = { 'x', 'any word' } },\n"
	"  order = { 'word', 'n', 'any', 'yes' },\n"
	"  build = function(net, p) print(p.n, p.word, p.yes, p.any, math.type(p.n))\n"
	"    print(p.yes == false) end }\n";

static void kinds_of_parameters(void **state)
{
	static const char *const params[] = { "n=7", "word=b", "yes=0" };
	const char *spec = script(kinds, strlen(kinds));
	struct buf printed = { 0 };
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	assert_int_equal(topology_build(spec, params, LEN(params), &d, &printed, &err), 0);
	assert_string_equal(buf_text(&printed), "7\tb\tfalse\tx\tinteger\ntrue\n");
	buf_clear(&printed);
	assert_int_equal(topology_build("./mine.lua,b,9", NULL, 0, &d, &printed, &err), 0);
	assert_string_equal(buf_text(&printed), "9\tb\ttrue\tx\tinteger\nfalse\n");
	buf_free(&printed);
	draft_free(&d);
	assert_fails(spec, "n=0", ERR_USAGE, "./mine.lua: n=0 is less than 1");
	assert_fails(spec, "word=c", ERR_USAGE, "./mine.lua: word=c is not one of a, b");
	assert_fails(spec, "yes=2", ERR_USAGE, "./mine.lua: yes=2 is not one of false, true");
}

static void values_of_no_parameter_are_refused(void **state)
{
	static const char text[] =
		"return { about = '', params = { depth = { 2, '' }, n = { 1, '' } },\n"
		"build = function(net, p)\n"
		"for name in pairs(p) do print(name) end\n"
		"if p.detph then print(p.n) end end }";
	static const char none[] = "return { about = '', build = function(net, p) p.n = 1\n"
				   "print(p.n, p.m) end }";

	(void)state;
	assert_fails(script(text, strlen(text)), NULL, ERR_FAILED,
		     "./mine.lua:4: no parameter \"detph\" (did you mean depth?); there are "
		     "depth, n");
	assert_fails(script(none, strlen(none)), NULL, ERR_FAILED,
		     "./mine.lua:2: no parameter \"m\"; there are none");
}

static void tables_refused(void **state)
{
	static const char *const cases[][2] = {
		{ "return 1", "a topology returns a table: return { about = ..., build = "
			      "function(net, p) ... end }" },
		{ "return { about = '', build = print, parms = {} }",
		  "unknown key parms (did you mean params?); a topology has about, params, order, "
		  "reach and build" },
		{ "return { build = print }",
		  "about is missing: a line that says what the topology is" },
		{ "return { about = '' }", "build is missing: function(net, p) ... end" },
		{ "return { about = '', build = print, params = { n = 2 } }",
		  "parameter n: write n = { DEFAULT, \"what it is\", min =, max =, choices = }, "
		  "DEFAULT a whole number, a string, true or false" },
		{ "return { about = '', build = print, params = { n = { 2, '', mni = 3 } } }",
		  "parameter n: unknown key mni (did you mean min?); write n = { DEFAULT, \"what "
		  "it "
		  "is\", min =, max =, choices = }, DEFAULT a whole number, a string, true or "
		  "false" },
		{ "return { about = '', build = print, reach = 'some' }",
		  "reach is \"all\", \"none\" or function(p, from, to, family), which says whether "
		  "node `from` gets an answer of `to`" },
		{ "return { about = '', build = print, params = { n = { 2, '', min = 3 } } }",
		  "parameter n: its default 2 is not within its min and max" },
		{ "return { about = '', build = print, params = { n = { 'a', '', min = 3 } } }",
		  "parameter n: min is a whole number, of a parameter that is one" },
		{ "return { about = '', build = print, params = { n = { 'a', '', choices = { 'b' } "
		  "} } }",
		  "parameter n: its default \"a\" is not among its choices" },
		{ "return { about = '', build = print, params = { ['a b'] = { 2, '' } } }",
		  "params: a parameter's name is made of letters, digits and _" },
		{ "return { about = '', build = print, params = { n = { 2, '' } }, order = { 'm' } "
		  "}",
		  "order names each of the 1 parameters once" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct buf text = { 0 };

		buf_printf(&text, "./mine.lua: %s", cases[i][1]);
		assert_fails(script(cases[i][0], strlen(cases[i][0])), NULL, ERR_FAILED,
			     buf_text(&text));
		buf_free(&text);
	}
}

/* BODY of a build fails with PLACE and what is wrong there: ":3: ..." */
static void assert_fails_at(const char *body, const char *place)
{
	struct buf text = { 0 };

	buf_printf(&text, "./mine.lua%s", place);
	assert_fails(build(body), NULL, ERR_FAILED, buf_text(&text));
	buf_free(&text);
}

static void errors_have_a_line(void **state)
{
	static const char *const cases[][2] = {
		{ "\n\nerror('no')", ":5: no" },
		{ "local x = = 1", ":3: unexpected symbol near '='" },
		{ "net:host('h1', { delay = '10ms' })",
		  ":3: net:host: no option \"delay\"; it takes ip, ip6, via, via6" },
		{ "net:switch('s1', { stb = true })",
		  ":3: net:switch: no option \"stb\" (did you mean stp?); it takes stp, "
		  "mcast_snooping, stp_state, ageing_time, forward_delay, hello_time, max_age, "
		  "priority, group_fwd_mask, vlan_filtering, vlan_protocol, vlan_default_pvid, "
		  "mcast_router, mcast_querier, mcast_query_use_ifaddr, mcast_igmp_version, "
		  "mcast_mld_version, nf_call_iptables, nf_call_ip6tables, nf_call_arptables" },
		{ "net:switch('s1', { stp = 1 })",
		  ":3: net:switch: stp is true or false, not a number" },
		{ "net:host('h1', { 'ip' })",
		  ":3: net:host: an option without a name; write { ip = ... }" },
		{ "net:host('h1', 'ip')",
		  ":3: net:host: options are a table such as { ip = ... }, not a string" },
		{ "net:host('h1', { ip = 10 })", ":3: net:host: ip is a string, not a number" },
		{ "net:host('h1', { ip = '10.0.0.1' })",
		  ":3: net:host: ip = \"10.0.0.1\" has no prefix length: write it as 10.0.0.1/8" },
		{ "net:host('h1', { ip = 'fd00::1/64' })",
		  ":3: net:host: ip = \"fd00::1/64\": write an IPv6 address as ip6" },
		{ "net:host('h1', { ip6 = 'none' })",
		  ":3: net:host: ip = \"none\" leaves out both, IPv4 and IPv6" },
		{ "net:host('h1', { via = '10.0.0.254/8' })",
		  ":3: net:host: via = \"10.0.0.254/8\": a gateway is one address, without a "
		  "length" },
		{ "net:host('h1', { via = 'fd00::1' })",
		  ":3: net:host: via = \"fd00::1\": write an IPv6 gateway as via6" },
		{ "net:router('r1', { via6 = 'r2' })",
		  ":3: net:router: via6: r2: not an IPv4 or IPv6 address" },
		{ "net:host(1)", ":3: net:host: the name is a string, not a number" },
		{ "net.host('h1')", ":3: write net:host(...), with a colon" },
		{ "net:hots('h1')",
		  ":3: no function net:hots (did you mean host?); net has host, "
		  "switch, router, link, lan, for what nodes hold file, private, exec, daemon, and "
		  "piece by piece namespace, veth, "
		  "bridge, device, set, address, route, sysctl" },
		{ "local h = net:host('h1')\nnet:link(h, nil)",
		  ":4: net:link: the second end is a node or its name, not nil" },
		{ "local h = net:host('h1')\nreturn h.ip",
		  ":4: node h1 has no field \"ip\"; it has name" },
		{ "net:lan('s1')", ":3: net:lan: write { ip = \"10.1.0.0/24\", router = ..., "
				   "hosts = ... }" },
		{ "net:lan('s1', { hosts = 2 })",
		  ":3: net:lan: ip or ip6 is missing: the subnet, as ip = \"10.1.0.0/24\"" },
		{ "net:lan('s1', { ip = '10.1.0.0/24', hosts = 254 })",
		  ":3: net:lan: hosts = 254 is not a whole number within 0 and 253" },
		{ "net:lan('s1', { ip = '10.1.0.0/24', router = 'r1' })",
		  ":3: net:lan: no node r1" },
		{ "net:lan('s1', { ip = '10.1.0.0/30', hosts = 3 })",
		  ":3: net:lan: 10.1.0.0/30 has no address number 3: it has room for 2" },
		{ "net:link(net:host('h1'), net:switch('s1'), { mtu = '1500' })",
		  ":3: net:link: mtu is a number of bytes such as 1500, not a string" },
		{ "net:link(net:host('h1'), net:switch('s1'), { mtu = 12 })",
		  ":3: net:link: mtu = 12 is not a whole number within 68 and 65535" },
		{ "net:link(net:host('h1'), net:switch('s1'), { b = { ip = '10.0.0.1/8' } })",
		  ":3: link h1-s1: s1 is a switch: its ports take no address" },
		{ "net:link(net:host('h1'), net:host('h2'), { ip = '10.0.0.1/8' })",
		  ":3: net:link: both ends take an address: write ip = \"10.0.0.1/8,...\", h1's "
		  "first" },
		{ "net:link(net:host('h1'), net:switch('s1'), { ip = '10.1.0.1/8', a = { ip = "
		  "'10.2.0.2/8' } })",
		  ":3: net:link: the address of h1 is given twice" },
		{ "setmetatable({}, { __gc = print })", ":3: no finalizers (__gc) in a topology" },
		{ "error({})", ":3: error with a table instead of a message" },
		{ "error()", ":3: error with a nil instead of a message" },
		{ "error(setmetatable({}, { __tostring = function() return 'said' end }))",
		  ":3: said" },
		{ "error('placeless', 0)", ": placeless" },
		{ "load('x =')()", ":3: attempt to call a nil value" },
		{ "assert(load('x =', 'chunk'))",
		  ":3: [string \"chunk\"]:1: unexpected symbol near <eof>" },
		{ "string.rep('x', 1 << 30)", ":3: the script needs more than 64 MB" },
		{ "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
		  ":3: the script needs more than 64 MB" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++)
		assert_fails_at(cases[i][0], cases[i][1]);
}

static void pieces_have_errors_with_a_line(void **state)
{
#define NS "net:namespace('n') "
#define AB NS "net:veth({ node = 'n', interface = 'a' }, { node = 'root', interface = 'b' })\n"
	static const char *const cases[][2] = {
		{ "net:namespace('a/b')",
		  ":3: net:namespace: namespace name a/b: no / is allowed, nor . or .. alone" },
		{ NS "net:namespace('n')", ":3: net:namespace: there is a node n already" },
		{ "net:veth({ node = 'n' })", ":3: net:veth: interface = is missing" },
		{ NS "net:veth({ node = 'n', interface = 'a' }, nil)",
		  ":3: net:veth: write { node = ..., interface = ... } for each end" },
		{ NS "net:veth({ node = 'm', interface = 'a' }, { node = 'n', interface = 'b' })",
		  ":3: net:veth: no node m" },
		{ NS "net:veth({ node = 'n', interface = 'a' }, { node = 'n', interface = 'a' })",
		  ":3: net:veth: both ends are called a" },
		{ NS "net:veth({ node = 'n', interface = 'a b' }, { node = '', interface = 'a' })",
		  ":3: net:veth: interface name a b: no blank and no colon is allowed" },
		{ NS "net:veth({ node = 'n', interface = 'a', mac = '01:00:00:00:00:01' }, nil)",
		  ":3: net:veth: mac = \"01:00:00:00:00:01\" is a group's: its first byte is odd" },
		{ NS "net:veth({ node = 'n', interface = 'a', mac = 'x' }, nil)",
		  ":3: net:veth: mac = \"x\" is no MAC such as 02:00:00:00:00:01" },
		{ AB "net:bridge('n', 'a')", ":4: net:bridge: n has an interface a already" },
		{ "net:bridge('root', 'br0', { ageing_time = 'long' })",
		  ":3: net:bridge: ageing_time long: a whole number up to 4294967295 is wanted" },
		{ "net:device('root', 'd', { kind = 'dumy' })",
		  ":3: net:device: no kind \"dumy\" (did you mean dummy?); there are bridge, "
		  "dummy, "
		  "ifb, vlan, vxlan, macvlan, ipvlan, vrf, bond, and net:veth" },
		{ "net:device('root', 'd')",
		  ":3: net:device: kind is missing: write { kind = \"dummy\" }" },
		{ "net:device('root', 'd', { kind = 'vlan', id = 5 })",
		  ":3: net:device: a vlan stands on another interface: which?" },
		{ "net:device('root', 'd', { kind = 'vlan', id = 5, on = 'eth7' })",
		  ":3: net:device: the lab's root has no interface eth7" },
		{ AB "net:device('n', 'd', { kind = 'macvlan', mode = 'brigde', on = 'a' })",
		  ":4: net:device: mode brigde: it is one of private, vepa, bridge, passthru, "
		  "source" },
		{ AB "net:set('n', 'a')", ":4: net:set: what is to be set? write { up = true }" },
		{ AB "net:set('n', 'b', { up = true })", ":4: net:set: n has no interface b" },
		{ AB "net:set('n', 'a', { master = 'br0' })",
		  ":4: net:set: n has no interface br0" },
		{ AB "net:set('n', 'a', { up = 1 })",
		  ":4: net:set: up is true or false, not a number" },
		{ AB "net:set('n', 'a', { addrgenmode = 'random' })",
		  ":4: net:set: addrgenmode = \"random\": only \"none\" is there" },
		{ AB "net:address('n', 'a', '10.0.0.1/24 bcast +')",
		  ":4: net:address: address: what is \"bcast\"? it takes peer, brd, scope, label, "
		  "metric, nodad, noprefixroute, home, mngtmpaddr and autojoin" },
		{ AB "net:address('n', 'a', 'ten')",
		  ":4: net:address: address: ten: not an IPv4 or IPv6 address" },
		{ AB "net:address('n', 'a', '10.0.0.1 peer fd00::1')",
		  ":4: net:address: address: IPv4 and IPv6 do not go together" },
		{ NS "net:route('n', '')",
		  ":3: net:route: route: write it as `ip route add` takes it: "
		  "\"default via 10.0.0.254\"" },
		{ NS "net:route('n', 'default by 10.0.0.1')",
		  ":3: net:route: route: what is \"by\"? it takes via, dev, src, metric, table, "
		  "mtu, "
		  "proto, scope, onlink and nexthop" },
		{ NS "net:route('n', 'default via')",
		  ":3: net:route: via: via: its value is missing" },
		{ NS "net:route('n', 'fd00::/64 via 10.0.0.1')",
		  ":3: net:route: route: IPv4 and IPv6 do not go together" },
		{ NS "net:sysctl('n', 'kernel.hostname', 'x')",
		  ":3: net:sysctl: sysctl kernel.hostname: those of a namespace are called net.*, "
		  "as "
		  "net.ipv4.ip_forward" },
		{ NS "net:sysctl('n', 'net.ipv4.ip_forward', true)",
		  ":3: net:sysctl: the value is a string, not a boolean" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++)
		assert_fails_at(cases[i][0], cases[i][1]);
#undef NS
#undef AB
}

/* Errors whose wording is the draft's or Lua's own: the place is what matters. */
static void errors_of_others_have_a_line(void **state)
{
	static const char *const cases[][2] = {
		{ "net:host('h1')\nnet:host('h1')", "./mine.lua:4: " },
		{ "net:host('h 1')", "./mine.lua:3: " },
		{ "net:link('h1', 's1')", "./mine.lua:3: " },
		{ "local h = net:host('h1')\n\nnet:link(h, h)", "./mine.lua:5: " },
		{ "net:host('h1', { ip = '10.0.0.300/8' })", "./mine.lua:3: net:host: ip: " },
		{ "local s = net:switch('s1')\nfor i = 1, 1024 do\nnet:link(net:host('h' .. i), s) "
		  "end",
		  "./mine.lua:5: " },
		{ "local function f() return 1 + f() end f()",
		  "./mine.lua:3: calls too deep inside one another" },
		{ "local co = coroutine.wrap(function() net:host('h1', 1) end)\nco()",
		  "./mine.lua:4: ./mine.lua:3: net:host: options" },
		{ "while true do print(('x'):rep(1 << 19)) end",
		  "./mine.lua:3: more than 1 MB printed" },
		{ "local i = 0\nwhile true do i = i + 1 net:host('h' .. i) end",
		  "./mine.lua:4: net:host: more than" },
		{ "local depth\nlocal x = depth + 1",
		  "./mine.lua:4: attempt to perform arithmetic on a nil value" },
		{ "local s = string.gsub('x', 'x', function() net:link() end)",
		  "./mine.lua:3: net:link: the first" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(cases); i++) {
		struct err err = ERR_INIT;
		struct draft d;

		draft_init(&d, NULL, NULL);
		assert_int_equal(topology_build(build(cases[i][0]), NULL, 0, &d, NULL, &err), -1);
		if (strncmp(err.text, cases[i][1], strlen(cases[i][1])) != 0)
			fail_msg("%s\n%s", cases[i][0], err.text);
		draft_free(&d);
	}
}

static void callers_are_a_hint(void **state)
{
	const char *spec =
		build("local function f(x) error(x) end\nlocal function g() f('deep') end\ng()");
	struct err err = ERR_INIT;
	struct draft d;

	(void)state;
	draft_init(&d, NULL, NULL);
	assert_int_equal(topology_build(spec, NULL, 0, &d, NULL, &err), -1);
	assert_string_equal(err.text, "./mine.lua:3: deep");
	assert_string_equal(err.hint, "called from ./mine.lua:4, ./mine.lua:5");
	draft_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_refused),
		cmocka_unit_test(kinds_of_parameters),
		cmocka_unit_test(tables_refused),
		cmocka_unit_test(values_of_no_parameter_are_refused),
		cmocka_unit_test(errors_have_a_line),
		cmocka_unit_test(errors_of_others_have_a_line),
		cmocka_unit_test(pieces_have_errors_with_a_line),
		cmocka_unit_test(callers_are_a_hint),
	};

	return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
