/* Text from outside may be any bytes; which of them are characters. */
#ifndef NSLAB_BASE_UTF8_H
#define NSLAB_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the UTF-8 character that S begins with; 0: none (overlong, a surrogate, past U+10FFFF).
 * Not to be asked at the end of S. */
size_t utf8_length(const char *s);
/* Does the character at S steer a terminal instead of showing (C0, DEL, C1)? */
bool utf8_is_control(const char *s);

#endif
