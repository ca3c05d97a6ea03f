/* Lines from pages and of older tools: prompts in front of them, what changes the shell, what ip
 * has instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/words.h"
#include "command/prompt.h"
#include "command/remember.h"
#include "command/rewrite.h"

static void prompts_are_skipped(void **state)
{
	static const char *const cases[][2] = {
		{ "$ ip link", "ip link" },
		{ "  $  ip link", "ip link" },
		{ "root@vagrant-ubuntu-trusty-64:~/code# ip netns", "ip netns" },
		{ "me@host:~$ ls # all", "ls # all" },
		{ "[me@host ~]$ ls", "ls" },
		{ "[root@host ~]# ls", "ls" },
		{ "(console 1)$ ping h2", "ping h2" },
		{ "(console 2)$ sudo ip link", "sudo ip link" },
		{ "mininet> h1 ping h2", "h1 ping h2" },
	};
	static const char *const others[] = {
		"ip link",	 "# ip link",	"$",	       "$x",	       "$HOME/bin/x",
		"(cd /tmp) # x", "h1 echo $ x", "ssh me@host", "me@host: # x", "[ -e x ] && ls",
		"nodes > f",	 "a@b",		"(x) $ y",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(prompt_skip(cases[i][0]), cases[i][1]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_ptr_equal(prompt_skip(others[i]), others[i]);
}

static void root_prompts_are_told_from_comments(void **state)
{
	static const char *const commands[] = {
		"# ip netns exec levela ip addr list",
		"# ip link",
		"# ip -n h1 l",
		"# sudo ip link set up",
		"# brctl show",
		"# ip a",
		"# ping -c1 h2",
		"# ifconfig",
		"# tcpdump -i eth0",
		"# route add default gw 10.0.0.1",
	};
	static const char *const comments[] = {
		"# veth0a remains in globalspace",
		"### Create network namespaces",
		"# ip forwarding is needed",
		"# route the packets",
		"# ping the other host",
		"# make sure that it is up",
		"# h1 pings h2",
		"# sudo is not needed",
		"#ip link",
		"#",
		"# ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		assert_string_equal(prompt_skip_hash(commands[i]), commands[i] + 2);
	for (size_t i = 0; i < sizeof(comments) / sizeof(comments[0]); i++)
		assert_ptr_equal(prompt_skip_hash(comments[i]), comments[i]);
}

static void lines_that_change_the_shell(void **state)
{
	static const char *const wanted[] = {
		"cd",
		"cd /tmp",
		"cd /tmp && ls",
		" export A=1",
		"unset A",
		"A=1",
		"A=1 B='two words'",
		"A=$(ls | wc -l)",
		"A=\"$(ls)\"",
		"A=`ls -l`; ls",
		"A=${B:-x y}",
		"pid=$(docker inspect -f '{{.State.Pid}}' web)",
		"A=$(echo \"a b\")",
		"A=$((1 + 2))",
		"A=",
		"A=1 # one",
		"mkdir x && cd x",
		"ls; cd x; ls",
	};
	static const char *const others[] = {
		"A=1 ls", "A=$(ls) B=2 env", "cdrecord x", "echo A=1", "1=2",	  "=",
		"",	  "ls; A=1",	     "echo cd x",  "ls | cd",  "h1 cd x", "echo '; cd' x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!remember_wants(wanted[i]))
			fail_msg("%s: not wanted", wanted[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (remember_wants(others[i]))
			fail_msg("%s: wanted", others[i]);
}

static bool rewrite(const char *line, const char *prefix, struct buf *out)
{
	const char *v[32];
	struct words w;
	bool known;

	assert_int_equal(words_split(line, &w, NULL), 0);
	for (size_t i = 0; i < w.n; i++)
		v[i] = w.v[i].text;
	known = rewrite_command(v, w.n, prefix, out);
	words_free(&w);
	return known;
}

static void old_tools_have_new_lines(void **state)
{
	static const char *const cases[][2] = {
		{ "brctl addbr br0", "ip link add name br0 type bridge\n" },
		{ "brctl delbr br0", "ip link del dev br0\n" },
		{ "brctl addif br0 vethY", "ip link set dev vethY master br0\n" },
		{ "brctl addif br0 a b",
		  "ip link set dev a master br0\nip link set dev b master br0\n" },
		{ "brctl delif br0 a", "ip link set dev a nomaster\n" },
		{ "brctl show", "ip -brief link show type bridge\nbridge link\n" },
		{ "brctl show br0", "ip -brief link show master br0\n" },
		{ "brctl stp br0 on", "ip link set dev br0 type bridge stp_state 1\n" },
		{ "brctl setageing br0 0", "ip link set dev br0 type bridge ageing_time 0\n" },
		{ "brctl setageing br0 30", "ip link set dev br0 type bridge ageing_time 3000\n" },
		{ "brctl showmacs br0", "bridge fdb show br br0\n" },
		{ "ifconfig", "ip address\n" },
		{ "ifconfig -a", "ip address\n" },
		{ "ifconfig eth1", "ip address show dev eth1\n" },
		{ "ifconfig eth1 up", "ip link set dev eth1 up\n" },
		{ "ifconfig eth1 down", "ip link set dev eth1 down\n" },
		{ "ifconfig eth1 10.0.0.1/24 up",
		  "ip address add 10.0.0.1/24 dev eth1\nip link set dev eth1 up\n" },
		{ "ifconfig eth1 10.0.0.1 netmask 255.255.255.0",
		  "ip address add 10.0.0.1/24 dev eth1\nip link set dev eth1 up\n" },
		{ "ifconfig eth1 172.16.1.1",
		  "ip address add 172.16.1.1/16 dev eth1\nip link set dev eth1 up\n" },
		{ "ifconfig eth1 10.0.0.1/24 broadcast 10.0.0.255 mtu 1400",
		  "ip link set dev eth1 mtu 1400\n"
		  "ip address add 10.0.0.1/24 broadcast 10.0.0.255 dev eth1\nip link set dev eth1 "
		  "up\n" },
		{ "ifconfig eth1 hw ether 02:00:00:00:00:01",
		  "ip link set dev eth1 address 02:00:00:00:00:01\n" },
		{ "ifconfig eth1 inet6 add fd00::1/64", "ip address add fd00::1/64 dev eth1\n" },
		{ "ifconfig eth1 -arp", "ip link set dev eth1 arp off\n" },
		{ "route", "ip route\n" },
		{ "route -n", "ip route\n" },
		{ "route -A inet6", "ip -6 route\n" },
		{ "route add default gw 10.0.0.1", "ip route add default via 10.0.0.1\n" },
		{ "route add default gw 10.0.0.1 eth0",
		  "ip route add default via 10.0.0.1 dev eth0\n" },
		{ "route add -net 10.1.0.0 netmask 255.255.0.0 gw 10.0.0.1",
		  "ip route add 10.1.0.0/16 via 10.0.0.1\n" },
		{ "route add -net 10.1.0.0/16 dev eth0", "ip route add 10.1.0.0/16 dev eth0\n" },
		{ "route add -net 0.0.0.0 netmask 0.0.0.0 gw 10.0.0.1",
		  "ip route add default via 10.0.0.1\n" },
		{ "route add -host 10.0.0.9 eth0", "ip route add 10.0.0.9 dev eth0\n" },
		{ "route del default", "ip route del default\n" },
		{ "arp -an", "ip neigh\n" },
		{ "arp -n -i eth0", "ip neigh show dev eth0\n" },
		{ "arp -s 10.0.0.1 02:00:00:00:00:01 -i eth0",
		  "ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0\n" },
		{ "arp -d 10.0.0.1 -i eth0", "ip neigh del 10.0.0.1 dev eth0\n" },
		{ "netstat -rn", "ip route\n" },
		{ "netstat -tulpn", "ss -tunlp\n" },
		{ "netstat -i", "ip -s link\n" },
		{ "pfcount -i eth1", "ip -s link show dev eth1\ntcpdump -n -i eth1\n" },
		{ "docker run --net=none --dns=8.8.8.8 --name=web -d ubuntu /bin/sh",
		  "container web --dns=8.8.8.8\n" },
		{ "docker run -d --name web nginx", "container web\n" },
		{ "docker inspect -f '{{.State.Pid}}' web", "container web\n" },
		{ "docker ps", "container\n" },
		{ "vconfig add eth0 5", "ip link add link eth0 name eth0.5 type vlan id 5\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = { 0 };

		if (!rewrite(cases[i][0], "", &out))
			fail_msg("%s: not known", cases[i][0]);
		assert_string_equal(buf_text(&out), cases[i][1]);
		buf_free(&out);
	}
}

static void what_is_not_known_is_left_alone(void **state)
{
	static const char *const cases[] = {
		"ping h2",
		"brctl",
		"brctl addif br0",
		"ifconfig a b",
		"ifconfig a 1.2.3.4 netmask 255.0.255.0",
		"route flush",
		"route add -net",
		"netstat all",
		"docker run ubuntu",
		"docker",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = { 0 };

		if (rewrite(cases[i], "", &out))
			fail_msg("%s: %s", cases[i], buf_text(&out));
		buf_free(&out);
	}
}

static void what_stood_in_front_stays_there(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_true(rewrite("ifconfig eth1 10.0.0.1/24 up", "sudo ip netns exec ns1 ", &out));
	assert_string_equal(buf_text(&out),
			    "sudo ip netns exec ns1 ip address add 10.0.0.1/24 dev eth1\n"
			    "sudo ip netns exec ns1 ip link set dev eth1 up\n");
	buf_clear(&out);
	assert_true(rewrite("docker run --name=web -d x", "sudo ", &out));
	assert_string_equal(buf_text(&out), "container web\n");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prompts_are_skipped),
		cmocka_unit_test(root_prompts_are_told_from_comments),
		cmocka_unit_test(lines_that_change_the_shell),
		cmocka_unit_test(old_tools_have_new_lines),
		cmocka_unit_test(what_is_not_known_is_left_alone),
		cmocka_unit_test(what_stood_in_front_stays_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
