//! How a board's keeping is said on the wire, by the API and by signalling alike.

use actors::store;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What becomes of the board when everybody has left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS, ToSchema)]
#[serde(tag = "policy", rename_all = "snake_case", deny_unknown_fields)]
pub enum Keeping {
    /// It is wiped a minute later.
    Wipe,
    /// It is wiped when nobody has come for so many days.
    Days {
        /// 1 to 365.
        days: u16,
    },
    /// It stays until somebody deletes it.
    Keep,
}

impl From<store::Keeping> for Keeping {
    fn from(keeping: store::Keeping) -> Self {
        match keeping {
            store::Keeping::Wipe => Self::Wipe,
            store::Keeping::Days(days) => Self::Days { days },
            store::Keeping::Keep => Self::Keep,
        }
    }
}

/// The number of days is not looked at: `store::Keeping::is_valid` does.
impl From<Keeping> for store::Keeping {
    fn from(keeping: Keeping) -> Self {
        match keeping {
            Keeping::Wipe => Self::Wipe,
            Keeping::Days { days } => Self::Days(days),
            Keeping::Keep => Self::Keep,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json, to_value};

    #[test]
    fn the_policy_is_a_word_and_days_belong_to_one_of_them() {
        for (keeping, text) in [
            (Keeping::Wipe, json!({"policy": "wipe"})),
            (Keeping::Days { days: 30 }, json!({"policy": "days", "days": 30})),
            (Keeping::Keep, json!({"policy": "keep"})),
        ] {
            assert_eq!(to_value(keeping).unwrap(), text);
            assert_eq!(from_value::<Keeping>(text).unwrap(), keeping);
            assert_eq!(Keeping::from(store::Keeping::from(keeping)), keeping);
        }
        for wrong in [json!({"policy": "days"}), json!({"policy": "never"}), json!("keep")] {
            from_value::<Keeping>(wrong).unwrap_err();
        }
    }
}
