//! Laws of assessment.

use api::assessment::Refusal;
use api::assessment::rules::{
    Cell, GRACE_SECONDS, Shape, Share, StartFacts, answer_fault, begin, best, deadline, draw, is_over, item_faults,
    language_at, letter, option_order, over_at, passes, percent, results_shown, score, shuffled, worth,
};
use chrono::{DateTime, Duration, TimeZone, Utc};
use entity::assessment::ItemKind;
use proptest::prelude::*;
use rstest::rstest;
use std::collections::BTreeSet;

fn at(minute: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 8, 0, 0).single().expect("an instant") + Duration::minutes(minute)
}

const fn shape(kind: ItemKind, options: usize, prompts: usize) -> Shape {
    Shape { kind, options, prompts }
}

fn letters(text: &str) -> Vec<String> {
    text.split_whitespace().map(|word| if word == "-" { String::new() } else { word.to_owned() }).collect()
}

/// Options shown as they are stored.
fn straight(count: usize) -> Vec<usize> {
    (0..count).collect()
}

/// The letters under which stored options are shown in an order.
fn shown(order: &[usize], options: &[u32]) -> Vec<String> {
    let place = |option: &u32| order.iter().position(|n| u32::try_from(*n) == Ok(*option)).expect("every option");
    options.iter().map(|option| letter(place(option))).collect()
}

#[rstest]
#[case::right(ItemKind::Single, 4, 0, &[2], "c", (1, 1))]
#[case::wrong(ItemKind::Single, 4, 0, &[2], "a", (0, 1))]
#[case::none(ItemKind::Single, 4, 0, &[2], "", (0, 1))]
#[case::true_is_one(ItemKind::TrueFalse, 2, 0, &[1], "b", (1, 1))]
#[case::all_right(ItemKind::Multiple, 4, 0, &[0, 3], "a d", (2, 2))]
#[case::half(ItemKind::Multiple, 4, 0, &[0, 3], "d", (1, 2))]
#[case::one_right_one_wrong(ItemKind::Multiple, 4, 0, &[0, 3], "a b", (0, 2))]
#[case::everything_ticked(ItemKind::Multiple, 4, 0, &[0, 3], "a b c d", (0, 2))]
#[case::three_of_four_prompts(ItemKind::Matching, 2, 4, &[0, 1, 0, 1], "a b a -", (3, 4))]
#[case::in_order(ItemKind::Ordering, 5, 0, &[0, 1, 2, 3, 4], "a b c d e", (5, 5))]
#[case::moved_on_by_one(ItemKind::Ordering, 5, 0, &[0, 1, 2, 3, 4], "b c d e a", (0, 5))]
#[case::two_exchanged(ItemKind::Ordering, 5, 0, &[0, 1, 2, 3, 4], "a c b d e", (3, 5))]
#[case::backwards(ItemKind::Ordering, 5, 0, &[0, 1, 2, 3, 4], "e d c b a", (1, 5))]
fn an_answer_is_worth(
    #[case] kind: ItemKind,
    #[case] options: usize,
    #[case] prompts: usize,
    #[case] key: &[u32],
    #[case] answer: &str,
    #[case] (earned, of): (u32, u32),
) {
    let share = worth(shape(kind, options, prompts), key, &straight(options), &letters(answer));

    if earned == 0 {
        assert_eq!(share.earned, 0);
    } else {
        assert_eq!(share, Share { earned, of });
    }
}

#[rstest]
#[case::two_thirds(&[(1, 1), (1, 1), (0, 1)], 6666)]
#[case::thirds_make_a_whole(&[(1, 3), (1, 3), (1, 3)], 3333)]
#[case::quarters(&[(3, 4), (3, 4), (1, 1), (1, 2)], 7500)]
#[case::a_hair_below(&[(1, 1), (1, 1), (249, 250), (0, 1)], 7490)]
#[case::empty(&[], 0)]
fn a_score_is_cut_and_never_rounded_up(#[case] shares: &[(u32, u32)], #[case] hundredths: i32) {
    let shares: Vec<Share> = shares.iter().map(|(earned, of)| Share { earned: *earned, of: *of }).collect();

    assert_eq!(score(&shares), hundredths);
}

#[test]
fn who_is_a_hair_below_the_limit_is_below_it_everywhere() {
    // 74.999…: rounded it would be 75.00 and pass wherever the percentage is compared.
    let mut shares = vec![Share { earned: 3, of: 4 }; 999];
    shares.push(Share { earned: 2, of: 3 });

    let hundredths = score(&shares);

    assert_eq!((percent(hundredths).to_string(), passes(hundredths, 75)), ("74.99".to_owned(), false));
}

fn facts() -> StartFacts {
    StartFacts {
        published: true,
        opens_at: at(0),
        closes_at: at(600),
        max_attempts: 3,
        hours_between: 1,
        attempts: 0,
        last_at: None,
    }
}

#[test]
fn an_attempt_begins_only_while_it_is_open_and_attempts_are_left() {
    let not_open = Refusal::NotOpen { opens_at: at(0), closes_at: at(600) };

    assert_eq!(begin(&facts(), at(0)), Ok(1));
    assert_eq!(begin(&facts(), at(-1)), Err(not_open.clone()));
    assert_eq!(begin(&facts(), at(600)), Err(not_open.clone()));
    assert_eq!(begin(&StartFacts { published: false, ..facts() }, at(5)), Err(not_open));
    let one = StartFacts { attempts: 1, last_at: Some(at(10)), ..facts() };
    assert_eq!(begin(&one, at(69)), Err(Refusal::TooSoon { from: at(70) }));
    assert_eq!(begin(&one, at(70)), Ok(2));
    assert_eq!(begin(&StartFacts { attempts: 3, ..one }, at(500)), Err(Refusal::NoAttemptsLeft { max_attempts: 3 }));
}

#[test]
fn the_grace_is_the_last_time_anything_is_taken() {
    let end = deadline(at(0), 20, at(600));
    let grace = Duration::seconds(GRACE_SECONDS);

    assert_eq!((end, deadline(at(590), 20, at(600))), (at(20), at(600)));
    assert!(!is_over(end, end) && !is_over(end, end + grace - Duration::microseconds(1)));
    assert!(is_over(end, end + grace) && over_at(end) == end + grace);
}

#[test]
fn the_release_itself_shows_results() {
    assert!(results_shown(None, at(0)) && results_shown(Some(at(5)), at(5)));
    assert!(!results_shown(Some(at(5)), at(4)));
    assert_eq!((best([]), best([1, 9, 4])), (None, Some(9)));
}

#[rstest]
#[case("be", &["en", "lv", "ru"], "ru")]
#[case("be", &["en", "lv"], "en")]
#[case("lv", &["en", "lv", "ru"], "lv")]
#[case("lv", &["en", "ru"], "en")]
#[case("ru", &["en", "be"], "en")]
#[case("fr", &["en", "lv"], "en")]
fn a_reader_gets_the_nearest_language(#[case] wanted: &str, #[case] there: &[&str], #[case] got: &str) {
    assert_eq!(there[language_at(wanted, there)], got);
}

#[rstest]
#[case::key_names_no_option(shape(ItemKind::Single, 3, 0), &[3], &["/key"])]
#[case::two_keys_for_one_choice(shape(ItemKind::Single, 3, 0), &[0, 1], &["/key"])]
#[case::same_option_twice(shape(ItemKind::Multiple, 3, 0), &[1, 1], &["/key"])]
#[case::order_not_complete(shape(ItemKind::Ordering, 3, 0), &[2, 0], &["/key"])]
#[case::a_prompt_without_key(shape(ItemKind::Matching, 2, 3), &[0, 1], &["/key"])]
#[case::one_option(shape(ItemKind::Single, 1, 0), &[0], &["/texts/0/options"])]
#[case::prompts_where_none_belong(shape(ItemKind::Single, 3, 2), &[0], &["/texts/0/prompts"])]
#[case::good(shape(ItemKind::Ordering, 3, 0), &[2, 0, 1], &[])]
#[case::good_matching(shape(ItemKind::Matching, 2, 3), &[1, 1, 0], &[])]
fn an_item_whose_key_does_not_fit_is_refused(#[case] shape: Shape, #[case] key: &[u32], #[case] pointers: &[&str]) {
    let found: Vec<_> = item_faults(shape, key).into_iter().map(|(pointer, _)| pointer).collect();

    assert_eq!(found, pointers);
}

/// A shape with a key that fits it.
fn keyed() -> impl Strategy<Value = (Shape, Vec<u32>)> {
    let option = |options: usize| 0..u32::try_from(options).expect("few");
    prop_oneof![
        (2..10_usize)
            .prop_flat_map(move |n| (Just(shape(ItemKind::Single, n, 0)), prop::collection::vec(option(n), 1))),
        (0..2_u32).prop_map(|key| (shape(ItemKind::TrueFalse, 2, 0), vec![key])),
        (2..10_usize).prop_flat_map(move |n| {
            let all: Vec<u32> = option(n).collect();
            (Just(shape(ItemKind::Multiple, n, 0)), prop::sample::subsequence(all, 1..=n))
        }),
        (2..10_usize).prop_flat_map(move |n| {
            (Just(shape(ItemKind::Ordering, n, 0)), Just(option(n).collect::<Vec<_>>()).prop_shuffle())
        }),
        (2..10_usize, 1..10_usize).prop_flat_map(move |(n, prompts)| {
            (Just(shape(ItemKind::Matching, n, prompts)), prop::collection::vec(option(n), prompts))
        }),
    ]
}

/// A blueprint over items in which its cells may overlap, and how often each item was seen.
fn blueprint() -> impl Strategy<Value = (Vec<Cell>, Vec<u32>)> {
    (1..30_usize).prop_flat_map(|items| {
        let all: Vec<usize> = (0..items).collect();
        let cell = (1..4_usize, prop::sample::subsequence(all, 0..=items));
        let cells = prop::collection::vec(cell.prop_map(|(count, pool)| Cell { count, pool }), 1..6);
        (cells, prop::collection::vec(0..3_u32, items))
    })
}

/// Whether each cell can have its own items: by Hall's condition over all sets of cells.
fn can_be_drawn(cells: &[Cell]) -> bool {
    (1..1_u32 << cells.len()).all(|set| {
        let chosen = || cells.iter().enumerate().filter(move |(n, _)| set >> n & 1 == 1).map(|(_, cell)| cell);
        let pool: BTreeSet<usize> = chosen().flat_map(|cell| cell.pool.iter().copied()).collect();
        chosen().map(|cell| cell.count).sum::<usize>() <= pool.len()
    })
}

proptest! {
    #[test]
    fn the_key_in_any_order_is_full_marks_and_nothing_is_none((shape, key) in keyed(), seed in "[a-z]{8}") {
        prop_assert_eq!(item_faults(shape, &key), vec![]);
        let order = option_order(&seed, 1, shape);

        let full = worth(shape, &key, &order, &shown(&order, &key));
        let none = worth(shape, &key, &order, &[]);

        prop_assert_eq!(full.earned, full.of);
        prop_assert_eq!(none.earned, 0);
    }

    #[test]
    fn no_answer_earns_more_than_there_is(
        (shape, key) in keyed(),
        answer in prop::collection::vec("[a-l]?", 0..12),
    ) {
        let order = option_order("seed", 1, shape);

        let share = worth(shape, &key, &order, &answer);

        prop_assert!(share.earned <= share.of);
        prop_assert!(answer_fault(shape, &answer).is_none() || share.earned == 0);
    }

    #[test]
    fn a_score_grows_with_every_answer_and_stays_within_bounds(
        parts in prop::collection::vec((0..10_u32, 1..10_u32), 1..40),
        which in any::<prop::sample::Index>(),
    ) {
        let mut shares: Vec<Share> = parts.iter().map(|(e, of)| Share { earned: *e.min(of), of: *of }).collect();
        let before = score(&shares);
        let at = which.index(shares.len());
        shares[at].earned = shares[at].of;

        let after = score(&shares);

        prop_assert!((0..=10_000).contains(&before) && before <= after && after <= 10_000);
        let all: Vec<Share> = shares.iter().map(|s| Share { earned: s.of, of: s.of }).collect();
        prop_assert_eq!(score(&all), 10_000);
    }

    #[test]
    fn a_paper_has_what_each_cell_wants_and_nothing_twice((cells, seen) in blueprint(), seed in "[a-z]{8}") {
        let drawn = draw(&seed, &cells, &seen);

        prop_assert_eq!(drawn.is_ok(), can_be_drawn(&cells));
        if let Ok(paper) = drawn {
            let wanted: usize = cells.iter().map(|cell| cell.count).sum();
            let distinct: BTreeSet<usize> = paper.iter().copied().collect();
            prop_assert_eq!((paper.len(), distinct.len()), (wanted, wanted));
            for cell in &cells {
                prop_assert!(paper.iter().filter(|item| cell.pool.contains(item)).count() >= cell.count);
            }
            prop_assert_eq!(draw(&seed, &cells, &seen), Ok(paper));
        }
    }

    #[test]
    fn what_was_not_seen_yet_comes_first(fresh in 3..10_usize, known in 0..10_usize, seed in "[a-z]{8}") {
        let pool: Vec<usize> = (0..fresh + known).collect();
        let seen: Vec<u32> = pool.iter().map(|n| u32::from(*n >= fresh)).collect();

        let paper = draw(&seed, &[Cell { count: 3, pool }], &seen).expect("enough items");

        prop_assert!(paper.iter().all(|item| *item < fresh), "{:?}", paper);
    }

    #[test]
    fn a_shuffle_loses_nothing_and_depends_on_the_seed_alone(seed in "[a-z]{8}", count in 0..30_usize) {
        let order = shuffled(&seed, "options 1", count);

        let mut sorted = order.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, straight(count));
        prop_assert_eq!(shuffled(&seed, "options 1", count), order);
    }
}

#[test]
fn every_item_is_drawn_about_equally_often() {
    const ITEMS: usize = 8;
    let cells = [Cell { count: 2, pool: straight(ITEMS) }];
    let mut times = [0_u32; ITEMS];
    for seed in 0..4000 {
        for item in draw(&format!("seed {seed}"), &cells, &[0; ITEMS]).expect("enough items") {
            times[item] += 1;
        }
    }

    // Chi squared with 7 degrees of freedom: above 24.3 once in a thousand.
    let expected = 1000.0;
    let chi: f64 = times.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
    assert!(chi < 24.3, "{times:?}: {chi}");
}

#[test]
fn each_place_of_a_shuffle_is_equally_likely() {
    let mut first = [0_u32; 5];
    for seed in 0..5000 {
        first[shuffled(&format!("seed {seed}"), "options", 5)[0]] += 1;
    }

    // Chi squared with 4 degrees of freedom: above 18.5 once in a thousand.
    let chi: f64 = first.iter().map(|n| (f64::from(*n) - 1000.0).powi(2) / 1000.0).sum();
    assert!(chi < 18.5, "{first:?}: {chi}");
}
