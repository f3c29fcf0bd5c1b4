-- Authors who asked to be forgotten, by pseudonym; `at` is when.
CREATE TABLE erasures (
    author TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) WITHOUT ROWID;
