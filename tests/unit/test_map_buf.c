/* The map, the text buffer and growing arrays. */
#include "base/map.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static void an_empty_map_holds_nothing(void **state)
{
	struct map m = { 0 };

	(void)state;
	assert_null(map_get(&m, "h1"));
	assert_null(map_remove(&m, "h1"));
	map_free(&m);
}

static void a_map_finds_replaces_and_removes(void **state)
{
	struct map m = { 0 };
	char key[] = "h1";
	int a, b;

	(void)state;
	map_put(&m, key, &a);
	key[1] = '2';
	assert_ptr_equal(map_get(&m, "h1"), &a);
	assert_null(map_get(&m, "h2"));
	map_put(&m, "h1", &b);
	assert_ptr_equal(map_get(&m, "h1"), &b);
	assert_int_equal(m.n, 1);
	assert_ptr_equal(map_remove(&m, "h1"), &b);
	assert_null(map_get(&m, "h1"));
	assert_null(map_remove(&m, "h1"));
	assert_int_equal(m.n, 0);
	map_free(&m);
}

/* Puts and removes at random (the same each time), against an array that knows the answers. */
static void a_map_survives_churn(void **state)
{
	static bool there[512];
	struct map m = { 0 };
	unsigned seed = 7;
	size_t n = 0;

	(void)state;
	for (int step = 0; step < 50000; step++) {
		unsigned k = (seed = seed * 1103515245 + 12345) >> 16 & 511;
		char key[16];

		snprintf(key, sizeof(key), "h%u", k);
		if (seed >> 28 & 1) {
			map_put(&m, key, &there[k]);
			n += !there[k];
			there[k] = true;
		} else {
			assert_ptr_equal(map_remove(&m, key), there[k] ? &there[k] : NULL);
			n -= there[k];
			there[k] = false;
		}
		assert_int_equal(m.n, n);
		assert_true(m.n * 4 <= m.cap * 3);
	}
	for (unsigned k = 0; k < 512; k++) {
		char key[16];

		snprintf(key, sizeof(key), "h%u", k);
		assert_ptr_equal(map_get(&m, key), there[k] ? &there[k] : NULL);
	}
	map_free(&m);
}

static void a_buffer_grows(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_string_equal(buf_text(&b), "");
	buf_clear(&b);
	buf_puts(&b, "h");
	buf_putc(&b, '1');
	buf_add(&b, "-eth0xxx", 5);
	buf_printf(&b, " %d %s", 42, "mtu");
	assert_string_equal(buf_text(&b), "h1-eth0 42 mtu");
	assert_int_equal(b.len, 14);
	buf_clear(&b);
	assert_string_equal(buf_text(&b), "");
	buf_printf(&b, "%0500d|", 7);
	assert_int_equal(b.len, 501);
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i % 10);
	assert_int_equal(b.len, 2501);
	assert_string_equal(buf_text(&b) + 2497, "8,9,");
	buf_free(&b);
	assert_string_equal(buf_text(&b), "");
}

static void arrays_grow(void **state)
{
	size_t n = 0, cap = 0;
	int *v = NULL;
	char *text = mem_printf("%s-%d", "eth", 3);

	(void)state;
	for (; n < 1000; n++) {
		v = mem_grow(v, n, &cap, sizeof(*v));
		v[n] = (int)n;
	}
	for (size_t i = 0; i < n; i++)
		assert_int_equal(v[i], i);
	free(v);
	assert_string_equal(text, "eth-3");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_holds_nothing),
		cmocka_unit_test(a_map_finds_replaces_and_removes),
		cmocka_unit_test(a_map_survives_churn),
		cmocka_unit_test(a_buffer_grows),
		cmocka_unit_test(arrays_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
