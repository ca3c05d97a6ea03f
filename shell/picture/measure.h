/* Inside the placing of a scene: how wide the columns of a chain must be, and what is written. */
#ifndef NSLAB_PICTURE_MEASURE_H
#define NSLAB_PICTURE_MEASURE_H

#include "picture/arrange.h"

struct measure {
	const struct parts *p;
	bool brief; /* short names of interfaces, no words for kinds */
};

/* Of a chain, in columns from left to right. */
struct columns {
	size_t tracks; /* of its brackets */
	size_t gutter; /* left of its boxes: tracks and labels */
	size_t box;
	size_t gap; /* the links to what stands to the right */
	size_t hanging;
	size_t names; /* within `hanging`: so that what follows them is aligned */
	size_t width; /* of all */
};

void measure_chain(const struct measure *m, struct chain *c, struct columns *out);

/* What stands at an end of a link, and in a box; each to be freed. */
char *measure_end(const struct measure *m, const struct diagram_end *e);
char *measure_title(const struct measure *m, const struct diagram_box *b);
char *measure_line(const struct measure *m, const struct diagram_box *b, size_t i);
/* A host with one line: it stands behind the name. */
bool measure_is_inline(const struct diagram_box *b);
/* The track of each bracket, 0 next to the boxes, so that no two on one track meet. */
size_t measure_tracks(const struct chain *c, size_t *tracks);

#endif
