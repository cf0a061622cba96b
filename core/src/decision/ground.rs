//! Why a number must not be contacted.

/// A ground against a contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// The number cannot be read.
    Unreadable,
    /// The number is suppressed by the person's opt-out, a prefix or a list.
    Suppressed,
    /// A required list cannot answer.
    Unknown,
    /// The number is not that of the contact.
    WrongNumber,
    /// An earlier contact had an outcome that nobody has explained yet.
    Undecided,
    /// The person opted out of another scope, and that counts here.
    Revoked,
    /// No enabled rule defines who may be contacted there.
    NoRule,
    /// No accepted rule allows a confirmation there.
    NoConfirmationRule,
    /// Nothing that the person sent through the channel is to be confirmed.
    NothingToConfirm,
    /// The time for a confirmation is over.
    ConfirmationTooLate,
    /// Something was sent since the opt-out.
    Confirmed,
    /// Consent is needed, and none is recorded.
    NoConsent,
    /// The consent is older than the rule allows.
    ConsentTooOld,
    /// The consent lacks the proof that the rule demands.
    ConsentWithoutProof,
    /// The number is in a register.
    Registered,
    /// A required register is not available.
    RegistryMissing,
    /// The register is older than the rule allows.
    RegistryStale,
    /// The register does not cover the number.
    RegistryUncovered,
    /// The register's answer about the number has expired.
    RegistryLapsed,
    /// The number was bought, and proof of its lawful basis is missing.
    PurchasedWithoutProof,
    /// The person prefers another channel.
    NotPreferredChannel,
    /// The person opted out a short while ago.
    CoolOff,
    /// The attempts reached the cap of a rule.
    AttemptCap,
    /// The contacts reached the number that the person wants at most.
    PersonalCap,
    /// The time zone is unknown.
    UnknownZone,
    /// No contact is allowed on this day.
    ClosedDay,
    /// No contact is allowed at this hour.
    OutsideHours,
    /// The person prefers other hours.
    NotPreferredHours,
}

impl Ground {
    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Ground::Unreadable => "unreadable",
            Ground::Suppressed => "suppressed",
            Ground::Unknown => "unknown",
            Ground::WrongNumber => "wrong_number",
            Ground::Undecided => "undecided",
            Ground::Revoked => "revoked",
            Ground::NoRule => "no_rule",
            Ground::NoConfirmationRule => "no_confirmation_rule",
            Ground::NothingToConfirm => "nothing_to_confirm",
            Ground::ConfirmationTooLate => "confirmation_too_late",
            Ground::Confirmed => "confirmed",
            Ground::NoConsent => "no_consent",
            Ground::ConsentTooOld => "consent_too_old",
            Ground::ConsentWithoutProof => "consent_without_proof",
            Ground::Registered => "registered",
            Ground::RegistryMissing => "registry_missing",
            Ground::RegistryStale => "registry_stale",
            Ground::RegistryUncovered => "registry_uncovered",
            Ground::RegistryLapsed => "registry_lapsed",
            Ground::PurchasedWithoutProof => "purchased_without_proof",
            Ground::NotPreferredChannel => "not_preferred_channel",
            Ground::CoolOff => "cool_off",
            Ground::AttemptCap => "attempt_cap",
            Ground::PersonalCap => "personal_cap",
            Ground::UnknownZone => "unknown_zone",
            Ground::ClosedDay => "closed_day",
            Ground::OutsideHours => "outside_hours",
            Ground::NotPreferredHours => "not_preferred_hours",
        }
    }

    /// The explanation for the caller.
    pub fn detail(self) -> &'static str {
        match self {
            Ground::Unreadable => "there is no number that can be read",
            Ground::Suppressed => {
                "suppressed by an opt-out, a prefix or a list used in checks; dnc_explain returns which"
            }
            Ground::Unknown => "the result of a list that must be checked is unknown; dnc_explain returns which",
            Ground::WrongNumber => "it was found not to be the contact's number; dnc_right_number ends that",
            Ground::Undecided => {
                "an earlier attempt has a code that is not mapped to an outcome; dnc_outcome_map maps it"
            }
            Ground::Revoked => "the person refused something else, and here a refusal covers unrelated matters too",
            Ground::NoRule => "no enabled rule says who may be contacted there",
            Ground::NoConfirmationRule => {
                "no accepted rule allows a confirmation through this channel there; see dnc_rule_accept"
            }
            Ground::NothingToConfirm => "the person sent no opt-out through this channel that is in force",
            Ground::ConfirmationTooLate => "the time that the rule allows for a confirmation is over",
            Ground::Confirmed => "a message was sent since the opt-out, and the rule allows one",
            Ground::NoConsent => "consent is needed there, and none is on record that covers this",
            Ground::ConsentTooOld => "the consent on record is older than the rule allows",
            Ground::ConsentWithoutProof => "the consent on record lacks the proof that the rule demands",
            Ground::Registered => {
                "the number is in a registry, and neither consent nor an accepted exemption overrides that"
            }
            Ground::RegistryMissing => "a registry must be checked there, and none is available for the number",
            Ground::RegistryStale => "the available registry is older than the rule allows",
            Ground::RegistryUncovered => "the available registry does not cover the number",
            Ground::RegistryLapsed => "the registry's answer about the number has lapsed",
            Ground::PurchasedWithoutProof => {
                "the number was bought, and its lawful basis or the proof of consent is absent"
            }
            Ground::NotPreferredChannel => "the person prefers another channel",
            Ground::CoolOff => "the person refused a short while ago",
            Ground::PersonalCap => "the person wants no more contacts in this time",
            Ground::AttemptCap => "the rule's cap on attempts is reached",
            Ground::UnknownZone => "the time zone is unknown",
            Ground::ClosedDay => "contacts are not allowed on this day there",
            Ground::OutsideHours => "outside calling hours there",
            Ground::NotPreferredHours => "outside the person's preferred hours",
        }
    }

    /// Whether it disappears by the passing of time alone.
    pub(super) fn passes(self) -> bool {
        self >= Ground::CoolOff && self != Ground::UnknownZone
    }
}
