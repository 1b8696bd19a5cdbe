use super::{Config, DEFAULTS};
use std::path::PathBuf;

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let file = std::env::temp_dir().join(format!("kegelbahn-config-{}-{number}.toml", std::process::id()));
    std::fs::write(&file, text).unwrap();
    let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    let config = Config::load(Some(&file), variables, None);
    std::fs::remove_file(&file).unwrap();
    let prefix = format!("{}:", file.display());
    config
        .map_err(|problems| problems.iter().map(|problem| problem.to_string().replace(&prefix, "")).collect())
}

fn problems(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    load(text, variables).expect_err("there is a problem")
}

#[test]
fn the_default_file_is_the_default_configuration() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:8443");
    assert_eq!(config.server.public_url, "https://localhost:8443");
    assert_eq!(config.server.data_dir, PathBuf::from("./data"));
    assert_eq!(config.metrics.listen.unwrap().to_string(), "127.0.0.1:9464");
    assert_eq!((config.media.udp_port, config.media.threads, config.media.audio_slots), (7881, 0, 3));
    assert!(!config.server.sign_up && config.server.certificate.is_none() && config.music.files.is_empty());
    load(DEFAULTS, &[]).unwrap();
}

#[test]
fn a_variable_wins_over_the_file_and_the_file_over_the_default() {
    let file = "[server]\nlisten = \"127.0.0.1:1\"\npublic_url = \"https://Kegeln.Example:443/\"\n[media]\nudp_port = 9\n";
    let variables = [
        ("KEGELBAHN__SERVER__LISTEN", "127.0.0.1:2"),
        ("KEGELBAHN__MEDIA__ANNOUNCE", "192.0.2.1, 2001:db8::1"),
    ];
    let config = load(file, &variables).unwrap();
    assert_eq!(config.server.listen.port(), 2);
    assert_eq!(config.server.public_url, "https://kegeln.example");
    assert_eq!(config.media.udp_port, 9);
    assert_eq!(config.media.announce.len(), 2);
}

#[test]
fn unknown_keys_are_refused_with_their_line_and_what_there_is() {
    let found =
        problems("# hello\n\n[metrics]\nlistn = \"\"\n[sever]\nx = 1\n", &[("KEGELBAHN__MEDIA__PORT", "1")]);
    assert_eq!(
        found,
        [
            "4: there is no key metrics.listn; [metrics] has listen",
            "5: there is no section [sever]; there are [board], [media], [metrics], [music], [operator], [server], [turn]",
            "KEGELBAHN__MEDIA__PORT: there is no key media.port; [media] has announce, audio_slots, busy_limit, tcp, threads, udp_port",
        ]
    );
    assert_eq!(
        problems("listen = 1", &[]),
        [
            "1: listen stands outside of a section; there are [board], [media], [metrics], [music], [operator], [server], [turn]"
        ]
    );
}

#[test]
fn wrong_values_are_refused_with_what_is_allowed() {
    let file = "[server]\nlisten = \"localhost\"\nsign_up = \"yes\"\n[media]\naudio_slots = 17\n";
    let variables = [("KEGELBAHN__MEDIA__THREADS", "many"), ("KEGELBAHN__SERVER__PUBLIC_URL", "http://x/y")];
    assert_eq!(
        problems(file, &variables),
        [
            "3: server.sign_up has to be true or false",
            "KEGELBAHN__MEDIA__THREADS: media.threads has to be a whole number",
            "2: server.listen is \"localhost\"; allowed is an IP address with a port, e.g. 0.0.0.0:8443 or [::]:8443",
            "KEGELBAHN__SERVER__PUBLIC_URL: server.public_url is \"http://x/y\"; allowed is https:// with a host name \
             and perhaps a port, without a path, e.g. https://kegeln.example, or nothing",
            "5: media.audio_slots is 17; allowed is a number from 1 to 16",
        ]
    );
}

#[test]
fn what_does_not_go_together_is_refused() {
    let found = problems("[server]\nkey = \"k.pem\"\nredirect_listen = \"0.0.0.0:80\"\n", &[]);
    assert_eq!(
        found,
        [
            "3: server.redirect_listen needs server.public_url",
            "2: server.certificate and server.key belong together: name both or none",
        ]
    );
    let found = problems("[turn]\nurls = [\"turn:turn.example\"]\n", &[]);
    assert_eq!(found, ["2: turn.urls and turn.secret belong together: name both or none"]);
}

#[test]
fn broken_toml_names_its_line() {
    let found = problems("[server]\nlisten = \n", &[]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("2: this is not TOML"), "{found:?}");
}

#[test]
fn public_urls_are_origins() {
    let url = |text: &str| {
        load("", &[("KEGELBAHN__SERVER__PUBLIC_URL", text)]).map(|config| config.server.public_url)
    };
    assert_eq!(url("https://[::1]:8443").unwrap(), "https://[::1]:8443");
    assert_eq!(url("https://[::1]").unwrap(), "https://[::1]");
    for bad in [
        "https://",
        "https://a b",
        "https://u@h",
        "https://h/x",
        "https://h:99999",
        "h",
        "https://h?x",
        "https://:1",
    ] {
        assert!(url(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_variables_list_is_written_with_commas_or_as_in_the_file() {
    let announced = |text: &str| load("", &[("KEGELBAHN__MEDIA__ANNOUNCE", text)]).unwrap().media.announce;
    let both: Vec<std::net::IpAddr> = vec![[192, 0, 2, 1].into(), [192, 0, 2, 2].into()];
    assert_eq!(announced("192.0.2.1, 192.0.2.2"), both);
    assert_eq!(announced(r#"["192.0.2.1", "192.0.2.2"]"#), both);
    assert!(load("", &[("KEGELBAHN__MEDIA__ANNOUNCE", "[192.0.2.1")]).is_err());
}

#[test]
fn turn_servers_have_addresses_that_browsers_take() {
    let turn = |urls: &str| {
        let variables = [("KEGELBAHN__TURN__URLS", urls), ("KEGELBAHN__TURN__SECRET", "north")];
        load("", &variables).map(|config| config.turn)
    };
    let good =
        turn("turn:turn.example, turns:[2001:db8::1]:443?transport=tcp, turn:192.0.2.1:3478?transport=udp")
            .unwrap();
    assert_eq!((good.urls.len(), good.lifetime_minutes), (3, 720));
    assert!(!format!("{good:?}").contains("north"));
    for bad in [
        "stun:turn.example",
        "turn:",
        "turn:h?transport=sctp",
        "turn:h/x",
        "turn://h",
        "https://h",
        "turn:h:0x1",
    ] {
        assert!(turn(bad).is_err(), "{bad}");
    }
}
