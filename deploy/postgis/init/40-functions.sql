-- The functions of H3 and quadbin cells in carto_dw: see functions/install.sql.
\set ON_ERROR_STOP on
\connect carto_dw
SET client_min_messages = warning;
BEGIN;
\ir functions/install.sql
COMMIT;
