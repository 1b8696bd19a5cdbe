-- Rows of boards that could not be read in full, kept for whoever wants to try. They go with the board and the room.
CREATE TABLE board_damaged (
    number   INTEGER PRIMARY KEY,
    room     TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    bytes    BLOB NOT NULL
) STRICT;
CREATE INDEX board_damaged_by_room ON board_damaged (room, number);
