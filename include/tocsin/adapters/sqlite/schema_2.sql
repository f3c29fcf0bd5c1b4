-- What the pictures need: one row per brand and bucket. A table of its own, so that charts never hold up the mentions.
CREATE TABLE series (
    brand TEXT NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (brand, at)
) WITHOUT ROWID;

CREATE INDEX series_by_time ON series (at);
