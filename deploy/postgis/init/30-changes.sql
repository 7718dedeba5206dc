-- Watches the tables of carto_dw, so that what is cached of them is dropped when they change: see changes/install.sql.
\set ON_ERROR_STOP on
\connect carto_dw
SET client_min_messages = warning;
BEGIN;
\ir changes/install.sql
COMMIT;
