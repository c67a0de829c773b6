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
/// The largest body of a request, and so the largest record that one request makes, in bytes.
pub const MAX_BODY_BYTES: usize = 65_536;
/// The longest raw query string, in bytes.
pub const MAX_QUERY_BYTES: usize = 8_192;

/// The records on a page where the client names no `limit`.
pub const DEFAULT_PAGE: u32 = 25;
/// The most records on a page.
pub const MAX_PAGE: u32 = 100;
/// The most DynamoDB queries spent on one page before it ends early, marked `partial`.
pub const MAX_PAGE_QUERIES: u32 = 10;
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
pub const NAME_GRACE_S: i64 = 60;
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
