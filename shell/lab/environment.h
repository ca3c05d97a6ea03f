/* What programs in a lab find beside its network: a sudo that has nothing to do, and a PATH that
 * begins with it. */
#ifndef NSLAB_LAB_ENVIRONMENT_H
#define NSLAB_LAB_ENVIRONMENT_H

#define ENVIRONMENT_BIN "/run/nslab/bin"

int environment_install(void); /* the programs, into ENVIRONMENT_BIN; 0, or -1 with errno */
char *environment_path(void);  /* what PATH is in a lab, to be freed */
void environment_set(void);    /* this process's PATH */

#endif
