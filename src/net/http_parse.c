/* SPDX-License-Identifier: Apache-2.0
 * A head is scanned line by line; the whole head is scanned again when more bytes arrive, which is
 * cheap because heads are bounded at 16 KiB. Source: RFC 9112 (message syntax), RFC 9110 (tokens).
 * Not supported, answered as bad: obs-fold, bare LF, HTTP/0.9, authority and asterisk targets. */
#include "net/http_parse.h"

#include <string.h>

#include "base/text.h"

static bool token_byte(unsigned char byte)
{
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
        (byte >= '0' && byte <= '9'))
        return true;
    return byte && strchr("!#$%&'*+-.^_`|~", byte) != NULL;
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

bool tl_http_equal_fold(struct tl_str a, struct tl_str b)
{
    if (a.size != b.size) return false;
    for (size_t i = 0; i < a.size; i++)
        if (lower(a.data[i]) != lower(b.data[i])) return false;
    return true;
}

bool tl_http_has_token(struct tl_str value, const char *token)
{
    struct tl_str part, want = tl_str_from(token);
    while (tl_str_cut(&value, ',', &part))
        if (tl_http_equal_fold(tl_str_trim(part), want)) return true;
    return false;
}

struct tl_str tl_http_header_get(const struct tl_http_head *head, const char *name)
{
    for (size_t i = 0; i < head->header_count; i++)
        if (tl_str_is(head->headers[i].name, name)) return head->headers[i].value;
    return (struct tl_str){NULL, 0};
}

/* Cuts the next line ended by CRLF; false: not complete, or a bare CR or LF (*bad). */
static bool line_next(const char *data, size_t size, size_t *at, struct tl_str *line, bool *bad)
{
    const char *end = *at < size ? memchr(data + *at, '\n', size - *at) : NULL;
    if (!end) return false;
    size_t stop = (size_t)(end - data);
    if (stop == *at || data[stop - 1] != '\r' || memchr(data + *at, '\r', stop - 1 - *at)) {
        *bad = true;
        return false;
    }
    *line = (struct tl_str){data + *at, stop - 1 - *at};
    *at = stop + 1;
    return true;
}

static bool visible(struct tl_str str)
{
    for (size_t i = 0; i < str.size; i++) {
        unsigned char byte = (unsigned char)str.data[i];
        if (byte <= 0x20 || byte >= 0x7f) return false;
    }
    return str.size > 0;
}

static bool parse_version(struct tl_str str, int *minor)
{
    if (str.size != 8 || !tl_str_starts(str, "HTTP/1.")) return false;
    if (str.data[7] != '0' && str.data[7] != '1') return false;
    *minor = str.data[7] - '0';
    return true;
}

/* METHOD SP target SP HTTP/1.x. The absolute form is cut down to its path (RFC 9112, 3.2.2). */
static bool parse_request_line(struct tl_str line, struct tl_http_head *head)
{
    struct tl_str target, version;
    if (!tl_str_cut(&line, ' ', &head->method) || !tl_str_cut(&line, ' ', &target)) return false;
    version = line;
    if (head->method.size == 0 || head->method.size > 16) return false;
    for (size_t i = 0; i < head->method.size; i++)
        if (!token_byte((unsigned char)head->method.data[i])) return false;
    if (!visible(target) || !parse_version(version, &head->minor)) return false;
    if (tl_str_starts(target, "http://")) {
        const char *slash = memchr(target.data + 7, '/', target.size - 7);
        if (!slash) return false;
        target.size -= (size_t)(slash - target.data);
        target.data = slash;
    }
    if (target.data[0] != '/') return false;
    const char *mark = memchr(target.data, '?', target.size);
    size_t path = mark ? (size_t)(mark - target.data) : target.size;
    head->path = (struct tl_str){target.data, path};
    if (mark) head->query = (struct tl_str){mark + 1, target.size - path - 1};
    return true;
}

static bool parse_status_line(struct tl_str line, struct tl_http_head *head)
{
    struct tl_str version, code;
    if (!tl_str_cut(&line, ' ', &version) || !parse_version(version, &head->minor)) return false;
    code = (struct tl_str){line.data, line.size < 3 ? line.size : 3};
    if (code.size != 3 || (line.size > 3 && line.data[3] != ' ')) return false;
    for (size_t i = 0; i < 3; i++) {
        if (code.data[i] < '0' || code.data[i] > '9') return false;
        head->status = head->status * 10 + (code.data[i] - '0');
    }
    return head->status >= 100;
}

static bool parse_length(struct tl_str value, uint64_t *length)
{
    if (value.size == 0 || value.size > 15) return false; /* 15 digits: no overflow */
    *length = 0;
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < '0' || value.data[i] > '9') return false;
        *length = *length * 10 + (uint64_t)(value.data[i] - '0');
    }
    return true;
}

/* What a header means for the framing of the message. */
static bool note_framing(struct tl_http_head *head, struct tl_str name, struct tl_str value)
{
    if (tl_str_is(name, "content-length")) {
        if (head->has_length || !parse_length(value, &head->length)) return false;
        head->has_length = true;
    } else if (tl_str_is(name, "transfer-encoding")) {
        if (head->chunked || !tl_http_equal_fold(value, tl_str_from("chunked"))) return false;
        head->chunked = true;
    } else if (tl_str_is(name, "host")) {
        for (size_t i = 0; i < head->header_count; i++)
            if (tl_str_is(head->headers[i].name, "host")) return false;
    } else if (tl_str_is(name, "connection")) {
        if (tl_http_has_token(value, "close")) head->keep_alive = false;
        if (head->minor == 0 && tl_http_has_token(value, "keep-alive")) head->keep_alive = true;
    }
    return true;
}

/* data is the writable start of the line: the name is lowered there. */
static bool parse_header(char *data, struct tl_str line, struct tl_http_head *head)
{
    const char *colon = memchr(line.data, ':', line.size);
    if (!colon || colon == line.data) return false;
    size_t name_size = (size_t)(colon - line.data);
    for (size_t i = 0; i < name_size; i++) {
        if (!token_byte((unsigned char)data[i])) return false;
        data[i] = lower(data[i]);
    }
    struct tl_str name = {data, name_size};
    struct tl_str value = tl_str_trim((struct tl_str){colon + 1, line.size - name_size - 1});
    for (size_t i = 0; i < value.size; i++) {
        unsigned char byte = (unsigned char)value.data[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return false;
    }
    if (!note_framing(head, name, value)) return false;
    head->headers[head->header_count++] = (struct tl_http_header){name, value};
    return true;
}

static enum tl_http_result parse_head(char *data, size_t size, struct tl_http_head *head,
                                      bool (*first)(struct tl_str line, struct tl_http_head *head))
{
    size_t at = 0;
    bool bad = false;
    struct tl_str line;
    memset(head, 0, sizeof *head);
    if (!line_next(data, size, &at, &line, &bad)) return bad ? TL_HTTP_BAD : TL_HTTP_MORE;
    if (!first(line, head)) return TL_HTTP_BAD;
    head->keep_alive = head->minor == 1;
    for (;;) {
        char *start = data + at;
        if (!line_next(data, size, &at, &line, &bad)) return bad ? TL_HTTP_BAD : TL_HTTP_MORE;
        if (line.size == 0) break;
        if (head->header_count == TL_HTTP_HEADERS_MAX) return TL_HTTP_TOO_MANY;
        if (!parse_header(start, line, head)) return TL_HTTP_BAD;
    }
    if (head->chunked && head->has_length) return TL_HTTP_BAD;
    head->size = at;
    return TL_HTTP_DONE;
}

enum tl_http_result tl_http_parse_request(char *data, size_t size, struct tl_http_head *head)
{
    return parse_head(data, size, head, parse_request_line);
}

enum tl_http_result tl_http_parse_response(char *data, size_t size, struct tl_http_head *head)
{
    return parse_head(data, size, head, parse_status_line);
}

/* --- chunked bodies ------------------------------------------------------------------------ */

enum { CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_SIZE_LF, CHUNK_DATA, CHUNK_CR, CHUNK_LF, CHUNK_TRAILER };
enum { CHUNK_LINE_MAX = 1024 }; /* extensions and trailers are skipped up to this size */

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    byte = lower(byte);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* One byte outside the payload. TL_HTTP_DONE: that was the body's last byte. */
static enum tl_http_result chunk_step(struct tl_http_chunked *chunked, char byte)
{
    int digit;
    if (++chunked->line_size > CHUNK_LINE_MAX) return TL_HTTP_BAD;
    switch (chunked->state) {
    case CHUNK_SIZE:
        digit = hex_digit(byte);
        if (digit >= 0) {
            if (chunked->line_size > 8) return TL_HTTP_BAD; /* chunks below 4 GiB */
            chunked->left = chunked->left * 16 + (uint64_t)digit;
            return TL_HTTP_MORE;
        }
        if (chunked->line_size == 1) return TL_HTTP_BAD;
        if (byte == '\r')
            chunked->state = CHUNK_SIZE_LF;
        else if (byte == ';' || byte == ' ' || byte == '\t')
            chunked->state = CHUNK_EXTENSION;
        else
            return TL_HTTP_BAD;
        return TL_HTTP_MORE;
    case CHUNK_EXTENSION:
        if (byte == '\r') chunked->state = CHUNK_SIZE_LF;
        return byte == '\n' ? TL_HTTP_BAD : TL_HTTP_MORE;
    case CHUNK_SIZE_LF:
        chunked->state = chunked->left ? CHUNK_DATA : CHUNK_TRAILER;
        chunked->line_size = 0;
        return byte == '\n' ? TL_HTTP_MORE : TL_HTTP_BAD;
    case CHUNK_CR:
        chunked->state = CHUNK_LF;
        return byte == '\r' ? TL_HTTP_MORE : TL_HTTP_BAD;
    case CHUNK_LF:
        chunked->state = CHUNK_SIZE;
        chunked->line_size = 0;
        return byte == '\n' ? TL_HTTP_MORE : TL_HTTP_BAD;
    default: /* CHUNK_TRAILER: lines up to an empty one; left marks a line that has content */
        if (byte == '\r') return TL_HTTP_MORE;
        if (byte != '\n') {
            chunked->left = 1;
            return TL_HTTP_MORE;
        }
        if (!chunked->left) return TL_HTTP_DONE;
        chunked->left = 0;
        return TL_HTTP_MORE;
    }
}

enum tl_http_result tl_http_chunked_feed(struct tl_http_chunked *chunked, char *data, size_t size,
                                         size_t *used, size_t *payload)
{
    size_t at = 0;
    *payload = 0;
    while (at < size) {
        if (chunked->state == CHUNK_DATA) {
            size_t run = size - at < chunked->left ? size - at : (size_t)chunked->left;
            memmove(data + *payload, data + at, run);
            *payload += run;
            at += run;
            chunked->left -= run;
            if (!chunked->left) {
                chunked->state = CHUNK_CR;
                chunked->line_size = 0;
            }
            continue;
        }
        enum tl_http_result result = chunk_step(chunked, data[at++]);
        if (result != TL_HTTP_MORE) {
            *used = at;
            return result;
        }
    }
    *used = at;
    return TL_HTTP_MORE;
}
