//! Laws of the outbox.

use api::notification::rules::{REFUSALS, TRIES, Verdict, after_failure, language, wait};
use chrono::Duration;
use proptest::prelude::*;

#[test]
fn an_address_refused_for_good_is_given_up_soon() {
    assert_eq!(after_failure(true, 1), Verdict::Again(Duration::seconds(30)));
    assert_eq!(after_failure(true, REFUSALS), Verdict::Park);
    assert_eq!(after_failure(false, REFUSALS), Verdict::Again(Duration::seconds(120)));
    assert_eq!(after_failure(false, TRIES), Verdict::Park);
}

#[test]
fn a_message_is_written_in_a_language_the_person_speaks() {
    let spoken = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();

    assert_eq!(language(&spoken(&["pl", "ru", "en"]), &["en", "lv", "be", "ru"]), "ru");
    assert_eq!(language(&spoken(&["pl"]), &["en", "lv", "be", "ru"]), "en");
}

proptest! {
    #[test]
    fn waiting_grows_and_never_exceeds_an_hour(attempts in 1..1000_i32) {
        prop_assert!(wait(attempts) <= wait(attempts + 1));
        prop_assert!(wait(attempts) >= Duration::seconds(30) && wait(attempts) <= Duration::hours(1));
    }
}
