//! A store that throttles, fails or is away.

use super::{
    rows::ROWS,
    world::{Principal, Target, World},
};
use crate::support::{Fault, Stack};
use rstest::rstest;

/// Whichever call fails, of whichever route: the client is told to come back, and then it gets what it asked for.
#[rstest]
#[case::unreachable(Fault::BeforeCommit)]
#[case::failing(Fault::ServerError)]
#[case::throttling(Fault::Throttle)]
#[tokio::test]
async fn every_route_answers_503_and_when_to_come_back(#[case] fault: Fault) {
    let warm = Stack::alone().await;
    let world = World::make(&warm).await;
    for row in ROWS {
        for passing in 0.. {
            let thing = world.thing(row.operation, Principal::Admin, Target::SameGroup).await;
            warm.drain().await;
            // Containers that know nothing yet, so that every call is made that there can be.
            let stack = Stack::over(warm.engines.clone());
            let here = world.on(&stack);
            stack.wire.plan(vec![None; passing]);
            stack.wire.always(Some(fault));
            let answer = here.send_to(row.operation, &thing).await;
            stack.wire.always(None);
            // Of calls made at once the others are given up when one fails.
            assert!(stack.wire.take().len() <= passing, "{}", row.operation);
            if answer.status.is_success() {
                assert!(passing > 0, "{} asks who the caller is", row.operation);
                break;
            }
            let told = (answer.status.as_u16(), answer.header("retry-after"));
            assert_eq!(told, (503, Some("1")), "{} after {passing}: {}", row.operation, answer.text());
            assert_eq!(answer.json()["detail"], "try again in a moment");
            let again = here.send_to(row.operation, &thing).await;
            assert!(again.status.is_success(), "{} after {passing}, again: {}", row.operation, again.text());
        }
    }
}
