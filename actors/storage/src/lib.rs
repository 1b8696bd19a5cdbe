//! What is kept on disk: the store trait over SQLite.
