//! Tests of `validator`.
