//! Composes the hold music.
