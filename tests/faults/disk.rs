//! A full disk: nothing is acknowledged that is not kept, reading goes on, and so does writing once there
//! is room again.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use tests::process::say;
use tests::{Backend, Client, Installation};

/// A file system of a few megabytes in memory.
struct SmallDisk {
    folder: PathBuf,
    _temporary: tempfile::TempDir,
}

impl SmallDisk {
    fn mount() -> Option<Self> {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = temporary.path().join("disk");
        std::fs::create_dir(&folder).expect("made");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=12m", "none"]).arg(&folder).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self { folder, _temporary: temporary })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.folder).status().ok();
    }
}

/// Takes all room but a little.
fn fill(folder: &Path) -> PathBuf {
    use std::io::Write;
    let ballast = folder.join("ballast");
    let mut file = std::fs::File::create(&ballast).expect("made");
    let mut length = 0_u64;
    while file.write_all(&[0; 4096]).is_ok() {
        length += 4096;
    }
    file.set_len(length.saturating_sub(96 * 1024)).expect("shortened");
    ballast
}

/// What was acknowledged: where it is, and its service number.
type Ledger = BTreeMap<String, String>;

/// Tries to write persons; says how many were refused, each with 503.
async fn save(client: &Client, name: &str, count: usize, ledger: &mut Ledger) -> usize {
    let mut refused = 0;
    for n in 0..count {
        let number = format!("{name}-{n}");
        let post = "p".repeat(90);
        let new = json!({ "organisation_id": client.organisation, "service_number": number, "given_name": "Aija",
            "family_name": "Ozola", "gender": "female", "post": post });
        let answer = client.post("/api/v1/persons", new).await;
        if answer.status == 201 {
            ledger.insert(format!("/api/v1/persons/{}", answer.expect(201)["id"].as_str().expect("an id")), number);
        } else {
            assert_eq!(answer.status, 503, "{}", answer.text());
            assert!(!answer.header("retry-after").is_empty());
            refused += 1;
        }
    }
    refused
}

async fn missing(client: &Client, ledger: &Ledger) -> Vec<String> {
    let mut missing = Vec::new();
    for (path, number) in ledger {
        let answer = client.get(path).await;
        let there = answer.status == 200 && answer.expect(200)["service_number"] == Value::String(number.clone());
        if !there {
            missing.push(number.clone());
        }
    }
    missing
}

/// Writes, has the disk filled, writes on, has it freed, writes on; kills; counts.
async fn over_a_full_disk(site: &Installation, filled: impl AsyncFnOnce(u32), freed: impl AsyncFnOnce(u32)) {
    let served = site.serve();
    let admin = site.account(&served, "admin@example.org", "administrator").await;
    let mut ledger = Ledger::new();
    assert_eq!(save(&admin, "before", 10, &mut ledger).await, 0);

    // Used last some minutes ago, and forgotten by the server: to read, it must find out again who asks.
    let db = tests::database::outside(&site.database_url).await;
    let idle = "UPDATE login_session SET seen_at = strftime('%Y-%m-%d %H:%M:%S+00:00', 'now', '-120 seconds')";
    db.execute_unprepared(idle).await.expect("time passes");
    db.close().await.expect("closed");
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    filled(served.id()).await;
    let refused = save(&admin, "during", 60, &mut ledger).await;
    let acknowledged_meanwhile = ledger.len() - 10;
    assert!(refused >= 20, "the disk was not full: {refused} of 60 were refused");
    assert_eq!(admin.get("/api/v1/persons?limit=5").await.status, 200, "reading goes on");
    assert_eq!(served.nobody().get("/healthz").await.status, 200);
    // Whether it is ready it says by writing a little, which fits for a while.
    let mut ready = 0;
    while served.nobody().get("/readyz").await.status == 200 {
        ready += 1;
        assert!(ready < 200, "it says that it takes writes");
    }
    let parallel = (0..20).map(|n| {
        let admin = admin.clone();
        tokio::spawn(async move { save(&admin, &format!("parallel-{n}"), 2, &mut Ledger::new()).await })
    });
    for task in parallel.collect::<Vec<_>>() {
        task.await.expect("each was answered 201 or 503");
    }

    freed(served.id()).await;
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while served.nobody().get("/readyz").await.status != 200 {
        assert!(std::time::Instant::now() < until, "there is room, but it does not write again: {}", served.log());
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(save(&admin, "after", 40, &mut ledger).await, 0, "there is room again");
    assert_eq!(ledger.len(), 50 + acknowledged_meanwhile);
    assert_eq!(missing(&admin, &ledger).await, Vec::<String>::new(), "acknowledged and not there");

    served.kill();
    let served = site.serve();
    assert_eq!(missing(&served.client(&admin), &ledger).await, Vec::<String>::new(), "acknowledged and lost");
    served.stop();
    let told = site.run(&["verify"]);
    assert!(told.ok, "{}", told.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_over_a_full_disk() {
    let Some(disk) = SmallDisk::mount() else {
        say("skipped: a small disk can only be mounted as root; the size limit below stands in for it");
        return;
    };
    let site = Installation::at(Backend::Sqlite, &disk.folder).await;
    let folder = disk.folder.clone();

    let filled = async |_| drop(fill(&folder));
    over_a_full_disk(&site, filled, async |_| std::fs::remove_file(folder.join("ballast")).expect("freed")).await;
}

fn limit(process: u32, bytes: &str) {
    let limited = Command::new("prlimit").args(["--pid", &process.to_string(), &format!("--fsize={bytes}")]).status();
    assert!(limited.is_ok_and(|status| status.success()), "prlimit of util-linux is needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_over_a_refused_write() {
    let site = Installation::new(Backend::Sqlite).await;
    let log = site.folder.join("waymark.db-wal");

    let filled = async |process| {
        let length = std::fs::metadata(&log).expect("the write-ahead log").len();
        limit(process, &format!("{}:unlimited", length + 96 * 1024));
    };
    over_a_full_disk(&site, filled, async |process| limit(process, "unlimited:unlimited")).await;
}
