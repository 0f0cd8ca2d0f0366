//! Laws of wall time, spans, and what an activity may become.

use api::scheduling::Refusal;
use api::scheduling::rules::calendar::{Entry, LINE_OCTETS, escaped, file, folded};
use api::scheduling::rules::{
    PublicationFacts, Span, TimeFault, changeable, instant, needs_reason, next, on_day, publishable, step, wall_time,
    zone,
};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use entity::scheduling::{ActivityState as State, Fold};
use proptest::prelude::*;

const ZONES: [Tz; 5] = [
    chrono_tz::Europe::Riga,
    chrono_tz::Europe::Minsk,
    chrono_tz::Europe::Kyiv,
    chrono_tz::Europe::Warsaw,
    chrono_tz::Europe::Vienna,
];

fn wall(text: &str) -> NaiveDateTime {
    wall_time(text).expect("a wall time")
}

fn at(minute: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(minute * 60, 0).single().expect("an instant")
}

/// Minutes from 2019 to 2030, where every change of clocks of the programme lies.
fn minute() -> impl Strategy<Value = i64> {
    25_771_680_i64..31_556_160
}

fn span() -> impl Strategy<Value = Span> {
    (0_i64..400, 1_i64..60).prop_map(|(start, length)| Span { starts_at: at(start), ends_at: at(start + length) })
}

fn state() -> impl Strategy<Value = State> {
    proptest::sample::select(State::ALL)
}

proptest! {
    #[test]
    fn an_instant_seen_on_the_wall_clock_is_found_again(minute in minute(), place in 0..ZONES.len()) {
        let (zone, when) = (ZONES[place], at(minute));
        let local = when.with_timezone(&zone).naive_local();

        let found: Vec<_> =
            [Fold::Earlier, Fold::Later].iter().filter_map(|fold| instant(local, zone, Some(*fold)).ok()).collect();

        prop_assert!(found.contains(&when), "{local} in {zone} gives {found:?}");
        for one in found {
            prop_assert_eq!(one.with_timezone(&zone).naive_local(), local);
        }
    }

    #[test]
    fn a_wall_time_that_is_refused_is_none_or_two_instants(minute in minute(), place in 0..ZONES.len()) {
        let zone = ZONES[place];
        let local = at(minute).naive_utc();

        match instant(local, zone, None) {
            Ok(when) => prop_assert_eq!(when.with_timezone(&zone).naive_local(), local),
            Err(TimeFault::Gap) => prop_assert!(zone.from_local_datetime(&local).earliest().is_none()),
            Err(TimeFault::Twice { earlier, later }) => {
                prop_assert!(earlier < later);
                prop_assert_eq!(instant(local, zone, Some(Fold::Earlier)), Ok(earlier));
                prop_assert_eq!(instant(local, zone, Some(Fold::Later)), Ok(later));
            }
        }
    }

    #[test]
    fn overlapping_is_mutual_and_touching_is_not_overlapping(a in span(), b in span()) {
        prop_assert_eq!(a.overlaps(b), b.overlaps(a));
        prop_assert!(a.overlaps(a));
        let after = Span { starts_at: a.ends_at, ends_at: a.ends_at + Duration::minutes(5) };
        prop_assert!(!a.overlaps(after));
        let shared = (a.starts_at.max(b.starts_at), a.ends_at.min(b.ends_at));
        prop_assert_eq!(a.overlaps(b), shared.0 < shared.1, "they overlap when they share an instant");
    }

    #[test]
    fn nothing_leaves_closed_or_cancelled(to in state()) {
        for from in [State::Closed, State::Cancelled] {
            prop_assert_eq!(step(from, to), Err(Refusal::Over));
        }
    }

    #[test]
    fn a_walk_never_comes_back_to_draft(steps in proptest::collection::vec(0_usize..4, 1..30)) {
        let mut state = State::Draft;
        for choice in steps {
            let Some(to) = next(state).get(choice % next(state).len().max(1)) else { break };
            prop_assert_eq!(step(state, *to), Ok(()));
            state = *to;
            prop_assert!(state != State::Draft);
        }
    }

    #[test]
    fn at_most_one_status_holds_on_a_day(day in 0_i64..1000, cuts in proptest::collection::btree_set(0_i64..1000, 1..6)) {
        let base = NaiveDate::from_ymd_opt(2019, 1, 1).expect("a day");
        let date = |n: i64| base + Duration::days(n);
        let cuts: Vec<i64> = cuts.into_iter().collect();
        let spans: Vec<_> =
            cuts.iter().enumerate().map(|(n, from)| (date(*from), cuts.get(n + 1).map(|next| date(*next)))).collect();

        let found = on_day(&spans, date(day));

        prop_assert_eq!(found, cuts.iter().rposition(|from| *from <= day));
    }

    #[test]
    fn folding_keeps_lines_short_and_loses_nothing(text in "\\PC{0,200}") {
        let line = folded(&text);

        prop_assert!(line.ends_with("\r\n"));
        prop_assert!(line.trim_end_matches("\r\n").split("\r\n").all(|part| part.len() <= LINE_OCTETS));
        prop_assert_eq!(line.trim_end_matches("\r\n").replace("\r\n ", ""), text);
    }

    #[test]
    fn an_escaped_text_is_one_line_and_can_be_read_back(text in "[a-z\\\\;,\nāЖ ]{0,80}") {
        let value = escaped(&text);

        prop_assert!(!value.contains('\n'));
        let mut back = String::new();
        let mut letters = value.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some('n') => back.push('\n'),
                    Some(other) => back.push(other),
                    None => prop_assert!(false, "ends with a backslash"),
                },
                ';' | ',' => prop_assert!(false, "not escaped"),
                letter => back.push(letter),
            }
        }
        prop_assert_eq!(back, text);
    }
}

#[test]
fn every_step_is_in_the_table() {
    use State::{Cancelled, Closed, Confirmed, Delivered, Draft, InProgress, Planned, Postponed, Suspended};
    let allowed = [
        (Draft, Planned),
        (Draft, Cancelled),
        (Planned, Confirmed),
        (Planned, Postponed),
        (Planned, Suspended),
        (Planned, Cancelled),
        (Confirmed, InProgress),
        (Confirmed, Postponed),
        (Confirmed, Suspended),
        (Confirmed, Cancelled),
        (InProgress, Delivered),
        (InProgress, Suspended),
        (InProgress, Cancelled),
        (Delivered, Closed),
        (Postponed, Planned),
        (Postponed, Cancelled),
        (Suspended, Planned),
        (Suspended, InProgress),
        (Suspended, Delivered),
        (Suspended, Cancelled),
    ];
    for from in State::ALL {
        for to in State::ALL {
            assert_eq!(step(*from, *to).is_ok(), allowed.contains(&(*from, *to)), "{from} to {to}");
        }
        assert_eq!(changeable(*from).is_err(), matches!(from, Delivered | Closed | Cancelled), "{from}");
        assert_eq!(needs_reason(*from), matches!(from, Postponed | Suspended | Cancelled), "{from}");
    }
}

#[test]
fn clocks_that_change_in_riga_are_told() {
    let riga = chrono_tz::Europe::Riga;

    assert_eq!(instant(wall("2020-03-29T03:30"), riga, None), Err(TimeFault::Gap));
    assert_eq!(instant(wall("2020-03-29T03:30"), riga, Some(Fold::Later)), Err(TimeFault::Gap));
    let twice = instant(wall("2020-10-25T03:30"), riga, None).expect_err("it comes twice").to_string();
    assert!(twice.contains("2020-10-25T00:30:00Z") && twice.contains("2020-10-25T01:30:00Z"), "{twice}");
    assert_eq!(
        instant(wall("2020-10-25T04:00"), riga, None).map(|at| at.to_rfc3339()),
        Ok("2020-10-25T02:00:00+00:00".into())
    );
}

#[test]
fn ten_in_riga_is_eleven_in_minsk_only_in_winter() {
    // Requirement 1 of the training coordinator.
    for (day, in_minsk) in [("2019-12-10", "11:00"), ("2019-10-15", "10:00")] {
        let meeting = instant(wall(&format!("{day}T10:00")), chrono_tz::Europe::Riga, None).expect("an instant");
        assert_eq!(meeting.with_timezone(&chrono_tz::Europe::Minsk).format("%H:%M").to_string(), in_minsk);
    }
    assert_eq!(zone("Europe/Kiev").map(chrono_tz::Tz::name), Some("Europe/Kyiv"));
    assert_eq!(zone("Mars/Phobos"), None);
}

#[test]
fn publication_tells_everything_that_is_missing() {
    let now = at(26_000_000);
    let facts = |capacity_seats, first_session_at, may_be_past| PublicationFacts {
        capacity_seats,
        first_session_at,
        may_be_past,
    };

    assert_eq!(publishable(facts(0, None, false), now), Err(Refusal::NotReady(vec!["seats", "session"])));
    let past = Some(now - Duration::minutes(1));
    assert_eq!(publishable(facts(1, past, false), now), Err(Refusal::NotReady(vec!["future-date"])));
    assert_eq!(publishable(facts(1, past, true), now), Ok(()));
    assert_eq!(publishable(facts(1, Some(now + Duration::minutes(1)), false), now), Ok(()));
}

#[test]
fn a_calendar_says_what_its_readers_need() {
    let entry = Entry {
        uid: "1@waymark.example.org".into(),
        stamp: at(26_263_380),
        sequence: 2,
        starts_at: at(26_263_440),
        ends_at: at(26_263_500),
        summary: "Study visit, day 1".into(),
        location: "Terespol; road".into(),
        description: "09:00 welcome\n10:00 tour".into(),
        url: "https://waymark.example.org/activities/1".into(),
        cancelled: true,
    };

    let text = file(&[entry]);

    let expected = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Waymark//Scheduling//EN",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        "UID:1@waymark.example.org",
        "DTSTAMP:20191208T110000Z",
        "LAST-MODIFIED:20191208T110000Z",
        "SEQUENCE:2",
        "DTSTART:20191208T120000Z",
        "DTEND:20191208T130000Z",
        "SUMMARY:Study visit\\, day 1",
        "LOCATION:Terespol\\; road",
        "STATUS:CANCELLED",
        "URL:https://waymark.example.org/activities/1",
        "DESCRIPTION:09:00 welcome\\n10:00 tour",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ];
    assert_eq!(text.split("\r\n").collect::<Vec<_>>(), expected);
}
