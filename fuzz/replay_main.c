/* SPDX-License-Identifier: Apache-2.0
 * Replays every file of a folder (argv[1]) through a fuzz target's function: the corpus as a test,
 * under any compiler and sanitizer. A finding of the fuzzer is kept by adding its file there. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return -1;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    /* Exactly as long as the input, so that a sanitizer sees one byte too far. */
    uint8_t *data = size > 0 ? malloc((size_t)size) : NULL;
    size_t got = data ? fread(data, 1, (size_t)size, file) : 0;
    fclose(file);
    if (size < 0 || got != (size_t)size) {
        free(data);
        return -1;
    }
    (void)LLVMFuzzerTestOneInput(data, got);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int count = 0;
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (!folder) {
        fprintf(stderr, "usage: replay CORPUS_FOLDER\n");
        return 2;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[4096];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        if (replay(path) != 0) {
            fprintf(stderr, "replay: cannot read %s\n", path);
            closedir(folder);
            return 2;
        }
        count++;
    }
    closedir(folder);
    printf("%s: %d inputs\n", argv[1], count);
    return count > 0 ? 0 : 1;
}
