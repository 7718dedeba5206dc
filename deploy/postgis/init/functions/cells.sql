-- The spatial index functions of CARTO's Analytics Toolbox for PostgreSQL, by their names: carto.quadbin_… and carto.h3_…, in SQL
-- and PL/pgSQL alone. Run by a superuser on PostgreSQL 13+ with PostGIS; run again, it replaces them.
--
-- A quadbin cell is a bigint; an H3 cell is text in hexadecimal, as the toolbox has it. What is no cell gives NULL. All functions are
-- IMMUTABLE and PARALLEL SAFE and see no schema but PostgreSQL's own and that of PostGIS, so that nobody can put another function in the place of one they call.
\ir schema.sql
\ir quadbin.sql
\ir h3.sql
\ir h3_grid.sql
\ir h3_traversal.sql
\ir geometry.sql
\ir rights.sql
