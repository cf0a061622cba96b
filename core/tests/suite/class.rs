//! Classes of entries against scopes.

use dnc_core::entry::class;
use dnc_core::entry::scope::{Ledger, QueryScope};

#[test]
fn classes_say_what_scopes_say() {
    let channels: [&[u8]; 7] = [b"all", b"voice", b"sms", b"whatsapp", b"fax", b"pigeon", b""];
    for suppressed in channels {
        let class = class::of(true, suppressed);
        assert_eq!(class::of(false, suppressed), class::READ);
        for asked in channels {
            for purpose in [None, Some(b"brand/product".to_vec())] {
                let channel = (asked != b"all").then(|| asked.to_vec());
                let query = QueryScope { channel: channel.clone(), purpose };
                let mut ledger = Ledger::default();
                if let Some(met) = query.meets(suppressed, None) {
                    ledger.refusal(1, met);
                }
                match class::ChannelClass::about(channel.as_deref()).said_by(class) {
                    class::Says::Suppresses => assert!(ledger.suppressed(), "{suppressed:?} {asked:?}"),
                    class::Says::Nothing => assert!(!ledger.suppressed(), "{suppressed:?} {asked:?}"),
                    class::Says::Read => assert_eq!(class, class::READ),
                }
            }
        }
    }
}
