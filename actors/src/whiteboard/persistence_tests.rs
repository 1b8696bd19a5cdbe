//! Tests of `persistence`.
