-- For boards that are kept for days only: the day (since 1970-01-01) on which somebody last came.
ALTER TABLE rooms ADD COLUMN last_visit INTEGER;
