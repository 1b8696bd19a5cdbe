-- What lets a program publish into a room or watch it without a browser.
CREATE TABLE stream_tokens (
    id         TEXT PRIMARY KEY,
    room       TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    hash       BLOB NOT NULL UNIQUE,    -- SHA-256: this file opens no room
    may        TEXT NOT NULL,
    name       TEXT NOT NULL,
    expires    INTEGER                  -- unix seconds; the moment from which it is good no more
) STRICT;
CREATE INDEX stream_tokens_by_room ON stream_tokens (room);
