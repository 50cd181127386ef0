/* SPDX-License-Identifier: Apache-2.0
 * The page's files, read once at start: served from memory, so a request can name only what was
 * found, and no answer waits for a disk. */
#ifndef TL_SERVICES_WEB_FILES_H
#define TL_SERVICES_WEB_FILES_H

#include <tapeloom/types.h>

struct tl_web_file {
    char path[256];           /* as requested: "/app/main.js" */
    const char *content_type; /* with charset where it has one */
    bool html;
    char *data;
    size_t size;
    char *gzip; /* NULL: not worth it */
    size_t gzip_size;
    char hash[17]; /* of the bytes; the strong ETag is made of it */
};

struct tl_web_files {
    struct tl_web_file *list; /* sorted by path */
    size_t count;
    char build[17]; /* hash over all files */
};

/* Loads a folder: regular files only, no dot files, no links out of it, names of letters, digits
 * and . _ - only; at most 512 files of 8 MiB each, folders at most 8 deep. TL_IO: no such folder,
 * or no index.html in it. */
enum tl_status tl_web_files_load(const char *folder, struct tl_web_files *files,
                                 struct tl_error *error) TL_MUST_USE;
void tl_web_files_free(struct tl_web_files *files);
const struct tl_web_file *tl_web_files_find(const struct tl_web_files *files, struct tl_str path);

#endif
