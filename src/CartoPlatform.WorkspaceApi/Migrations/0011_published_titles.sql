ALTER TABLE platform.maps
    ADD COLUMN published_title text,
    ADD COLUMN published_description text,
    ADD COLUMN published_tags text[];

COMMENT ON COLUMN platform.maps.published_title IS
    'With published_description and published_tags: of the published version, for lists of those who do not edit. Null where nothing is published; filled at start for maps of before.';
