-- The ledger becomes a journal: rows in the order they were committed.
CREATE TABLE {prefix}head (
    id         INTEGER NOT NULL PRIMARY KEY,
    seq        INTEGER NOT NULL, -- position of the last change; who writes holds this row
    floor      INTEGER NOT NULL, -- the feed reaches back to here
    rolled     INTEGER NOT NULL, -- the rollups hold what came up to here
    activation INTEGER NOT NULL, -- number of the last activation
    forgotten  INTEGER NOT NULL, -- how many subjects were forgotten
    secret     BLOB    NOT NULL  -- key of the hashes of what was forgotten; empty until then
);

INSERT INTO {prefix}head (id, seq, floor, rolled, activation, forgotten, secret)
SELECT 1, (SELECT COUNT(*) FROM {prefix}event), 0, 0, (SELECT COALESCE(MAX(seq), 0) FROM {prefix}activation), 0, x'';

DROP INDEX {prefix}event_at;

DROP INDEX {prefix}event_subject;

ALTER TABLE {prefix}event RENAME TO {prefix}event1;

-- One row for each key: the version that counts, and its price.
CREATE TABLE {prefix}event (
    seq        INTEGER NOT NULL PRIMARY KEY, -- position of the change that made it count
    source     TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    at_ns      INTEGER NOT NULL, -- nanoseconds since 1970-01-01 UTC
    void       INTEGER NOT NULL,
    provider   TEXT    NOT NULL,
    model      TEXT    NOT NULL,
    session    TEXT    NOT NULL,
    workflow   TEXT    NOT NULL,
    team       TEXT    NOT NULL,
    tokens     INTEGER NOT NULL, -- all of them, for sums
    cost_micro INTEGER NOT NULL, -- the cost is micro/1e6 + pico/1e12 units
    cost_pico  INTEGER NOT NULL,
    body       BLOB    NOT NULL  -- everything else: see body.go
);

INSERT INTO {prefix}event
SELECT ROW_NUMBER() OVER (ORDER BY at_ns, source, id), source, id, subject, at_ns, void, provider, model, session, workflow, team,
    tokens, cost_micro, cost_pico, CAST(json_object(
        'revision', revision, 'void', void, 'actor', actor, 'trust', trust, 'flags', flags, 'account', account, 'tier', tier,
        'speed', speed, 'region', region, 'labels', json(CASE labels WHEN '' THEN '{}' ELSE labels END), 'usage', json(usage),
        'reported_micro', reported_micro, 'reported_pico', reported_pico, 'high_micro', high_micro, 'high_pico', high_pico,
        'status', status, 'activation', activation) AS BLOB)
FROM {prefix}event1;

DROP TABLE {prefix}event1;

CREATE UNIQUE INDEX {prefix}event_key ON {prefix}event (id, source);

CREATE INDEX {prefix}event_at ON {prefix}event (at_ns);

CREATE INDEX {prefix}event_subject ON {prefix}event (subject);

-- What counted once, and notices, until they are compacted.
CREATE TABLE {prefix}past (
    seq   INTEGER NOT NULL PRIMARY KEY, -- position of the change that made it count, or of the notice
    until INTEGER NOT NULL,             -- position of the change that replaced it; of a notice its own
    kind  INTEGER NOT NULL,             -- 0 a version, 1 subjects changed, 2 a book was activated
    image BLOB    NOT NULL              -- the version: see image.go
);

CREATE INDEX {prefix}past_until ON {prefix}past (until);

-- Sums by UTC day and all dimensions but the session.
CREATE TABLE {prefix}rollup (
    day    INTEGER NOT NULL, -- since 1970-01-01
    bucket INTEGER NOT NULL, -- of subjects, by hash
    data   BLOB    NOT NULL, -- see rollup.go
    PRIMARY KEY (day, bucket)
) WITHOUT ROWID;

-- Named blobs, in pieces.
CREATE TABLE {prefix}checkpoint (
    name  TEXT    NOT NULL,
    part  INTEGER NOT NULL,
    head  INTEGER NOT NULL,
    data  BLOB    NOT NULL,
    PRIMARY KEY (name, part)
);

-- Who is counted as whom.
CREATE TABLE {prefix}alias (
    subject  TEXT    NOT NULL PRIMARY KEY,
    counted  TEXT    NOT NULL, -- as whom, '' as itself
    revision INTEGER NOT NULL
);

-- Keyed hashes of subjects that were forgotten, in hexadecimal digits.
CREATE TABLE {prefix}forgotten (
    hash  TEXT NOT NULL PRIMARY KEY,
    token TEXT NOT NULL
);
