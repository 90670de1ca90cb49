-- One row for each key: the version that counts, and its price.
CREATE TABLE {prefix}event (
    source         TEXT COLLATE "C" NOT NULL,
    id             TEXT COLLATE "C" NOT NULL,
    revision       BIGINT  NOT NULL,
    void           BIGINT  NOT NULL,
    subject        TEXT COLLATE "C" NOT NULL,
    provider       TEXT COLLATE "C" NOT NULL,
    model          TEXT COLLATE "C" NOT NULL,
    account        TEXT COLLATE "C" NOT NULL,
    at_ns          BIGINT  NOT NULL, -- nanoseconds since 1970-01-01 UTC
    tier           TEXT COLLATE "C" NOT NULL,
    speed          TEXT COLLATE "C" NOT NULL,
    region         TEXT COLLATE "C" NOT NULL,
    session        TEXT COLLATE "C" NOT NULL,
    workflow       TEXT COLLATE "C" NOT NULL,
    team           TEXT COLLATE "C" NOT NULL,
    labels         TEXT COLLATE "C" NOT NULL, -- JSON object, '' for none
    actor          BIGINT  NOT NULL,
    trust          BIGINT  NOT NULL,
    flags          BIGINT  NOT NULL,
    usage          TEXT COLLATE "C" NOT NULL, -- JSON object of the meters that are not zero
    reported_micro BIGINT,           -- amounts are micro/1e6 + pico/1e12 units
    reported_pico  BIGINT,
    cost_micro     BIGINT  NOT NULL,
    cost_pico      BIGINT  NOT NULL,
    high_micro     BIGINT  NOT NULL,
    high_pico      BIGINT  NOT NULL,
    status         BIGINT  NOT NULL,
    activation     BIGINT  NOT NULL,
    tokens         BIGINT  NOT NULL, -- derived from usage, for sums
    fresh          BIGINT  NOT NULL,
    generated      BIGINT  NOT NULL,
    calls          BIGINT  NOT NULL,
    PRIMARY KEY (source, id)
);

CREATE INDEX {prefix}event_at ON {prefix}event (at_ns, source, id);

CREATE INDEX {prefix}event_subject ON {prefix}event (subject, at_ns);

-- Which price book prices which span of event time.
CREATE TABLE {prefix}activation (
    seq      BIGINT  NOT NULL PRIMARY KEY,
    since    TEXT COLLATE "C" NOT NULL, -- RFC 3339 with nanoseconds, '' for ever
    until    TEXT COLLATE "C" NOT NULL,
    book     TEXT COLLATE "C" NOT NULL,
    note     TEXT COLLATE "C" NOT NULL
);
