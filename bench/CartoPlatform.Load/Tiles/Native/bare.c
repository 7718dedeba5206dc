/*
 * The bare limit: ST_AsMVT by libpq, prepared, with binary values and results, and nothing around it.
 * Usage: bare CONNECTIONS TILES SQL-FILE CONNECTION-STRING      The SQL takes $1 zoom, $2 column, $3 row.
 */
#include "work.h"
#include <arpa/inet.h>
#include <libpq-fe.h>

static const char *connection_string;
static char *sql;

static void *open_connection(void) {
    PGconn *connection = PQconnectdb(connection_string);
    if (PQstatus(connection) != CONNECTION_OK) die("connect", PQerrorMessage(connection));
    Oid types[3] = {23, 23, 23}; /* int4 */
    PGresult *result = PQprepare(connection, "tile", sql, 3, types);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) die("prepare", PQerrorMessage(connection));
    PQclear(result);
    return connection;
}

static long ask(void *worker, const tile *t) {
    PGconn *connection = worker;
    int numbers[3] = {htonl(t->z), htonl(t->x), htonl(t->y)};
    const char *values[3] = {(char *)&numbers[0], (char *)&numbers[1], (char *)&numbers[2]};
    int lengths[3] = {4, 4, 4}, formats[3] = {1, 1, 1};
    PGresult *result = PQexecPrepared(connection, "tile", 3, values, lengths, formats, 1);
    long bytes = -1;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) bytes = PQgetlength(result, 0, 0);
    else fprintf(stderr, "%d/%d/%d: %s\n", t->z, t->x, t->y, PQerrorMessage(connection));
    PQclear(result);
    return bytes;
}

int main(int count, char **arguments) {
    if (count != 5) die("usage", "bare CONNECTIONS TILES SQL-FILE CONNECTION-STRING");
    read_tiles(arguments[2]);
    sql = read_file(arguments[3]);
    connection_string = arguments[4];
    run_all(atoi(arguments[1]), open_connection, ask);
    return 0;
}
