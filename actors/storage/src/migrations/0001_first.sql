-- Accounts, sessions, rooms, kept boards, the ring of public load figures. No times of people, no addresses.
CREATE TABLE accounts (
    id            TEXT PRIMARY KEY,
    login         TEXT NOT NULL,
    login_folded  TEXT NOT NULL UNIQUE, -- lower case: Mara and mara are one login
    password_hash TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,        -- SHA-256: this file opens no session
    account    TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    expires    INTEGER NOT NULL         -- day since 1970-01-01
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account);

CREATE TABLE rooms (
    id         TEXT PRIMARY KEY,
    owner      TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    link       TEXT NOT NULL UNIQUE,
    short_name TEXT UNIQUE,
    colour     TEXT NOT NULL,
    emoji      TEXT,
    lobby      TEXT NOT NULL,
    drawing    TEXT NOT NULL,
    keep_board INTEGER NOT NULL
) STRICT;
CREATE INDEX rooms_by_owner ON rooms (owner);

CREATE TABLE board_snapshots (
    room     TEXT PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    snapshot BLOB NOT NULL
) STRICT;

CREATE TABLE board_updates (
    number   INTEGER PRIMARY KEY,       -- order of arrival, over all boards
    room     TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    bytes    BLOB NOT NULL
) STRICT;
CREATE INDEX board_updates_by_room ON board_updates (room, number);

CREATE TABLE load_ring (
    place           INTEGER PRIMARY KEY CHECK (place BETWEEN 0 AND 19199), -- 400 days of half-hours
    start           INTEGER NOT NULL,   -- unix seconds
    rooms_max       INTEGER NOT NULL,
    people_max      INTEGER NOT NULL,
    traffic_bps     INTEGER NOT NULL,
    cpu_permille    INTEGER NOT NULL,
    memory_permille INTEGER NOT NULL
) STRICT;
