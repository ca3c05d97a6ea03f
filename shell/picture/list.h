/* Who is connected to whom, as a list: for a screen too narrow for boxes. */
#ifndef NSLAB_PICTURE_LIST_H
#define NSLAB_PICTURE_LIST_H

#include "picture/diagram.h"

void list_draw(const struct diagram *d, size_t columns, bool ascii, struct buf *out);

#endif
