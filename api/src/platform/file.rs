//! Files: content-addressed objects (uploads, rendered documents) and the server's own secret key.

use super::{Config, Problem};
use bytes::Bytes;
use object_store::{ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The object storage: a folder, or later any store with the same interface.
pub struct Files {
    store: Arc<dyn object_store::ObjectStore>,
}

impl Files {
    /// Opens the folder `files` in the data folder.
    ///
    /// # Errors
    /// A line for the operator.
    pub fn open(config: &Config) -> Result<Self, String> {
        let folder = config.data_dir.join("files");
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        Ok(Self { store: Arc::new(store.with_fsync(true)) })
    }

    /// Keeps bytes and gives their name, the hex SHA-256 of their content. Keeping the same twice is
    /// keeping it once.
    ///
    /// # Errors
    /// 503 when storage refuses.
    pub async fn put(&self, bytes: Bytes) -> Result<String, Problem> {
        let name = hex::encode(Sha256::digest(&bytes));
        self.store.put(&path(&name), PutPayload::from(bytes)).await.map_err(|e| refuse(&e))?;
        Ok(name)
    }

    /// The bytes kept under a name.
    ///
    /// # Errors
    /// `not-found` · 503 when storage does not answer or gives other bytes than were kept.
    pub async fn get(&self, name: &str) -> Result<Bytes, Problem> {
        let found = self.store.get(&path(name)).await;
        let object = match found {
            Err(object_store::Error::NotFound { .. }) => return Err(Problem::not_found()),
            other => other.map_err(|e| refuse(&e))?,
        };
        let bytes = object.bytes().await.map_err(|e| refuse(&e))?;
        if hex::encode(Sha256::digest(&bytes)) == name {
            Ok(bytes)
        } else {
            tracing::error!(file = name, "a stored file no longer has its hash");
            Err(Problem::unavailable("This file is damaged."))
        }
    }
}

fn path(name: &str) -> Path {
    let folder = name.get(..2).unwrap_or("xx");
    Path::from_iter([folder, name])
}

fn refuse(error: &object_store::Error) -> Problem {
    tracing::error!(error = %error, "file storage");
    Problem::unavailable("The file storage cannot answer at the moment.")
}

/// The secret behind cursors and form tokens: configured, or made once in the data folder.
pub(super) fn secret_key(config: &Config) -> Result<Vec<u8>, String> {
    if let Some(secret) = &config.secret_key {
        let text = secret.expose_secret();
        if text.len() < 32 {
            return Err("secret_key: must have at least 32 characters".into());
        }
        return Ok(text.as_bytes().to_vec());
    }
    own_secret(config, "secret.key")
}

/// A secret file of the data folder, made at first use, readable by the owner only.
///
/// # Errors
/// A line for the operator, also when others could read it.
pub fn own_secret(config: &Config, name: &str) -> Result<Vec<u8>, String> {
    let path = config.data_dir.join(name);
    private_file(&path, super::new_secret().as_bytes())?;
    std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Makes sure that a file is there, `first` in it when it is new, and that nobody but the owner may read it.
///
/// # Errors
/// A line for the operator, also when others could read it.
pub fn private_file(path: &std::path::Path, first: &[u8]) -> Result<(), String> {
    use std::io::Write;
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let fail = |e: std::io::Error| format!("{}: {e}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            file.write_all(first).map_err(fail)?;
            file.sync_all().map_err(fail)?;
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(e) => return Err(fail(e)),
    }
    let mode = std::fs::metadata(path).map_err(fail)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(format!("{}: others may read it; set its mode to 0600", path.display()));
    }
    Ok(())
}
