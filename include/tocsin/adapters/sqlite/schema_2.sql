-- What charts show. Clustered by time: points are written at its end, forgotten at its start, and the newest is asked for
-- each minute. Columns and no body, since there are 288 rows per brand and day.
CREATE TABLE series (
    at INTEGER NOT NULL,
    brand TEXT NOT NULL,
    counted INTEGER NOT NULL,
    hour_counted REAL NOT NULL,
    hour_usual REAL NOT NULL,
    hour_lower REAL,
    hour_upper REAL,
    hour_critical REAL,
    score REAL NOT NULL,
    coverage REAL NOT NULL,
    PRIMARY KEY (at, brand)
) WITHOUT ROWID;
