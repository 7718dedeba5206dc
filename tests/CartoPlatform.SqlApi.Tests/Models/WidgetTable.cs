namespace CartoPlatform.SqlApi.Tests.Models;

/// <summary>Rows made to break widgets: nulls, NaN, infinities, quotes and unicode in names and values, ties, numbers as text.</summary>
internal static class WidgetTable
{
    public const string Sql = """"
        CREATE TABLE IF NOT EXISTS shops (
          id int PRIMARY KEY, kind text, revenue bigint, area float8, price numeric, small real, code text, open boolean,
          opened timestamptz, day date, "Order" text, "naïve ""x""" int, tags jsonb, geom geometry(Point, 4326), paid money);
        TRUNCATE shops;
        INSERT INTO shops VALUES
          (1, 'market', 100, 10, 1.50, 0.5, '10', true, '2024-01-01 00:00Z', '2024-01-01', 'a', 1, '{"a":1}', ST_Point(0, 0, 4326), 1),
          (2, 'market', 200, 'NaN', 2.50, 1.5, ' 2.5 ', false, '2024-01-07 23:59:59Z', '2024-01-07', 'b', 2, NULL, ST_Point(10, 10, 4326), 2),
          (3, 'Ärmel', 300, 'Infinity', NULL, NULL, 'x', NULL, '2024-01-08 00:00Z', '2024-01-08', 'c', 3, '[1]', ST_Point(20, 20, 4326), 3),
          (4, NULL, 9007199254740993, '-Infinity', 'NaN', 'NaN', NULL, true, 'infinity', 'infinity', 'd', 4, NULL, NULL, NULL),
          (5, NULL, NULL, NULL, 10, 2.5, '1e2', true, NULL, NULL, NULL, NULL, NULL, ST_Point(-170, 89, 4326), 5),
          (6, 'O''Brien "x"', 50, 2, 1000000000000.25, 3.5, '', false, '1969-12-31 23:00Z', '1969-12-31', 'f', 6, NULL, ST_Point(10, 11, 4326), 6);
        CREATE TABLE IF NOT EXISTS nothing (LIKE shops);
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
        """";
}
