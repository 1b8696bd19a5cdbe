//! Accounts: what a login and a password may look like, how passwords are hashed, how the first account is made.

mod credentials;
mod passwords;
mod setup;

pub use credentials::{LOGIN_RULE, PASSWORD_RULE, check_login, check_password};
pub use passwords::{HashError, Passwords, hash_password};
pub use setup::SetupLink;
