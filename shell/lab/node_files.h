/*
 * What a node has of its own beside its network namespace, all of it below /run/nslab/nodes/NAME,
 * so that it is hidden, brought back and removed with the node by one rename.
 *
 *   etc/       what stands in /etc/netns/NAME, which links here: the node's view shows it in /etc,
 *              as `ip netns exec` does
 *   mounts     its own directories, one a line, which stand in every view instead of the lab's;
 *   private/   and what is in them: private/var/lib/misc
 *   daemons/   node_daemon.h
 *   logs/
 *
 * Only whole entries of /etc are shown: a node with a file in /etc/frr has an /etc/frr that holds
 * its own files alone, so that the same lab is the same on every machine.
 */
#ifndef NSLAB_LAB_NODE_FILES_H
#define NSLAB_LAB_NODE_FILES_H

#include <stdbool.h>

#include "base/err.h"
#include "kernel/namespace.h"
#include "lab/lab.h"
#include "lab/node_paths.h"

#define NODE_FILES NAMESPACE_NODES

/* NODE's file PATH holds TEXT from now on. *OLD is what it held, to be freed, or NULL: there was
 * none. */
int node_file_write(struct lab *lab, const char *node, const char *path, const char *text,
		    char **old, struct err *err);
/* Back to what write found: OLD, NULL for none. */
void node_file_restore(struct lab *lab, const char *node, const char *path, const char *old);
/* Say which files a node may have: not PATH. */
int node_file_refuse(const char *path, struct err *err);

/* What NODE sees instead of the lab's: entries of /etc, whoever put them there, and directories of
 * its own. One a line, to be freed; NULL: nothing. */
char *node_files_list(const char *node);

/* ---- with the node (netns.c) ---- */

/* Move all of it out of sight; where to, to be freed, or NULL: there is nothing. */
char *node_files_hide(const char *node);
void node_files_restore(const char *node, const char *hidden);
/* What is at PATH, as hide gave it. */
void node_files_remove(const char *path);
/* What an earlier node NAME, gone by another hand, has left. */
void node_files_forget(const char *name);

#endif
