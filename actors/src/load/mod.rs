//! Figures of use and load: counted everywhere, exact ones for the operator, coarse and late ones for the public.

mod figures;

pub use figures::*;
