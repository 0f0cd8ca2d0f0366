//! Reads Rust source just well enough to see which names it uses: words without comments, and paths
//! with their braces opened. No parser, so that the floor plan is checked in milliseconds.

/// What a [`Word`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name, keyword or number.
    Name,
    /// Punctuation: one character, or `::`.
    Mark,
    /// The inside of a string literal.
    Text,
}

/// One word of a source file; comments and white space are not words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What it is.
    pub kind: Kind,
    /// As written, without quotation marks.
    pub text: String,
    /// Line in the file, from 1.
    pub line: usize,
}

impl Word {
    fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }
}

/// A path in the source with its braces opened: `a::{b, c::d}` is two paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The segments, the first one as written; `*` for a glob, `name!` for a macro.
    pub segments: Vec<String>,
    /// Line in the file, from 1.
    pub line: usize,
}

/// The words of a source file.
#[must_use]
pub fn words(source: &str) -> Vec<Word> {
    let mut reader = Reader { rest: source, line: 1, words: Vec::new() };
    while !reader.rest.is_empty() {
        reader.step();
    }
    reader.words
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    words: Vec<Word>,
}

impl Reader<'_> {
    fn step(&mut self) {
        let rest = self.rest;
        let first = rest.chars().next().unwrap_or(' ');
        if rest.starts_with("//") {
            self.skip(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.skip(block_comment(rest));
        } else if let Some((open, hashes)) = raw_string(rest) {
            let end = format!("\"{}", "#".repeat(hashes));
            let inside = rest[open..].find(&end).unwrap_or(rest.len() - open);
            self.text(open, inside, end.len());
        } else if first == '"' {
            self.text(1, escaped(&rest[1..], '"'), 1);
        } else if first == '\'' {
            self.skip(quoted(rest));
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            self.word(Kind::Name, end);
        } else if rest.starts_with("::") {
            self.word(Kind::Mark, 2);
        } else if first.is_whitespace() {
            self.skip(first.len_utf8());
        } else {
            self.word(Kind::Mark, first.len_utf8());
        }
    }

    fn skip(&mut self, bytes: usize) {
        let (gone, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        self.line += gone.matches('\n').count();
        self.rest = rest;
    }

    fn word(&mut self, kind: Kind, bytes: usize) {
        self.words.push(Word { kind, text: self.rest[..bytes].to_owned(), line: self.line });
        self.skip(bytes);
    }

    fn text(&mut self, open: usize, inside: usize, close: usize) {
        let text = self.rest[open..open + inside].to_owned();
        self.words.push(Word { kind: Kind::Text, text, line: self.line });
        self.skip(open + inside + close);
    }
}

/// Bytes of the block comment at the start; such comments nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let tail = &rest.as_bytes()[at..];
        if tail.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// For `r"`, `r#"`, `br"` …: the bytes before the inside, and the number of hashes.
fn raw_string(rest: &str) -> Option<(usize, usize)> {
    let prefix = ["r", "br", "cr"]
        .into_iter()
        .find(|prefix| rest.strip_prefix(prefix).is_some_and(|tail| tail.trim_start_matches('#').starts_with('"')))?;
    let tail = &rest[prefix.len()..];
    let hashes = tail.len() - tail.trim_start_matches('#').len();
    Some((prefix.len() + hashes + 1, hashes))
}

/// Bytes before the closing `mark`, stepping over what a backslash protects.
fn escaped(inside: &str, mark: char) -> usize {
    let mut protected = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if protected => protected = false,
            '\\' => protected = true,
            c if c == mark => return at,
            _ => {}
        }
    }
    inside.len()
}

/// Bytes of the character literal at the start, or of the mark alone when it opens a lifetime.
fn quoted(rest: &str) -> usize {
    let mut inside = rest[1..].chars();
    match (inside.next(), inside.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => 1 + escaped(&rest[1..], '\'') + 1,
        _ => 1,
    }
}

/// Every path that starts at `root`, itself the start of a path. Paths are opened: `root::{a, b::*}`
/// gives two. `use root as other` gives the path of one segment.
#[must_use]
pub fn paths(words: &[Word], root: &str) -> Vec<Path> {
    let mut found = Vec::new();
    for at in 0..words.len() {
        if !words[at].is(root) || !starts_a_path(words, at) {
            continue;
        }
        let followed = words.get(at + 1).is_some_and(|next| next.is("::"));
        if followed {
            tree(words, at, &[], &mut found);
        } else if at > 0 && words[at - 1].is("use") {
            found.push(Path { segments: vec![root.to_owned()], line: words[at].line });
        }
    }
    found
}

/// True if the word at `at` is not in the middle of a path or a field; a leading `::` may precede it.
fn starts_a_path(words: &[Word], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|index| &words[index]);
    match before(1) {
        Some(mark) if mark.is("::") => before(2).is_none_or(|word| word.kind != Kind::Name || word.is("use")),
        Some(mark) => !mark.is("."),
        None => true,
    }
}

/// Opens the use tree at `at`, below `prefix`; returns the index after it.
fn tree(words: &[Word], mut at: usize, prefix: &[String], found: &mut Vec<Path>) -> usize {
    let mut segments = prefix.to_vec();
    let line = words.get(at).map_or(0, |word| word.line);
    loop {
        match words.get(at) {
            Some(word) if word.is("{") => return branches(words, at + 1, &segments, found),
            Some(word) if word.kind == Kind::Name || word.is("*") => segments.push(word.text.clone()),
            _ => break,
        }
        at += 1;
        // Where a path goes on: `::` and then not `<`, which opens type arguments.
        if words.get(at).is_some_and(|word| word.is("::")) && !words.get(at + 1).is_some_and(|word| word.is("<")) {
            at += 1;
        } else {
            break;
        }
    }
    let is = |index: usize, mark: &str| words.get(index).is_some_and(|word| word.is(mark));
    if let Some(last) = segments.last_mut().filter(|_| is(at, "!") && !is(at + 1, "=")) {
        last.push('!');
    }
    found.push(Path { segments, line });
    at
}

fn branches(words: &[Word], mut at: usize, prefix: &[String], found: &mut Vec<Path>) -> usize {
    while let Some(word) = words.get(at) {
        if word.is("}") {
            return at + 1;
        }
        at = tree(words, at, prefix, found);
        // Over `as other` and the comma.
        while words.get(at).is_some_and(|word| !word.is(",") && !word.is("}")) {
            at += 1;
        }
        if words.get(at).is_some_and(|word| word.is(",")) {
            at += 1;
        }
    }
    at
}

/// Where the words stand one after another, as a list of lines. A pattern is written as source:
/// `Utc::now`, `::Model`, `async`.
#[must_use]
pub fn lines_with(source: &[Word], pattern: &str) -> Vec<usize> {
    let pattern = words(pattern);
    if pattern.is_empty() {
        return Vec::new();
    }
    source
        .windows(pattern.len())
        .filter(|window| window.iter().zip(&pattern).all(|(have, want)| have.is(&want.text)))
        .map(|window| window[0].line)
        .collect()
}
