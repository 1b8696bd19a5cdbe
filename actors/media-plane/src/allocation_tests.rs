use super::*;
use crate::layers::Priority;
use crate::overload::Ceiling;

fn layer(rid: Rid, height: u16, kilobits: u64, live: bool) -> Option<Layer> {
    let rates = [2, 3, 4, 4].map(|quarters| Bitrate(kilobits * 250 * quarters));
    Some(Layer { rid, size: (height > 0).then_some((height / 9 * 16, height)), rates, live })
}

fn three() -> [Option<Layer>; 3] {
    [layer(Rid::L, 180, 150, true), layer(Rid::M, 360, 500, true), layer(Rid::H, 720, 2000, true)]
}

fn wish(height: u16, priority: Priority, layers: [Option<Layer>; 3]) -> Wish {
    Wish { demand: Demand { width: height / 9 * 16, height, priority }, layers, cap: Cap::NONE }
}

fn chosen(budget: Option<u64>, wishes: &[Wish]) -> Vec<Choice> {
    let mut choices = Vec::new();
    choose(budget.map(|kilobits| Bitrate(kilobits * 1000)), wishes, &mut choices);
    choices
}

fn one(height: u16, layers: [Option<Layer>; 3]) -> (Option<Rid>, Reason, LayerSet) {
    let choice = chosen(None, &[wish(height, Priority::Rest, layers)])[0];
    (choice.quality.layer, choice.quality.reason, choice.needs)
}

fn only(rid: Rid) -> LayerSet {
    LayerSet::from_iter([rid])
}

#[test]
fn the_smallest_that_is_large_enough_else_the_largest() {
    for (height, rid, reason) in [
        (90, Rid::L, Reason::Size),
        (200, Rid::L, Reason::Size),
        (201, Rid::M, Reason::Size),
        (400, Rid::M, Reason::Size),
        (401, Rid::H, Reason::Full),
        (2160, Rid::H, Reason::Full),
    ] {
        assert_eq!(one(height, three()), (Some(rid), reason, only(rid)), "{height}");
    }
    let small_camera = [layer(Rid::L, 180, 100, true), layer(Rid::M, 360, 400, true), None];
    let more = LayerSet::from_iter([Rid::M, Rid::H]);
    assert_eq!(one(1080, small_camera), (Some(Rid::M), Reason::Full, more), "there may be a larger one");
    assert_eq!(one(400, small_camera), (Some(Rid::M), Reason::Full, only(Rid::M)));
    let upside_down = [layer(Rid::L, 720, 100, true), layer(Rid::M, 90, 400, true), None];
    assert_eq!(one(90, upside_down), (Some(Rid::M), Reason::Size, only(Rid::M)), "rids are no sizes");
}

#[test]
fn what_is_not_sent_is_asked_for_and_replaced_meanwhile() {
    let mut layers = three();
    layers[2] = layer(Rid::H, 720, 2000, false);
    assert_eq!(one(720, layers), (Some(Rid::M), Reason::Source, only(Rid::H)));
    assert_eq!(one(180, layers), (Some(Rid::L), Reason::Size, only(Rid::L)));
    layers[0] = layer(Rid::L, 180, 150, false);
    assert_eq!(one(180, layers).0, Some(Rid::M), "a larger one will do");
    assert_eq!(one(180, layers).2, only(Rid::L));
    let stopped = [layer(Rid::L, 180, 1, false), layer(Rid::M, 360, 1, false), None];
    assert_eq!(one(180, stopped).0, Some(Rid::L), "nothing comes: what would be right");
}

#[test]
fn what_is_not_known_is_taken_only_when_there_is_nothing_else() {
    assert_eq!(one(180, [None; 3]), (None, Reason::Source, LayerSet::ALL));
    let single = [None, None, layer(Rid::H, 0, 0, true)];
    assert_eq!(one(180, single), (Some(Rid::H), Reason::Full, only(Rid::H)));
    let beginning = [layer(Rid::L, 180, 0, true), layer(Rid::M, 0, 0, true), None];
    assert_eq!(one(720, beginning).0, Some(Rid::L));
}

#[test]
fn the_budget_serves_everybody_first_and_then_by_priority() {
    let wishes = [
        wish(720, Priority::Rest, three()),
        wish(720, Priority::Stage, three()),
        wish(720, Priority::Screen, [None, None, layer(Rid::H, 1080, 1000, true)]),
    ];
    let layers = |budget| chosen(Some(budget), &wishes).iter().map(|c| c.quality.layer).collect::<Vec<_>>();
    assert_eq!(layers(10_000), [Some(Rid::H); 3]);
    assert_eq!(layers(3600), [Some(Rid::M), Some(Rid::H), Some(Rid::H)]);
    assert_eq!(layers(1700), [Some(Rid::L), Some(Rid::M), Some(Rid::H)]);
    assert_eq!(layers(1150), [None, Some(Rid::L), Some(Rid::H)]);
    let choices = chosen(Some(1700), &wishes);
    assert_eq!(choices[0].quality.reason, Reason::Line);
    assert_eq!(choices[2].quality.reason, Reason::Full);
    assert_eq!(choices[1].needs, LayerSet::from_iter([Rid::M, Rid::H]), "the line may become better");
    assert_eq!(chosen(Some(1150), &wishes)[0].quality.reason, Reason::Paused);
}

#[test]
fn frames_are_thinned_out_before_nothing_is_sent() {
    let choice = chosen(Some(120), &[wish(720, Priority::Rest, three())])[0];
    assert_eq!((choice.quality.layer, choice.temporal), (Some(Rid::L), 1));
    assert_eq!(choice.quality.reason, Reason::Line);
}

#[test]
fn an_overloaded_server_lowers_layers_then_frames_then_pauses() {
    let at = |step, priority| {
        let cap = Ceiling::at(step).cap(priority);
        let choice = chosen(None, &[Wish { cap, ..wish(720, priority, three()) }])[0];
        (choice.quality.layer, choice.quality.reason, choice.temporal, choice.needs)
    };
    let lowered = |rid, temporal| (Some(rid), Reason::Server, temporal, only(rid));
    assert_eq!(at(0, Priority::Rest), (Some(Rid::H), Reason::Full, TEMPORAL_MAX, only(Rid::H)));
    assert_eq!(at(1, Priority::Rest), lowered(Rid::M, TEMPORAL_MAX));
    assert_eq!(at(2, Priority::Rest), lowered(Rid::L, TEMPORAL_MAX));
    assert_eq!(at(3, Priority::Rest), lowered(Rid::L, 0));
    assert_eq!(at(4, Priority::Rest), (None, Reason::Paused, 0, LayerSet::NONE));
    assert_eq!(at(4, Priority::Stage), lowered(Rid::L, TEMPORAL_MAX));
    assert_eq!(at(5, Priority::Stage), lowered(Rid::L, 0));
}

#[test]
fn what_the_server_bears_and_the_line_carries_is_the_smaller_of_both() {
    let capped = |step, height, layers| Wish {
        cap: Ceiling::at(step).cap(Priority::Rest),
        ..wish(height, Priority::Rest, layers)
    };
    let of = |budget, wish: Wish| {
        let choice = chosen(budget, &[wish])[0];
        (choice.quality.layer, choice.quality.reason, choice.temporal)
    };
    assert_eq!(of(Some(10_000), capped(1, 720, three())), (Some(Rid::M), Reason::Server, TEMPORAL_MAX));
    assert_eq!(of(Some(200), capped(1, 720, three())), (Some(Rid::L), Reason::Line, TEMPORAL_MAX));
    assert_eq!(of(Some(10_000), capped(1, 180, three())), (Some(Rid::L), Reason::Size, TEMPORAL_MAX));
    assert_eq!(capped(1, 720, three()).cost(), 500_000, "no probes for what would not be sent");
    assert_eq!(capped(4, 720, three()).cost(), 0);
    let single = [None, None, layer(Rid::H, 720, 1000, true)];
    assert_eq!(of(None, capped(2, 720, single)), (Some(Rid::H), Reason::Full, TEMPORAL_MAX), "the only one");
    assert_eq!(of(None, capped(3, 720, single)), (Some(Rid::H), Reason::Server, 0));
    assert_eq!(of(Some(10_000), capped(4, 720, single)), (None, Reason::Paused, 0));
    // Until the smaller one comes, the larger one stays.
    let large = [layer(Rid::L, 180, 150, false), None, layer(Rid::H, 720, 2000, true)];
    let choice = chosen(None, &[capped(2, 720, large)])[0];
    assert_eq!((choice.quality.layer, choice.needs), (Some(Rid::H), only(Rid::L)));
}

#[test]
fn only_what_a_line_may_soon_carry_is_asked_for() {
    let needs = |budget, layers| chosen(Some(budget), &[wish(720, Priority::Rest, layers)])[0].needs;
    assert_eq!(needs(1000, three()), LayerSet::from_iter([Rid::M, Rid::H]), "it may be found to carry it");
    assert_eq!(needs(700, three()), only(Rid::M), "too narrow");
    assert_eq!(needs(160, three()), only(Rid::L));
    assert_eq!(needs(20, three()), only(Rid::L), "nothing is sent, but it is there when something can be");
    let unseen = [layer(Rid::L, 180, 150, true), layer(Rid::M, 360, 500, true), None];
    assert_eq!(needs(1000, unseen), LayerSet::from_iter([Rid::M, Rid::H]), "perhaps four times as much");
    assert_eq!(needs(700, unseen), only(Rid::M));
}

#[test]
fn what_nobody_sends_is_no_promise_that_the_line_was_too_narrow_for() {
    let stopped = three().map(|layer| layer.map(|layer| Layer { live: false, ..layer }));
    let choice = chosen(Some(1000), &[wish(360, Priority::Rest, stopped)])[0];
    assert_eq!((choice.quality.layer, choice.quality.reason), (None, Reason::Source));
    assert_eq!(choice.needs, only(Rid::M));
    assert_eq!(wish(360, Priority::Rest, three()).step(&choice), None);
    let needs = |budget| chosen(Some(budget), &[wish(720, Priority::Rest, stopped)])[0].needs;
    assert_eq!(needs(1000), LayerSet::from_iter([Rid::M, Rid::H]), "what fits now as well");
    assert_eq!(needs(300), LayerSet::from_iter([Rid::L, Rid::M]));
}
