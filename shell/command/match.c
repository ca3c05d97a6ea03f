/* Words given to the places of a grammar, one after the other. */
#include "command/grammar.h"

#include <string.h>

#include "base/name.h"

static bool looks_like_flag(const struct word *w)
{
	return !w->quoted && w->text[0] == '-' && w->text[1];
}

/* The name before the = of "ip=...", or of "--ip=..." as other programs have it; false: no option.
 */
static bool option_name(const struct word *w, char name[64])
{
	const char *text = w->text + 2 * !strncmp(w->text, "--", 2);
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (w->quoted || !len || len >= 64 || text[len] != '=')
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	return true;
}

static bool takes_params(const struct grammar *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->specs[i].type == ARG_PARAM)
			return true;
	return false;
}

/* What looks like an option or a flag is a mere word there, unless the grammar knows it. */
static bool takes_any(const struct arg_spec *spec)
{
	return spec_takes_rest(spec) || (spec->type == ARG_WORD && spec->repeat);
}

/* The first place from m->next on for this word: signals begin with a dash, and only they; rates
 * that may be left out with a digit. */
static const struct arg_spec *place_for(const struct match *m, const struct word *w, bool dash)
{
	for (size_t i = m->next; i < m->grammar->n; i++) {
		const struct arg_spec *spec = &m->grammar->specs[i];

		if (spec->kind != SPEC_WORD)
			continue;
		if (spec->type == ARG_RATE && spec->optional && !strchr("0123456789", *w->text))
			continue;
		if (takes_any(spec) || (spec->type == ARG_SIGNAL) == dash)
			return spec;
		if (dash || !spec->optional)
			return NULL;
	}
	return NULL;
}

static void take_place(struct match *m, const struct arg_spec *spec)
{
	size_t i = (size_t)(spec - m->grammar->specs);

	m->took = spec->repeat;
	m->next = spec->repeat ? i : i + 1;
}

static int match_flag(struct match *m, const struct word *w, const struct arg_spec **spec,
		      struct err *err)
{
	struct nearest nearest = { .word = w->text };
	const struct grammar *g = m->grammar;

	for (size_t i = 0; i < g->n; i++) {
		if (g->specs[i].kind != SPEC_FLAG)
			continue;
		nearest_offer(&nearest, g->specs[i].label);
		if (strcmp(g->specs[i].label, w->text))
			continue;
		for (size_t k = 0; k < g->n; k++)
			if (k != i && m->used[k] && g->specs[i].exclusive &&
			    g->specs[k].exclusive == g->specs[i].exclusive)
				return err_set(err, "%s and %s exclude each other",
					       g->specs[k].label, w->text);
		m->used[i] = true;
		*spec = &g->specs[i];
		return 0;
	}
	err_set(err, "unknown flag %s", w->text);
	return nearest_suggest(&nearest, err);
}

static const struct arg_spec *find_option(const struct grammar *g, const char *name)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->specs[i].kind == SPEC_OPTION && !strcmp(g->specs[i].label, name))
			return &g->specs[i];
	return NULL;
}

static int match_option(struct match *m, const char *name, const struct arg_spec **spec,
			struct err *err)
{
	struct nearest nearest = { .word = name };
	const struct grammar *g = m->grammar;
	size_t i;

	*spec = find_option(g, name);
	if (!*spec) {
		for (i = 0; i < g->n; i++)
			if (g->specs[i].kind == SPEC_OPTION)
				nearest_offer(&nearest, g->specs[i].label);
		err_set(err, "unknown option %s=", name);
		return nearest_suggest(&nearest, err);
	}
	i = (size_t)(*spec - g->specs);
	if (m->used[i])
		return err_set(err, "%s= was given twice", name);
	m->used[i] = true;
	return 0;
}

static bool has_flag(const struct grammar *g, const char *flag)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->specs[i].kind == SPEC_FLAG && !strcmp(g->specs[i].label, flag))
			return true;
	return false;
}

int match_word(struct match *m, const struct word *w, const struct arg_spec **spec, struct err *err)
{
	bool dash = looks_like_flag(w);
	const struct arg_spec *place = place_for(m, w, dash);
	char name[64];
	bool rest = place && spec_takes_rest(place), any = place && takes_any(place);
	bool option = option_name(w, name);
	bool known = option && find_option(m->grammar, name);

	if (dash && !known && (!place || (!rest && has_flag(m->grammar, w->text))))
		return match_flag(m, w, spec, err);
	if (known ? !rest : option && !any && !takes_params(m->grammar))
		return match_option(m, name, spec, err);
	if (!place)
		return err_set(err, "unexpected \"%s\"", w->text);
	take_place(m, place);
	*spec = place;
	return 0;
}

static bool flag_is_excluded(const struct match *m, const struct arg_spec *spec)
{
	for (size_t i = 0; i < m->grammar->n; i++)
		if (m->used[i] && spec->exclusive &&
		    m->grammar->specs[i].exclusive == spec->exclusive)
			return true;
	return false;
}

size_t match_expected(const struct match *m, const struct arg_spec *out[GRAMMAR_MAX])
{
	const struct grammar *g = m->grammar;
	size_t n = 0;

	for (size_t i = m->next; i < g->n; i++) {
		if (g->specs[i].kind != SPEC_WORD)
			continue;
		out[n++] = &g->specs[i];
		if (!g->specs[i].optional || !spec_is_told_apart(&g->specs[i]))
			break;
	}
	for (size_t i = 0; i < g->n; i++)
		if (g->specs[i].kind != SPEC_WORD && !m->used[i] &&
		    !flag_is_excluded(m, &g->specs[i]))
			out[n++] = &g->specs[i];
	return n;
}

const struct arg_spec *match_missing(const struct match *m)
{
	for (size_t i = m->next; i < m->grammar->n; i++) {
		const struct arg_spec *spec = &m->grammar->specs[i];

		if (spec->kind == SPEC_WORD && !spec->optional && !(i == m->next && m->took))
			return spec;
	}
	return NULL;
}
