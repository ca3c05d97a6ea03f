#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/name.h"

enum {
	OPTION_NAME = 256,
	OPTION_EXPLAIN,
	OPTION_JSON,
	OPTION_ROOTLESS,
	OPTION_KEEP,
	OPTION_HOST_NET,
	OPTION_NO_INIT
};

static const struct option long_options[] = {
	{ "name", required_argument, NULL, OPTION_NAME },
	{ "explain", no_argument, NULL, OPTION_EXPLAIN },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "rootless", no_argument, NULL, OPTION_ROOTLESS },
	{ "keep", no_argument, NULL, OPTION_KEEP },
	{ "host-net", no_argument, NULL, OPTION_HOST_NET },
	{ "no-init", no_argument, NULL, OPTION_NO_INIT },
	{ "quiet", no_argument, NULL, 'q' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

const char options_help[] =
	"usage: nslab [OPTION...] [TOPOLOGY [NAME=VALUE...]]   a network lab, then its shell\n"
	"       nslab run [OPTION...] FILE.lua [ARG...]        a Lua script in a new lab\n"
	"       nslab import mininet FILE.mn [OPTION...]       a lab that was drawn in MiniEdit\n"
	"       nslab ls                                       the labs that run\n"
	"       nslab attach LAB [-c COMMAND]... [-f FILE]     another shell in one of them\n"
	"       nslab exec LAB NODE [--] COMMAND...            a program in it\n"
	"       nslab stop LAB                                 its end\n"
	"       nslab topologies | nslab help [COMMAND]\n"
	"\n"
	"  -c COMMAND      run this line instead of a shell (repeatable)\n"
	"  -f FILE         run the lines of FILE\n"
	"  -k              go on after a failed line\n"
	"  --name LAB      the lab's name, for the prompt and for nslab attach\n"
	"  --keep          the lab stays when its shell ends: nslab attach, nslab stop\n"
	"  --explain       print the ip commands behind each change\n"
	"  --json          listings as JSON\n"
	"  --rootless      a user namespace, also when root\n"
	"  --host-net      the lab's root is this machine's own network (root only)\n"
	"  --no-init       do not read ~/.config/nslab/init.lua\n"
	"  -q, --quiet     no greeting and no notes\n"
	"  -V, --version   -h, --help\n"
	"\n"
	"Without -c and -f, lines come from standard input; from a terminal, with a prompt.\n"
	"Exit status: 0 done; 1 a command failed; 2 wrong usage; 3 this machine cannot.\n"
	"Try: nslab minimal, then h1 ping h2\n";

/* Is WORD the option NAME, or NAME=VALUE? *VALUE is that, or NEXT. */
static bool options_is(const char *word, const char *name, const char *next, const char **value)
{
	const size_t len = strlen(name);

	if (strncmp(word, name, len) != 0 || (word[len] && word[len] != '='))
		return false;
	*value = word[len] ? word + len + 1 : next;
	return *value != NULL;
}

/* What getopt refused: WORD as it stands in argv. */
static int options_refuse(int result, const char *word, const char *next, struct err *err)
{
	struct nearest near = { .word = word + strspn(word, "-") };
	const char *value;

	if (result == ':') {
		err_usage(err, "option %s needs a value", word);
	} else if (strncmp(word, "--", 2) != 0) {
		err_usage(err, "unknown option -%c", optopt);
	} else {
		for (const struct option *o = long_options; o->name; o++)
			nearest_offer(&near, o->name);
		err_usage(err, "unknown option %s", word);
		if (near.best)
			err_usage(err, "unknown option %s (did you mean --%s?)", word, near.best);
	}
	/* Those of Mininet that everybody types. */
	if (options_is(word, "--topo", next, &value))
		return err_hint(err, "nslab %s", value);
	if (options_is(word, "--test", next, &value))
		return err_hint(err, "nslab -c %s minimal", value);
	return err_hint(err, "nslab --help lists the options");
}

static const struct {
	const char *word;
	enum options_action action;
	bool target; /* a lab's name comes next */
	const char *usage;
} verbs[] = {
	{ "attach", OPTIONS_ATTACH, true, "usage: nslab attach LAB [-c COMMAND]... [-f FILE]" },
	{ "stop", OPTIONS_STOP, true, "usage: nslab stop LAB" },
	{ "ls", OPTIONS_LIST, false, "usage: nslab ls [--json]" },
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* import FORMAT FILE, whatever they are called. */
static bool options_word_import(struct options *o, const char *word)
{
	if (o->action != OPTIONS_LAB || o->topology || (!o->import && strcmp(word, "import") != 0))
		return false;
	if (!o->import)
		o->import = "";
	else if (!*o->import)
		o->import = word;
	else
		o->topology = word;
	return true;
}

/* A word that is no option. True when the rest of the line is not ours to parse. */
static bool options_word(struct options *o, char **word)
{
	if (options_word_import(o, *word))
		return false;
	if (!o->topology && strcmp(*word, "exec") == 0) {
		o->action = OPTIONS_EXEC;
		o->rest = word + 1;
		return true;
	}
	if (!o->topology && (strcmp(*word, "help") == 0 || strcmp(*word, "topologies") == 0)) {
		o->action = OPTIONS_COMMAND;
		o->rest = word;
		return true;
	}
	if (o->action == OPTIONS_RUN) {
		o->rest = word;
		return true;
	}
	if (!o->topology && strcmp(*word, "run") == 0) {
		o->action = OPTIONS_RUN;
		return false;
	}
	for (size_t i = 0; i < VERBS && o->action == OPTIONS_LAB && !o->topology; i++) {
		if (strcmp(*word, verbs[i].word) == 0) {
			o->action = verbs[i].action;
			return false;
		}
	}
	if ((o->action == OPTIONS_ATTACH || o->action == OPTIONS_STOP) && !o->target) {
		o->target = *word;
		return false;
	}
	if (!o->topology) {
		o->topology = *word;
		return false;
	}
	o->params = mem_grow(o->params, o->n_params, &o->cap_params, sizeof(*o->params));
	o->params[o->n_params++] = *word;
	return false;
}

static int options_set(struct options *o, int option, struct err *err)
{
	switch (option) {
	case 'c':
		script_add_text(&o->script, optarg);
		break;
	case 'f':
		return script_add_file(&o->script, optarg, err);
	case 'k':
		o->script.keep_going = true;
		break;
	case 'q':
		o->lab.quiet = true;
		break;
	case 'V':
		o->action = OPTIONS_VERSION;
		break;
	case 'h':
		o->action = OPTIONS_HELP;
		break;
	case OPTION_NAME:
		o->lab.name = optarg;
		break;
	case OPTION_EXPLAIN:
		o->explain = true;
		break;
	case OPTION_JSON:
		o->json = true;
		break;
	case OPTION_ROOTLESS:
		o->lab.rootless = true;
		break;
	case OPTION_KEEP:
		o->lab.keep = true;
		break;
	case OPTION_HOST_NET:
		o->lab.host_net = true;
		break;
	case OPTION_NO_INIT:
		o->no_init = true;
		break;
	}
	return 0;
}

/* Of the verbs that speak of a running lab. */
static int options_check_verb(const struct options *o, struct err *err)
{
	for (size_t i = 0; i < VERBS; i++) {
		if (verbs[i].action != o->action)
			continue;
		if (verbs[i].target != (o->target != NULL) || o->topology ||
		    (o->script.n && o->action != OPTIONS_ATTACH))
			return err_usage(err, "%s", verbs[i].usage);
		if (o->lab.name || o->lab.keep || o->lab.host_net || o->lab.rootless)
			return err_usage(err,
					 "nslab %s: --name, --keep, --host-net and --rootless are "
					 "for a new lab",
					 verbs[i].word);
	}
	return 0;
}

static int options_check_import(const struct options *o, struct err *err)
{
	if (strcmp(o->import, "mininet") != 0 || !o->topology || o->n_params)
		return err_usage(err,
				 "usage: nslab import mininet FILE.mn [-c COMMAND]... [-f FILE]");
	return 0;
}

/* Words that make no sense together, found before anything is started. */
static int options_check(const struct options *o, struct err *err)
{
	if (o->action == OPTIONS_EXEC && (!o->rest[0] || !o->rest[1] || !o->rest[2]))
		return err_usage(err, "usage: nslab exec LAB NODE [--] COMMAND...");
	if (o->action == OPTIONS_RUN && (!o->rest || o->script.n))
		return err_usage(err, "usage: nslab run [OPTION...] FILE.lua [ARG...]");
	if (options_check_verb(o, err) < 0)
		return -1;
	if (o->lab.host_net && o->lab.rootless)
		return err_usage(err, "--host-net needs root's rights, which --rootless gives up");
	if (o->import)
		return options_check_import(o, err);
	if (o->topology && strchr(o->topology, '=') && !strchr(o->topology, '/'))
		return err_usage(err,
				 "%s: a topology's name comes first, as in: nslab single hosts=4",
				 o->topology);
	for (size_t i = 0; i < o->n_params; i++) {
		if (!strchr(o->params[i], '=')) {
			err_usage(err, "%s: after a topology come its parameters, NAME=VALUE",
				  o->params[i]);
			return err_hint(err, "to run a line in the lab: nslab %s -c '...'",
					o->topology);
		}
	}
	return 0;
}

int options_parse(struct options *o, int argc, char **argv, struct err *err)
{
	int c;

	opterr = 0;
	/* "-": words that are no options come back in their order, as option 1; ":" tells a missing
	 * value from an unknown option. */
	while ((c = getopt_long(argc, argv, "-:c:f:kqVh", long_options, NULL)) != -1) {
		if (c == '?' || c == ':')
			return options_refuse(c, argv[optind - 1], argv[optind], err);
		if (c == 1 && options_word(o, &argv[optind - 1]))
			return options_check(o, err);
		if (c != 1 && options_set(o, c, err) < 0)
			return -1;
		if (o->action == OPTIONS_HELP || o->action == OPTIONS_VERSION)
			return 0;
	}
	for (; optind < argc; optind++) { /* after "--" */
		if (options_word(o, &argv[optind]))
			break;
	}
	return options_check(o, err);
}

void options_free(struct options *o)
{
	script_free(&o->script);
	free(o->params);
}
