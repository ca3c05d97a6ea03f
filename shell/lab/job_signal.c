#include "lab/job.h"

#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/name.h"

int signal_parse(const char *text, struct err *err)
{
	char name[16] = "";
	struct nearest near = { .word = name };

	if (isdigit((unsigned char)*text)) {
		char *end;
		long number = strtol(text, &end, 10);

		if (*end || number < 1 || number > SIGRTMAX)
			return err_usage(err, "no signal %s: they are 1 to %d", text, SIGRTMAX);
		return (int)number;
	}
	/* As sigabbrev_np spells them. */
	text += strncasecmp(text, "SIG", 3) == 0 ? 3 : 0;
	for (size_t i = 0; text[i] && i < sizeof(name) - 1; i++)
		name[i] = (char)toupper((unsigned char)text[i]);
	for (int signal = 1; signal < SIGRTMIN; signal++) {
		/* NULL for the numbers that the C library keeps for itself. */
		const char *known = sigabbrev_np(signal);

		if (known && strcmp(known, name) == 0)
			return signal;
		if (known)
			nearest_offer(&near, known);
	}
	err_usage(err, "no signal %s", text);
	nearest_suggest(&near, err);
	return err_hint(err, "the usual ones: INT TERM KILL HUP STOP CONT USR1 USR2");
}
