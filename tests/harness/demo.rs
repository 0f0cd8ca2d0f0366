//! The demonstration, served in this process to all browsers of a test run.

use crate::database::Backend;
use crate::house::TestHouse;
use std::sync::OnceLock;

/// A house with the demonstration in it, and its worker running.
pub struct DemoHouse {
    /// `http://127.0.0.1:…`
    pub base: String,
    accounts: Vec<api::demo::DemoAccount>,
}

impl DemoHouse {
    /// The one house of this process; started at first use, on a thread of its own, since the runtime of a
    /// test ends with the test.
    #[must_use]
    pub fn shared() -> &'static Self {
        static HOUSE: OnceLock<DemoHouse> = OnceLock::new();
        HOUSE.get_or_init(|| {
            let (send, receive) = std::sync::mpsc::channel();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Runtime::new().expect("a runtime");
                runtime.block_on(async move {
                    let house = TestHouse::without_people(Backend::Sqlite, &[("demo", "true")], true).await;
                    let accounts = api::demo::load(&house.app).await.expect("the demonstration loads");
                    house.drain().await;
                    send.send(Self { base: house.base.clone(), accounts }).expect("somebody waits");
                    std::future::pending::<()>().await;
                });
            });
            receive.recv().expect("the demonstration starts")
        })
    }

    /// E-mail address and password of the account of a role (`coordinator`, `manager`, …).
    #[must_use]
    pub fn account(&self, role: &str) -> (&str, &str) {
        let found = self.accounts.iter().find(|account| account.role.to_lowercase().replace(' ', "_") == role);
        let roles: Vec<_> = self.accounts.iter().map(|account| account.role.as_str()).collect();
        let account = found.unwrap_or_else(|| panic!("no account of a {role}: {roles:?}"));
        (&account.email, &account.password)
    }
}
