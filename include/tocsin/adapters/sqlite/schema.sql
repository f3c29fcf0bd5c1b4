-- Times are whole microseconds since 1970 UTC. `body` is the whole value as JSON; the other columns are what queries need.

CREATE TABLE mentions (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    published_at INTEGER NOT NULL,
    is_origin INTEGER NOT NULL,
    body BLOB NOT NULL
);

CREATE INDEX mentions_by_time ON mentions (published_at);

CREATE INDEX mentions_origins ON mentions (published_at, id) WHERE is_origin = 1;

-- Clustered by what is asked each minute: one brand's negatives in a span of time lie side by side, and hold all
-- that is counted, so that no other page is read.
CREATE TABLE mention_brands (
    brand TEXT NOT NULL,
    negative INTEGER NOT NULL,
    published_at INTEGER NOT NULL,
    n INTEGER NOT NULL,
    story_id TEXT NOT NULL,
    author TEXT NOT NULL,
    compound REAL NOT NULL,
    PRIMARY KEY (brand, negative, published_at, n)
) WITHOUT ROWID;

-- Words come already folded and parted by spaces (words.py), so every other character belongs to a word here. The text
-- itself is in mentions.body (content=''), and words are only ever asked for as a set (detail=none).
CREATE VIRTUAL TABLE mention_words USING fts5 (
    words, content='', columnsize=0, detail=none,
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* M* C* S* P*'"
);

CREATE TABLE sources (
    source_id TEXT PRIMARY KEY,
    revision TEXT NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    brand TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    revision TEXT NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;

CREATE UNIQUE INDEX incidents_one_open ON incidents (brand) WHERE is_open = 1;

CREATE TABLE deliveries (
    message_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    status TEXT NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (message_id, channel)
) WITHOUT ROWID;

CREATE INDEX deliveries_by_incident ON deliveries (incident_id, at, message_id);

CREATE TABLE quarantine (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    body BLOB NOT NULL
);

CREATE INDEX quarantine_by_time ON quarantine (at, id);

CREATE TABLE reports (
    step TEXT NOT NULL,
    key TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (step, key)
) WITHOUT ROWID;
