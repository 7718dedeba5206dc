/*
 * A fixed list of tiles, done once by a number of workers that take the next one as they get free. What it took is printed as one
 * line of JSON. A run is never "as many as fit into ten seconds": who is slow would be asked for fewer of the large tiles.
 */
#ifndef WORK_H
#define WORK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct {
    int z, x, y;
    double milliseconds;
    long bytes; /* negative where it failed */
} tile;

typedef struct {
    tile *tiles;
    int count;
    atomic_int next;
} work;

/* Does one tile on a worker's own connection and gives the bytes of its body, or -1. */
typedef void *(*open_worker)(void);
typedef long (*do_tile)(void *worker, const tile *at);

static work the_work;
static open_worker the_open;
static do_tile the_do;
static pthread_barrier_t all_open;

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void die(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) die(path, "cannot be opened");
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    char *text = malloc(length + 1);
    if (fread(text, 1, length, file) != (size_t)length) die(path, "cannot be read");
    text[length] = 0;
    fclose(file);
    return text;
}

static void read_tiles(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) die(path, "cannot be opened");
    int room = 0;
    tile t = {0};
    while (fscanf(file, "%d %d %d", &t.z, &t.x, &t.y) == 3) {
        if (the_work.count == room) the_work.tiles = realloc(the_work.tiles, (room = room * 2 + 1024) * sizeof(tile));
        the_work.tiles[the_work.count++] = t;
    }
    fclose(file);
    if (the_work.count == 0) die(path, "has no tiles");
}

static void *run_worker(void *unused) {
    (void)unused;
    void *worker = the_open();
    pthread_barrier_wait(&all_open);
    for (;;) {
        int i = atomic_fetch_add(&the_work.next, 1);
        if (i >= the_work.count) return NULL;
        tile *t = &the_work.tiles[i];
        double started = now_ms();
        t->bytes = the_do(worker, t);
        t->milliseconds = now_ms() - started;
    }
}

static int by_time(const void *a, const void *b) {
    double x = ((const tile *)a)->milliseconds, y = ((const tile *)b)->milliseconds;
    return (x > y) - (x < y);
}

static double percentile(double share) {
    int i = (int)(share * the_work.count);
    return the_work.tiles[i < the_work.count ? i : the_work.count - 1].milliseconds;
}

static void run_all(int workers, open_worker open, do_tile todo) {
    the_open = open;
    the_do = todo;
    pthread_t *threads = malloc(workers * sizeof *threads);
    /* Opening connections is not part of the work. */
    pthread_barrier_init(&all_open, NULL, workers + 1);
    for (int i = 0; i < workers; i++) pthread_create(&threads[i], NULL, run_worker, NULL);
    pthread_barrier_wait(&all_open);
    double started = now_ms();
    for (int i = 0; i < workers; i++) pthread_join(threads[i], NULL);
    double elapsed = now_ms() - started;

    long bytes = 0;
    int failed = 0, empty = 0;
    for (int i = 0; i < the_work.count; i++) {
        long b = the_work.tiles[i].bytes;
        if (b < 0) failed++;
        else if (b == 0) empty++;
        bytes += b > 0 ? b : 0;
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double processor = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
    qsort(the_work.tiles, the_work.count, sizeof(tile), by_time);
    printf("{\"milliseconds\": %.3f, \"tiles\": %d, \"bytes\": %ld, \"empty\": %d, \"failed\": %d, \"processor\": %.3f, \"p50\": %.3f, \"p95\": %.3f, \"p99\": %.3f}\n",
        elapsed, the_work.count, bytes, empty, failed, processor, percentile(0.50), percentile(0.95), percentile(0.99));
}

#endif
