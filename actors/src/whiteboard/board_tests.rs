//! Tests of `board`.
