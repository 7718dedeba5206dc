/*
 * Asks an HTTP server on this machine for tiles, one request at a time on each connection, kept alive. Whatever is not 2xx is a failure.
 * Usage: client CONNECTIONS TILES PORT PATH HEADERS      PATH holds {z}, {x} and {y}; HEADERS is a file of header lines.
 */
#include "work.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER (1 << 20)

typedef struct {
    int socket;
    int have; /* bytes in the buffer that have not been used */
    char *at;
    char buffer[BUFFER];
} connection;

static int port;
static const char *path_pattern;
static char *headers;

static void connect_to(connection *c) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(c->socket, (struct sockaddr *)&address, sizeof address) != 0) die("connect", "no server");
    c->have = 0;
    c->at = c->buffer;
}

static void *open_connection(void) {
    connection *c = malloc(sizeof *c);
    connect_to(c);
    return c;
}

/* Reads more behind what there is; false at the end. */
static int fill(connection *c) {
    if (c->have == 0) c->at = c->buffer;
    if (c->at != c->buffer && c->at + c->have == c->buffer + BUFFER) {
        memmove(c->buffer, c->at, c->have);
        c->at = c->buffer;
    }
    long got = read(c->socket, c->at + c->have, c->buffer + BUFFER - c->at - c->have);
    if (got <= 0) return 0;
    c->have += got;
    return 1;
}

static int skip(connection *c, long count) {
    while (count > 0) {
        if (c->have == 0 && !fill(c)) return 0;
        long used = count < c->have ? count : c->have;
        c->at += used;
        c->have -= used;
        count -= used;
    }
    return 1;
}

/* A line without its end, ended by 0; it stands in the buffer. */
static char *line(connection *c) {
    for (int seen = 0;;) {
        char *end = c->have > seen ? memchr(c->at + seen, '\n', c->have - seen) : NULL;
        if (end) {
            char *start = c->at;
            c->have -= end + 1 - c->at;
            c->at = end + 1;
            *end = 0;
            if (end > start && end[-1] == '\r') end[-1] = 0;
            return start;
        }
        seen = c->have;
        if (!fill(c)) return NULL;
    }
}

static long chunked(connection *c) {
    long total = 0;
    for (;;) {
        char *size = line(c);
        if (!size) return -1;
        long length = strtol(size, NULL, 16);
        total += length;
        if (length > 0 && !skip(c, length)) return -1;
        if (!line(c)) return -1; /* the end of the chunk, or of an empty trailer */
        if (length == 0) return total;
    }
}

static int write_request(connection *c, const tile *t) {
    char request[16384];
    int length = snprintf(request, sizeof request, "GET ");
    for (const char *p = path_pattern; *p; p++) {
        if (*p != '{') {
            request[length++] = *p;
            continue;
        }
        length += sprintf(request + length, "%d", p[1] == 'z' ? t->z : p[1] == 'x' ? t->x : t->y);
        p += 2;
    }
    length += snprintf(request + length, sizeof request - length, " HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n", port, headers);
    return write(c->socket, request, length) == length;
}

static long ask(void *worker, const tile *t) {
    connection *c = worker;
    char *status = write_request(c, t) ? line(c) : NULL;
    if (!status) {
        /* A server may close what was kept alive; the next tile gets a new connection, this one counts as failed. */
        close(c->socket);
        connect_to(c);
        return -1;
    }
    int code = atoi(status + 9);
    long content = code == 204 || code == 304 ? 0 : -1;
    int is_chunked = 0, closes = 0;
    for (char *header; (header = line(c)) && *header;) {
        if (strncasecmp(header, "Content-Length:", 15) == 0) content = atol(header + 15);
        if (strncasecmp(header, "Transfer-Encoding: chunked", 26) == 0) is_chunked = 1;
        if (strncasecmp(header, "Connection: close", 17) == 0) closes = 1;
    }
    long bytes = is_chunked ? chunked(c) : content >= 0 && skip(c, content) ? content : -1;
    if (closes || bytes < 0) {
        close(c->socket);
        connect_to(c);
    }
    if (code / 100 != 2) fprintf(stderr, "%d/%d/%d: %d\n", t->z, t->x, t->y, code);
    return code / 100 == 2 ? bytes : -1;
}

int main(int count, char **arguments) {
    if (count != 6) die("usage", "client CONNECTIONS TILES PORT PATH HEADERS");
    read_tiles(arguments[2]);
    port = atoi(arguments[3]);
    path_pattern = arguments[4];
    /* Header lines end as HTTP wants it, however the file was written. */
    char *text = read_file(arguments[5]);
    headers = calloc(1, strlen(text) * 2 + 3);
    for (char *one = strtok(text, "\r\n"); one; one = strtok(NULL, "\r\n")) strcat(strcat(headers, one), "\r\n");
    run_all(atoi(arguments[1]), open_connection, ask);
    return 0;
}
