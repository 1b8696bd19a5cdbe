//! The load tool's drawers come through the real doors, and its figures are true: every change is heard by everybody, and
//! who comes in the middle of it sees the same in the end.

use kegelbahn_load::{BoardLoad, run_board};

#[tokio::test]
async fn load_tool_measures_a_board() {
    let wanted = BoardLoad {
        server: Some(env!("CARGO_BIN_EXE_kegelbahn").into()),
        y_websocket: None,
        drawers: 5,
        changes: 20.0,
        bytes: 700,
        no_cursors: false,
        shapes: 300,
        seconds: 2,
        json: false,
    };
    let reports = tokio::task::spawn_blocking(move || {
        let mut reports = Vec::new();
        run_board(&wanted, &mut |report| reports.push(report)).unwrap();
        reports
    });
    let reports = reports.await.unwrap();
    let [report] = reports.as_slice() else { panic!("{} reports", reports.len()) };
    let summary = report.table();
    assert!(report.converged, "{summary}");
    assert_eq!(report.dropped, 0, "{summary}");
    assert!(report.changes > 0 && report.changes_heard > 0.0, "{summary}");
    assert!(report.delay_us.p50 > 0 && report.newcomer_ms.is_some(), "{summary}");
    assert!(report.cpu_us_per_delivered > 0.1 && report.board_bytes > 200_000, "{summary}");
    assert!(report.elements.iter().all(|elements| *elements >= 305), "{summary}");
}
