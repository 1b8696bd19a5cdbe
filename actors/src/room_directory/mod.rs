//! Which rooms are live, and where. Looks doors up in the store, starts rooms, and starts those anew that crashed.

mod actor;
mod live_count;
mod messages;
mod sweeper;

pub use actor::{DirectoryParts, RoomDirectory};
pub use live_count::LiveCount;
pub use messages::*;
pub(crate) use sweeper::wipe_board;
