//! What README says is so, as far as a machine can tell.

use std::path::Path;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");

fn readme() -> String {
    std::fs::read_to_string(README).expect("README.md")
}

#[test]
fn the_settings_in_readme_are_those_of_the_program() {
    let (begin, end) = ("<!-- settings -->\n", "<!-- end of settings -->");
    let text = readme();
    let (head, rest) = text.split_once(begin).expect("the table begins");
    let (_, tail) = rest.split_once(end).expect("the table ends");
    let want = format!("{head}{begin}{}{end}{tail}", api::platform::config::table());

    if tests::database::variable("WAYMARK_UPDATE").is_some() {
        std::fs::write(README, &want).expect("written");
    }

    assert!(readme() == want, "the settings changed: run `WAYMARK_UPDATE=1 cargo test -p tests --test api readme`");
}

#[test]
fn every_path_in_readme_is_there() {
    let root = Path::new(README).parent().expect("a folder");
    let text = readme();
    let quoted = text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2));
    let linked = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let is_path = |word: &&str| {
        let starts = [
            "api/",
            "entity/",
            "migration/",
            "tests/",
            "openapi/",
            "platform/",
            "identity/",
            "enrolment/",
            "scheduling/",
            "notification/",
        ];
        !word.contains([' ', '<', '{', '*'])
            && word.contains('/')
            && (starts.iter().any(|start| word.starts_with(start))
                || std::path::Path::new(word).extension().is_some_and(|end| end == "rs"))
    };
    let mut missing = Vec::new();
    for path in quoted.chain(linked).filter(is_path) {
        if !root.join(path).exists() && !root.join("api/src").join(path).exists() {
            missing.push(path.to_owned());
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_subcommand_in_readme_is_one_of_the_program() {
    let source = std::fs::read_to_string(Path::new(README).with_file_name("api/src/main.rs")).expect("source");
    let text = readme();
    let spoken = text.split("waymark ").skip(1).chain(text.split("cargo run -- ").skip(1));
    let words = spoken.filter_map(|rest| rest.split(|c: char| !c.is_ascii_lowercase()).next());
    let known =
        ["serve", "demo", "migrate", "openapi", "settings", "permissions", "account", "verify", "backup", "restore"];
    for word in known {
        assert!(source.contains(&format!("{}{}", word[..1].to_uppercase(), &word[1..])), "{word} is no subcommand");
    }
    for word in words.filter(|word| !word.is_empty() && *word != "client") {
        assert!(known.contains(&word), "`waymark {word}` is no subcommand");
    }
}
