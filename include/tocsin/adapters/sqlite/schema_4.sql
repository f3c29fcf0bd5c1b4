-- What hubs promised us (WebSub), by the unguessable end of the callback's address.
CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    revision TEXT NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
