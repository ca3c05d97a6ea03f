/* Whatever a raw socket or a ping socket gives: nothing is read beyond its end. */
#include <stddef.h>
#include <stdint.h>

#include "kernel/icmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct icmp_answer answer;

	for (size_t i = 0; i < 4; i++) {
		const struct icmp icmp = { .fd = -1, .family = families[i / 2], .raw = i % 2 };

		icmp_parse(&icmp, data, size, &answer);
	}
	return 0;
}
