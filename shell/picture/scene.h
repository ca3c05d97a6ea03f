/* A picture in cells of a terminal: boxes, lines and words, each with its place. The terminal draws
 * it in characters, SVG in ink. */
#ifndef NSLAB_PICTURE_SCENE_H
#define NSLAB_PICTURE_SCENE_H

#include "picture/arrange.h"

/* More boxes than these are too many for one look. */
#define SCENE_FOLD_FROM 30

struct scene_box {
	size_t x, y, w, h; /* borders included */
	enum graph_kind kind;
};

/* From a box's border to another's, with one or two bends at most. */
struct scene_line {
	struct {
		size_t x, y;
	} at[4];
	size_t n;
	bool up;
};

enum scene_role { SCENE_NAME, SCENE_TEXT, SCENE_LABEL };

struct scene_word {
	size_t x, y;
	char *text;
	enum scene_role role;
	bool on_line; /* a label of a level line, which it stands on */
	bool to_end;  /* what matters is where it ends */
};

struct scene {
	struct scene_box *boxes;
	size_t n_boxes, cap_boxes;
	struct scene_line *lines;
	size_t n_lines, cap_lines;
	struct scene_word *words;
	size_t n_words, cap_words;
	size_t width, height;
};

/* False, and an empty scene, when it cannot be done in so many columns. */
bool scene_place(struct scene *s, const struct diagram *d, size_t columns);
void scene_free(struct scene *s);

#endif
