/* SPDX-License-Identifier: Apache-2.0
 * Reads a folder into memory, makes a gzip twin of every text (zlib, level 9: once, at start), and
 * hashes with FNV-1a, 64 bits: the hash names a version to a cache, nobody is kept out by it. */
#include "services/web/files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/text.h"
#include "os/os.h"

enum { FILES_MAX = 512, FILE_SIZE_MAX = 8 * 1024 * 1024, DEPTH_MAX = 8, GZIP_MIN = 512 };

struct content_type {
    const char *suffix, *type;
    bool text;
};

static const struct content_type content_types[] = {
    {".html", "text/html; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".mjs", "text/javascript; charset=utf-8", true},
    {".css", "text/css; charset=utf-8", true},
    {".json", "application/json", true},
    {".svg", "image/svg+xml", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".md", "text/plain; charset=utf-8", true},
    {".png", "image/png", false},
    {".ico", "image/x-icon", false},
    {".woff2", "font/woff2", false},
    {".webmanifest", "application/manifest+json", true}};

static const struct content_type *content_type_of(const char *path)
{
    size_t size = strlen(path);
    for (size_t i = 0; i < sizeof content_types / sizeof content_types[0]; i++) {
        size_t suffix = strlen(content_types[i].suffix);
        if (size > suffix && strcmp(path + size - suffix, content_types[i].suffix) == 0)
            return &content_types[i];
    }
    return NULL;
}

static bool name_served(const char *name)
{
    if (name[0] == '.') return false;
    for (; *name; name++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *name))
            return false;
    return true;
}

static uint64_t fnv1a(uint64_t hash, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)data[i]) * 0x100000001b3ULL;
    return hash;
}

static void make_gzip(struct tl_web_file *file)
{
    z_stream stream = {0};
    if (file->size < GZIP_MIN) return;
    /* 15 + 16: the gzip wrapper; zlib writes no time stamp, so the twin is reproducible. */
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return;
    size_t bound = deflateBound(&stream, (uLong)file->size);
    file->gzip = malloc(bound);
    if (file->gzip) {
        memcpy(&stream.next_in, &file->data, sizeof file->data);
        stream.avail_in = (uInt)file->size;
        stream.next_out = (Bytef *)file->gzip;
        stream.avail_out = (uInt)bound;
        bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
        file->gzip_size = stream.total_out;
        if (!done || file->gzip_size >= file->size) {
            free(file->gzip);
            file->gzip = NULL;
        }
    }
    deflateEnd(&stream);
}

static enum tl_status load_file(struct tl_web_files *files, const char *disk_path, const char *path,
                                struct tl_error *error)
{
    const struct content_type *type = content_type_of(path);
    if (!type) return TL_OK; /* licences without a suffix, checksums: not for browsers */
    if (files->count == FILES_MAX)
        return tl_error_set(error, TL_IO, "more than %d web files", FILES_MAX);
    struct tl_web_file *file = &files->list[files->count];
    if (snprintf(file->path, sizeof file->path, "%s", path) >= (int)sizeof file->path)
        return tl_error_set(error, TL_IO, "web file name too long: %s", path);
    enum tl_status status =
        tl_os_read_file(disk_path, FILE_SIZE_MAX, &file->data, &file->size, error);
    if (status != TL_OK) {
        tl_error_add(error, "web file %s", path);
        return status;
    }
    files->count++;
    file->content_type = type->type;
    file->html = strcmp(type->suffix, ".html") == 0;
    snprintf(file->hash, sizeof file->hash, "%016llx",
             (unsigned long long)fnv1a(0xcbf29ce484222325ULL, file->data, file->size));
    if (type->text) make_gzip(file);
    return TL_OK;
}

static enum tl_status load_folder(struct tl_web_files *files, const char *disk_path,
                                  const char *path, int depth, struct tl_error *error)
{
    DIR *folder = opendir(disk_path);
    enum tl_status status = TL_OK;
    if (!folder) return tl_error_set(error, TL_IO, "cannot read the web folder %s", disk_path);
    for (struct dirent *entry; status == TL_OK && (entry = readdir(folder));) {
        char child_disk[4096], child[512];
        struct stat info;
        if (!name_served(entry->d_name)) continue;
        int disk_size = snprintf(child_disk, sizeof child_disk, "%s/%s", disk_path, entry->d_name);
        int size = snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
        if (disk_size >= (int)sizeof child_disk || size >= (int)sizeof child) continue;
        if (lstat(child_disk, &info) != 0) continue;
        if (S_ISREG(info.st_mode))
            status = load_file(files, child_disk, child, error);
        else if (S_ISDIR(info.st_mode) && depth < DEPTH_MAX)
            status = load_folder(files, child_disk, child, depth + 1, error);
    }
    closedir(folder);
    return status;
}

static void sort_by_path(struct tl_web_files *files)
{
    for (size_t i = 1; i < files->count; i++) { /* a few dozen files, once */
        struct tl_web_file file = files->list[i];
        size_t at = i;
        for (; at > 0 && strcmp(files->list[at - 1].path, file.path) > 0; at--)
            files->list[at] = files->list[at - 1];
        files->list[at] = file;
    }
}

enum tl_status tl_web_files_load(const char *folder, struct tl_web_files *files,
                                 struct tl_error *error)
{
    *files = (struct tl_web_files){.list = calloc(FILES_MAX, sizeof *files->list)};
    if (!files->list) return tl_error_set(error, TL_NOMEM, "out of memory");
    enum tl_status status = load_folder(files, folder, "", 0, error);
    sort_by_path(files);
    if (status == TL_OK && !tl_web_files_find(files, tl_str_from("/index.html")))
        status = tl_error_set(error, TL_IO, "no index.html in the web folder %s", folder);
    if (status != TL_OK) {
        tl_web_files_free(files);
        return status;
    }
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (size_t i = 0; i < files->count; i++) {
        hash = fnv1a(hash, files->list[i].path, strlen(files->list[i].path));
        hash = fnv1a(hash, files->list[i].hash, 16);
    }
    snprintf(files->build, sizeof files->build, "%016llx", (unsigned long long)hash);
    return TL_OK;
}

void tl_web_files_free(struct tl_web_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->list[i].data);
        free(files->list[i].gzip);
    }
    free(files->list);
    *files = (struct tl_web_files){0};
}

const struct tl_web_file *tl_web_files_find(const struct tl_web_files *files, struct tl_str path)
{
    for (size_t i = 0; i < files->count; i++)
        if (tl_str_is(path, files->list[i].path)) return &files->list[i];
    return NULL;
}
