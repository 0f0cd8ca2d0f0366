//! The calendar file: iCalendar as RFC 5545 spells it.

use chrono::{DateTime, Utc};
use std::fmt::Write as _;

/// Octets on a line before it is folded, without its end. Source: RFC 5545 §3.1.
pub const LINE_OCTETS: usize = 75;

/// One event of a calendar.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The same for the life of the event.
    pub uid: String,
    /// When it was last changed.
    pub stamp: DateTime<Utc>,
    /// Grows with each change of time, place or state.
    pub sequence: i32,
    /// Start.
    pub starts_at: DateTime<Utc>,
    /// End.
    pub ends_at: DateTime<Utc>,
    /// Title.
    pub summary: String,
    /// Place.
    pub location: String,
    /// Agenda.
    pub description: String,
    /// Where to read more.
    pub url: String,
    /// Whether it does not take place.
    pub cancelled: bool,
}

/// A text as a value: backslash, semicolon, comma and line ends escaped.
///
/// Source: RFC 5545 §3.3.11.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(letter);
            }
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// A content line, folded at [`LINE_OCTETS`] without splitting a letter, ended by CRLF.
///
/// Source: RFC 5545 §3.1.
#[must_use]
pub fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + line.len() / LINE_OCTETS * 3 + 2);
    let mut octets = 0;
    for letter in line.chars() {
        if octets + letter.len_utf8() > LINE_OCTETS {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(letter);
        octets += letter.len_utf8();
    }
    out.push_str("\r\n");
    out
}

/// A calendar of these events. Instants are in UTC, so that no reader needs zone data of its own.
#[must_use]
pub fn file(entries: &[Entry]) -> String {
    let instant = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    let mut lines =
        vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".into(), "PRODID:-//Waymark//Scheduling//EN".into()];
    lines.push("CALSCALE:GREGORIAN".into());
    for entry in entries {
        let status = if entry.cancelled { "CANCELLED" } else { "CONFIRMED" };
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", entry.uid),
            format!("DTSTAMP:{}", instant(entry.stamp)),
            format!("LAST-MODIFIED:{}", instant(entry.stamp)),
            format!("SEQUENCE:{}", entry.sequence),
            format!("DTSTART:{}", instant(entry.starts_at)),
            format!("DTEND:{}", instant(entry.ends_at)),
            format!("SUMMARY:{}", escaped(&entry.summary)),
            format!("LOCATION:{}", escaped(&entry.location)),
            format!("STATUS:{status}"),
            format!("URL:{}", entry.url),
        ]);
        if !entry.description.is_empty() {
            lines.push(format!("DESCRIPTION:{}", escaped(&entry.description)));
        }
        lines.push("END:VEVENT".into());
    }
    lines.push("END:VCALENDAR".into());
    lines.iter().fold(String::new(), |mut out, line| {
        write!(out, "{}", folded(line)).expect("a string takes any text");
        out
    })
}
