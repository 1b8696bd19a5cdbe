-- What becomes of a board is one of three words; whose cursors are shown.
ALTER TABLE rooms ADD COLUMN cursors INTEGER NOT NULL DEFAULT 1;
ALTER TABLE rooms ADD COLUMN keeping TEXT NOT NULL DEFAULT 'wipe'; -- wipe, days, keep
ALTER TABLE rooms ADD COLUMN keep_days INTEGER;                    -- for days
UPDATE rooms SET keeping = 'keep' WHERE keep_board = 1;
ALTER TABLE rooms DROP COLUMN keep_board;
