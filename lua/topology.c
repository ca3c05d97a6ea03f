#include "lua/topology.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/mem.h"
#include "base/name.h"
#include "lua/definition.h"
#include "lua/embedded.h"
#include "lua/file.h"
#include "lua/sandbox.h"

const char *const *topology_names(void)
{
	return embedded_topology_names;
}

const char *topology_source(const char *name)
{
	for (const struct embedded *e = embedded_topologies; e->name; e++)
		if (strcmp(e->name, name) == 0)
			return e->text;
	return NULL;
}

void topology_free(struct topology *t)
{
	for (size_t i = 0; i < t->n_params; i++) {
		struct topology_param *p = &t->params[i];

		free(p->name);
		free(p->value);
		free(p->about);
		for (char **choice = p->choices; choice && *choice; choice++)
			free(*choice);
		free(p->choices);
	}
	free(t->params);
	free(t->name);
	free(t->about);
	*t = (struct topology){ 0 };
}

/* How much of SPEC is the name; the rest is ",2,3". */
static size_t topology_name_length(const char *spec)
{
	const char *file = strstr(spec, ".lua,");
	size_t len = strlen(spec);

	if (file)
		return (size_t)(file - spec) + strlen(".lua");
	if (len > 4 && strcmp(spec + len - 4, ".lua") == 0)
		return len;
	return strcspn(spec, ",");
}

/* Find, run and read what SPEC names. The state runs the text of F: both are the caller's to end,
 * also on -1. */
static int topology_open(const char *spec, struct file *f, struct topology *t, struct state **s,
			 struct err *err)
{
	*t = (struct topology){ .name = mem_strndup(spec, topology_name_length(spec)) };
	*s = NULL;
	if (file_open(f, t->name, err) != 0)
		return -1;
	*s = state_new(f->script, STATE_MEMORY, sandbox_open, err);
	if (!*s)
		return -1;
	return definition_load(*s, f->text, f->len, t, err);
}

int topology_describe(const char *spec, struct topology *t, struct err *err)
{
	struct file f;
	struct state *s;
	int result = topology_open(spec, &f, t, &s, err);

	state_free(s);
	file_close(&f);
	if (result != 0)
		topology_free(t);
	return result;
}

/* ---- parameters ---- */

static int topology_refuse_number(const struct topology *t, const struct topology_param *p,
				  const char *value, struct err *err)
{
	if (p->max == LONG_MAX)
		return err_usage(err, "%s: %s=%s is less than %ld", t->name, p->name, value,
				 p->min);
	if (p->min == LONG_MIN)
		return err_usage(err, "%s: %s=%s is more than %ld", t->name, p->name, value,
				 p->max);
	return err_usage(err, "%s: %s=%s is not within %ld and %ld", t->name, p->name, value,
			 p->min, p->max);
}

static int topology_refuse_choice(const struct topology *t, const struct topology_param *p,
				  const char *value, struct err *err)
{
	struct buf list = { 0 };

	for (char **choice = p->choices; *choice; choice++)
		buf_printf(&list, "%s%s", choice == p->choices ? "" : ", ", *choice);
	err_usage(err, "%s: %s=%s is not one of %s", t->name, p->name, value, buf_text(&list));
	buf_free(&list);
	return -1;
}

static int topology_check_value(const struct topology *t, const struct topology_param *p,
				const char *value, struct err *err)
{
	long number;

	if (p->number) {
		if (number_parse(&number, value, LONG_MIN, LONG_MAX, NULL) != 0)
			return err_usage(err, "%s: %s=%s is not a whole number", t->name, p->name,
					 value);
		if (number < p->min || number > p->max)
			return topology_refuse_number(t, p, value, err);
	}
	if (p->choices) {
		for (char **choice = p->choices; *choice; choice++)
			if (strcmp(*choice, value) == 0)
				return 0;
		return topology_refuse_choice(t, p, value, err);
	}
	return 0;
}

/* " has depth, fanout" or so. */
static int topology_refuse_name(const struct topology *t, const char *name, struct err *err)
{
	struct nearest near = { .word = name };
	struct buf list = { 0 };
	struct err known = ERR_INIT;

	for (size_t i = 0; i < t->n_params; i++) {
		nearest_offer(&near, t->params[i].name);
		buf_printf(&list, "%s%s", i ? ", " : "", t->params[i].name);
	}
	err_set(&known, "%s: no parameter \"%s\"", t->name, name);
	nearest_suggest(&near, &known);
	err_usage(err, "%s; it has %s", known.text, t->n_params ? buf_text(&list) : "none");
	buf_free(&list);
	return -1;
}

/* The parameters' values while words are matched to them. */
struct topology_values {
	const struct topology *topology;
	char **v; /* NULL: not given yet */
};

static int topology_set(struct topology_values *values, size_t i, const char *value,
			struct err *err)
{
	const struct topology *t = values->topology;
	bool truth;

	if (t->params[i].truth && truth_parse(&truth, value, NULL) == 0)
		value = truth ? "true" : "false";
	if (values->v[i])
		return err_usage(err, "%s: %s is given twice", t->name, t->params[i].name);
	if (topology_check_value(t, &t->params[i], value, err) != 0)
		return -1;
	values->v[i] = mem_strdup(value);
	return 0;
}

/* "depth=2" */
static int topology_set_named(struct topology_values *values, const char *word, struct err *err)
{
	const struct topology *t = values->topology;
	size_t len = strcspn(word, "="), i = 0;
	char *name;
	int result;

	if (word[len] != '=')
		return err_usage(err, "%s: \"%s\" is not a parameter: write NAME=VALUE", t->name,
				 word);
	name = mem_strndup(word, len);
	while (i < t->n_params && strcmp(t->params[i].name, name) != 0)
		i++;
	if (i == t->n_params)
		result = topology_refuse_name(t, name, err);
	else
		result = topology_set(values, i, word + len + 1, err);
	free(name);
	return result;
}

/* The ",2,3" of `tree,2,3`: by position, or by name as in `tree,depth=2`. */
static int topology_set_listed(struct topology_values *values, const char *list, struct err *err)
{
	const struct topology *t = values->topology;
	size_t i = 0;
	int result = 0;

	while (*list == ',' && result == 0) {
		size_t len = strcspn(++list, ",");
		char *word = mem_strndup(list, len);

		if (strchr(word, '='))
			result = topology_set_named(values, word, err);
		else if (i == t->n_params)
			result = err_usage(err, "%s: \"%s\" is one value too many: it takes %zu",
					   t->name, word, t->n_params);
		else
			result = topology_set(values, i++, word, err);
		free(word);
		list += len;
	}
	return result;
}

static int topology_set_all(struct topology_values *values, const char *spec,
			    const char *const *params, size_t n, struct err *err)
{
	const struct topology *t = values->topology;

	if (topology_set_listed(values, spec + topology_name_length(spec), err) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (topology_set_named(values, params[i], err) != 0)
			return -1;
	for (size_t i = 0; i < t->n_params; i++)
		if (!values->v[i])
			values->v[i] = mem_strdup(t->params[i].value);
	return 0;
}

static void topology_values_free(struct topology_values *values)
{
	for (size_t i = 0; i < values->topology->n_params; i++)
		free(values->v[i]);
	free(values->v);
}

int topology_build(const char *spec, const char *const *params, size_t n, struct draft *d,
		   struct buf *printed, struct err *err)
{
	struct file f;
	struct state *s;
	struct topology t;
	int result = topology_open(spec, &f, &t, &s, err);

	if (result == 0) {
		struct topology_values values = { &t,
						  mem_alloc((t.n_params + 1) * sizeof(char *)) };

		result = topology_set_all(&values, spec, params, n, err);
		if (result == 0)
			result = definition_build(s, &t, (const char *const *)values.v, d, err);
		topology_values_free(&values);
	}
	if (s && printed && s->printed.len)
		buf_add(printed, s->printed.data, s->printed.len);
	state_free(s);
	file_close(&f);
	topology_free(&t);
	return result;
}
