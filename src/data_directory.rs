//! The directory of everything that is kept: ours alone.

use crate::failure::Failure;
use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Makes the directory, or checks that nobody else can look into it. A directory that holds other things and is open
/// to others is refused: closing it might lock somebody out.
pub(crate) fn prepare(path: &Path) -> Result<PathBuf, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(format!("the data directory {} cannot be used: {error}", path.display()))
    };
    if !path.exists() {
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    }
    let found = fs::metadata(path).map_err(failed)?;
    if !found.is_dir() {
        return Err(Failure::hopeless(format!("the data directory {} is a file", path.display())));
    }
    if found.permissions().mode() & 0o077 != 0 {
        let ours = path.join(storage::FILE_NAME).exists();
        let empty = fs::read_dir(path).map_err(failed)?.next().is_none();
        if !ours && !empty {
            return Err(Failure::hopeless(format!(
                "the data directory {} holds other things and can be read by others; choose an empty one",
                path.display()
            )));
        }
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(failed)?;
    }
    path.canonicalize().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_made_and_kept_private_but_never_taken_from_others() {
        let base = std::env::temp_dir().join(format!("kegelbahn-data-{}", std::process::id()));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let data = base.join("a/b");
        prepare(&data).unwrap();
        assert_eq!(mode(&data), 0o700);

        fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        prepare(&data).unwrap();
        assert_eq!(mode(&data), 0o700, "an empty one is closed");

        fs::write(data.join("letters.txt"), "").unwrap();
        fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        assert!(prepare(&data).is_err());
        assert_eq!(mode(&data), 0o755, "somebody else's is left alone");
        assert!(prepare(&data.join("letters.txt")).is_err());
        fs::remove_dir_all(&base).unwrap();
    }
}
