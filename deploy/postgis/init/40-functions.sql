-- The functions of H3 and quadbin cells in carto_dw: see functions/cells.sql.
\set ON_ERROR_STOP on
\connect carto_dw
SET client_min_messages = warning;
BEGIN;
\ir functions/cells.sql
COMMIT;
