//! Every limit of the service: its name, its value, its unit. Each has a test at the limit and one past it.

/// The longest id given by a client (person, external id, activity, course, …), in characters.
pub const MAX_CLIENT_ID: usize = 128;
/// The longest title of a record, in characters.
pub const MAX_TITLE: usize = 500;
/// The longest name of a provider, in characters.
pub const MAX_PROVIDER: usize = 200;
/// The longest reference of a certification (a URL, a badge id), in characters.
pub const MAX_CERTIFICATION_REF: usize = 2_048;
/// The longest provenance tag (`source`), in characters.
pub const MAX_SOURCE: usize = 64;
/// The longest label of an API key and the longest name of a tenant, in characters.
pub const MAX_LABEL: usize = 100;
/// The largest count (seconds, views): the largest integer that every JSON reader keeps exact (RFC 8259 §6).
pub const MAX_COUNT: u64 = 9_007_199_254_740_991;
/// The largest body of a request, in bytes.
pub const MAX_BODY_BYTES: usize = 65_536;
/// The most operations of a batch.
pub const MAX_BATCH: usize = 100;
/// The largest body of a batch, in bytes. What is said of all that can be wrong with it fits Lambda's 6 MB.
pub const MAX_BATCH_BYTES: usize = 524_288;
/// The largest record, as the bytes of what its clients set, in JSON: changes could add up to more than one request.
pub const MAX_RECORD_BYTES: usize = 65_536;
/// The longest raw query string, in bytes.
pub const MAX_QUERY_BYTES: usize = 8_192;

/// The records on a page where the client names no `limit`.
pub const DEFAULT_PAGE: u32 = 25;
/// The most records on a page.
pub const MAX_PAGE: u32 = 100;
/// The most DynamoDB queries spent on one page before it ends early, marked `partial`.
pub const MAX_PAGE_QUERIES: u32 = 10;
/// The most records on a page of `GET /v1/learning-records`.
pub const MAX_RECORD_PAGE: u32 = 1_000;
/// The most values of one filter over records: as many operands DynamoDB's `IN` takes.
pub const MAX_FILTER_VALUES: usize = 100;
/// The most custom attributes that one filter over records names.
pub const MAX_FILTER_ATTRIBUTES: usize = 10;
/// The most items read for one page of records before it ends early, marked `partial`.
pub const MAX_PAGE_READS: usize = 5_000;
/// The most items read for a summary before its figures are lower bounds, marked so.
pub const MAX_SUMMARY_READS: usize = 20_000;
/// The most activities that a summary names; the others are counted together.
pub const MAX_SUMMARY_ACTIVITIES: usize = 100;
/// The most groups whose members are walked through; of more, the records are read and their people looked up.
pub const MAX_WALKED_GROUPS: usize = 25;
/// The most members of groups that are taken as if they had been named one by one.
pub const MAX_NAMED_MEMBERS: usize = 100;
/// The most members of groups that are read beforehand where records are found by an index; of more, each person whose
/// record is met is looked up.
pub const MAX_KNOWN_MEMBERS: usize = 1_000;
/// The most activities whose records are merged from the index; of more, other ways are taken.
pub const MAX_MERGED_ACTIVITIES: usize = 10;
/// The most bytes of a page as Lambda carries it, with room for what surrounds it: Lambda takes 6,291,556.
pub const MAX_RESPONSE_BYTES: usize = 5_500_000;
/// How long a cursor may be used, in seconds.
pub const CURSOR_LIFETIME_S: i64 = 86_400;

/// The longest `Idempotency-Key`, in characters.
pub const MAX_IDEMPOTENCY_KEY: usize = 255;
/// How long an `Idempotency-Key` is remembered, in seconds.
pub const IDEMPOTENCY_LIFETIME_S: i64 = 86_400;
/// A reservation older than this, in seconds, whose record does not exist answers 410.
pub const IDEMPOTENCY_ABANDONED_S: i64 = 900;
/// How long a reserved name counts as held though no record carries it yet, in seconds.
/// Longer than any function of the API may run.
pub const RESERVATION_GRACE_S: i64 = 60;
/// How often a write without `If-Match` is tried again after losing a race.
pub const WRITE_RETRIES: u32 = 3;
/// How often an id is minted again after it met an existing one.
pub const MINT_RETRIES: u32 = 3;

/// The longest JWT, in bytes.
pub const MAX_TOKEN_BYTES: usize = 8_192;
/// The clock skew allowed on `exp`, `nbf` and `iat`, in seconds.
pub const TOKEN_LEEWAY_S: i64 = 60;
/// The most audiences of a token that are looked up.
pub const MAX_AUDIENCES: usize = 4;
/// How long an API key stays cached in a warm container, in seconds: a revoked key lives at most this long.
pub const KEY_CACHE_S: i64 = 10;
/// How long an issuer and its key set stay cached in a warm container, in seconds.
pub const ISSUER_CACHE_S: i64 = 300;
/// The shortest time between two fetches of one key set because of an unknown key id, in seconds.
pub const JWKS_REFETCH_S: i64 = 30;
/// The largest key set that is read, in bytes.
pub const MAX_JWKS_BYTES: usize = 65_536;
/// How often `last_used_at` of an API key is written, in seconds.
pub const LAST_USED_INTERVAL_S: i64 = 3_600;
/// The most issuers of a tenant made in one call.
pub const MAX_ISSUERS: usize = 10;

/// The longest key of a custom attribute, in characters.
pub const MAX_ATTRIBUTE_KEY: usize = 64;
/// The longest generation of a custom attribute's values, in characters.
pub const MAX_GENERATION: usize = 8;
/// The longest description of a custom attribute, in characters.
pub const MAX_DESCRIPTION: usize = 1_000;
/// The most options of a custom attribute.
pub const MAX_OPTIONS: usize = 100;
/// The longest option of a custom attribute, in characters.
pub const MAX_OPTION: usize = 200;
/// The longest short answer, in characters.
pub const MAX_SHORT_ANSWER: usize = 500;
/// The longest long answer, in characters.
pub const MAX_LONG_ANSWER: usize = 10_000;
/// The longest link, in characters.
pub const MAX_LINK: usize = 2_048;
/// The largest number of a custom attribute: DynamoDB keeps numbers up to 9.99e125.
pub const MAX_NUMBER: f64 = 1e100;
/// The largest place of a custom attribute among the others.
pub const MAX_ORDER: u32 = 9_999;
/// How long a tenant's attributes, settings, groups and grants, and a caller's directory entry, stay cached in a warm
/// container, in seconds.
pub const DIRECTORY_CACHE_S: i64 = 10;
/// The most records that one request clears of an attribute's values; the request is repeated for the rest. All of
/// them at their largest fit the memory of a function.
pub const MAX_CLEARED: usize = 400;

/// The longest validity or due period of an activity, in years.
pub const MAX_PERIOD_YEARS: u32 = 100;
/// How many activities of each of four partitions are read at once while a search looks for some.
pub const ACTIVITIES_AT_ONCE: usize = 250;
/// The most such steps that one page of activities takes before it ends early, marked `partial`.
pub const MAX_ACTIVITY_STEPS: u32 = 10;
/// The most records that get their activity's new title in one step; the next goes on behind them.
pub const MAX_RETITLED: usize = 1_000;

/// The longest name of a person, in characters.
pub const MAX_PERSON_NAME: usize = 200;
/// The longest e-mail address, in characters (RFC 5321 §4.5.3.1.3, without the angle brackets).
pub const MAX_EMAIL: usize = 254;
/// The most external ids of a person.
pub const MAX_PERSON_EXTERNAL_IDS: usize = 10;
/// The most groups that a person is a member of: a change of all of them fits one transaction.
pub const MAX_PERSON_GROUPS: usize = 20;
/// The most words of a name from which it is found.
pub const MAX_NAME_WORDS: usize = 3;
/// The longest search text, in characters.
pub const MAX_SEARCH: usize = 200;
/// The most persons that one reference may lead to before the candidates are cut off.
pub const MAX_CANDIDATES: usize = 10;

/// The most groups of a tenant.
pub const MAX_GROUPS: usize = 2_000;
/// How deep groups nest: a group without a parent is at depth 1.
pub const MAX_GROUP_DEPTH: usize = 10;
/// The most grants of a tenant.
pub const MAX_GRANTS: usize = 2_000;
/// The most members added and removed in one request.
pub const MAX_MEMBERS_AT_ONCE: usize = 100;

/// The most days before expiry on which a record is announced as expiring, and the most of such days.
pub const MAX_EXPIRING_DAYS: u32 = 3_650;
/// The most such announcements.
pub const MAX_EXPIRING_STEPS: usize = 10;
/// The shortest retention of the audit trail, in days.
pub const MIN_AUDIT_RETENTION_DAYS: u32 = 30;
/// The longest retention of the audit trail, in days.
pub const MAX_AUDIT_RETENTION_DAYS: u32 = 3_650;

/// How long events of the feed are kept, in days.
pub const FEED_RETENTION_DAYS: i64 = 30;
/// How long a cursor of the feed may be used, in seconds: as long as the events behind it are kept.
pub const FEED_CURSOR_LIFETIME_S: i64 = FEED_RETENTION_DAYS * 86_400;
/// How long it is known that a change was told, in days: longer than the stream and what was parked from it last.
pub const MARK_RETENTION_DAYS: i64 = 90;
/// The most changes told in one transaction: each takes three writes, and DynamoDB takes 100.
pub const PUBLISH_AT_ONCE: usize = 20;
/// How often telling is tried again after another publisher came first.
pub const PUBLISH_RETRIES: u32 = 5;
/// The most steps of 100 entries a chain that one page of the audit trail takes before it ends early.
pub const MAX_AUDIT_STEPS: u32 = 10;
/// The most entries of a chain that one request verifies.
pub const MAX_VERIFIED: usize = 100_000;

/// How often refused attempts of one actor at one operation are noted: once in so many seconds, counted from the full
/// minute.
pub const DENIAL_INTERVAL_S: i64 = 60;
/// How long a noted attempt stays in the table, in seconds; the audit trail has it by then.
pub const DENIAL_LIFETIME_S: i64 = 3_600;
/// How long a refusal waits for its note, in milliseconds.
pub const DENIAL_TIMEOUT_MS: u64 = 500;
/// The longest text of a path that is kept of a refused attempt, in bytes: two ids of groups and more.
pub const MAX_DENIAL_TARGET: usize = 128;

/// The longest name of a file, in characters.
pub const MAX_FILENAME: usize = 500;
/// The longest name under which a file is saved, in characters: file systems take 255 bytes.
pub const MAX_SAVED_NAME: usize = 120;
/// The largest file, in bytes: 5 MiB.
pub const MAX_FILE_BYTES: u64 = 5_242_880;
/// What the files of one request may add up to, in bytes: 10 MiB.
pub const MAX_REQUEST_FILE_BYTES: u64 = 10_485_760;
/// The most files declared in one request.
pub const MAX_FILES_AT_ONCE: usize = 10;
/// The most attachments of a record, those that wait or were refused among them.
pub const MAX_ATTACHMENTS: usize = 50;
/// How long a file may be uploaded after it was declared, in seconds.
pub const UPLOAD_LIFETIME_S: i64 = 900;
/// How long a link to a file's content works, in seconds.
pub const DOWNLOAD_LIFETIME_S: i64 = 3_600;
/// How long a file waits for its upload and its verdict, in seconds.
pub const PENDING_LIFETIME_S: i64 = 86_400;
/// How long a refused file is shown with its reason, in seconds.
pub const REJECTED_LIFETIME_S: i64 = 7 * 86_400;
/// How long something lies under `incoming/` before the sweep takes it, in seconds: an hour longer than a file waits,
/// so that no check of it can still be under way.
pub const SWEEP_AFTER_S: i64 = PENDING_LIFETIME_S + 3_600;
/// How often the verdict on an upload is tried again after something else changed in between.
pub const VERDICT_RETRIES: u32 = 5;

/// How many tenants' chains are noted at once, and how many notes are read at once.
pub const CHECKPOINTS_AT_ONCE: usize = 16;
/// For how long one run notes heads, in seconds; the next one goes on. The function has a minute more.
pub const CHECKPOINT_RUN_S: i64 = 840;
