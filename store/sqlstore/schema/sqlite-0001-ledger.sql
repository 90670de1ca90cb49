-- One row for each key: the version that counts, and its price.
CREATE TABLE {prefix}event (
    source         TEXT    NOT NULL,
    id             TEXT    NOT NULL,
    revision       INTEGER NOT NULL,
    void           INTEGER NOT NULL,
    subject        TEXT    NOT NULL,
    provider       TEXT    NOT NULL,
    model          TEXT    NOT NULL,
    account        TEXT    NOT NULL,
    at_ns          INTEGER NOT NULL, -- nanoseconds since 1970-01-01 UTC
    tier           TEXT    NOT NULL,
    speed          TEXT    NOT NULL,
    region         TEXT    NOT NULL,
    session        TEXT    NOT NULL,
    workflow       TEXT    NOT NULL,
    team           TEXT    NOT NULL,
    labels         TEXT    NOT NULL, -- JSON object, '' for none
    actor          INTEGER NOT NULL,
    trust          INTEGER NOT NULL,
    flags          INTEGER NOT NULL,
    usage          TEXT    NOT NULL, -- JSON object of the meters that are not zero
    reported_micro INTEGER,          -- amounts are micro/1e6 + pico/1e12 units
    reported_pico  INTEGER,
    cost_micro     INTEGER NOT NULL,
    cost_pico      INTEGER NOT NULL,
    high_micro     INTEGER NOT NULL,
    high_pico      INTEGER NOT NULL,
    status         INTEGER NOT NULL,
    activation     INTEGER NOT NULL,
    tokens         INTEGER NOT NULL, -- derived from usage, for sums
    fresh          INTEGER NOT NULL,
    generated      INTEGER NOT NULL,
    calls          INTEGER NOT NULL,
    PRIMARY KEY (source, id)
) WITHOUT ROWID;

CREATE INDEX {prefix}event_at ON {prefix}event (at_ns, source, id);

CREATE INDEX {prefix}event_subject ON {prefix}event (subject, at_ns);

-- Which price book prices which span of event time.
CREATE TABLE {prefix}activation (
    seq      INTEGER NOT NULL PRIMARY KEY,
    since    TEXT    NOT NULL, -- RFC 3339 with nanoseconds, '' for ever
    until    TEXT    NOT NULL,
    book     TEXT    NOT NULL,
    note     TEXT    NOT NULL
);
