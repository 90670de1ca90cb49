-- The ledger becomes a journal: rows in the order they were committed.
CREATE TABLE {prefix}head (
    id         BIGINT NOT NULL PRIMARY KEY,
    seq        BIGINT NOT NULL, -- position of the last change; who writes holds this row
    floor      BIGINT NOT NULL, -- the feed reaches back to here
    rolled     BIGINT NOT NULL, -- the rollups hold what came up to here
    activation BIGINT NOT NULL, -- number of the last activation
    forgotten  BIGINT NOT NULL, -- how many subjects were forgotten
    secret     BYTEA NOT NULL  -- key of the hashes of what was forgotten; empty until then
);

INSERT INTO {prefix}head (id, seq, floor, rolled, activation, forgotten, secret)
SELECT 1, (SELECT COUNT(*) FROM {prefix}event), 0, 0, (SELECT COALESCE(MAX(seq), 0) FROM {prefix}activation), 0, CAST('' AS BYTEA);

DROP INDEX {prefix}event_at;

DROP INDEX {prefix}event_subject;

ALTER TABLE {prefix}event RENAME TO {prefix}event1;

-- One row for each key: the version that counts, and its price.
CREATE TABLE {prefix}event (
    seq        BIGINT NOT NULL PRIMARY KEY, -- position of the change that made it count
    source     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    at_ns      BIGINT NOT NULL, -- nanoseconds since 1970-01-01 UTC
    void       BIGINT NOT NULL,
    provider   TEXT COLLATE "C" NOT NULL,
    model      TEXT COLLATE "C" NOT NULL,
    session    TEXT COLLATE "C" NOT NULL,
    workflow   TEXT COLLATE "C" NOT NULL,
    team       TEXT COLLATE "C" NOT NULL,
    tokens     BIGINT NOT NULL, -- all of them, for sums
    cost_micro BIGINT NOT NULL, -- the cost is micro/1e6 + pico/1e12 units
    cost_pico  BIGINT NOT NULL,
    body       BYTEA NOT NULL  -- everything else: see body.go
);

INSERT INTO {prefix}event
SELECT ROW_NUMBER() OVER (ORDER BY at_ns, source, id), source, id, subject, at_ns, void, provider, model, session, workflow, team,
    tokens, cost_micro, cost_pico, convert_to(CAST(json_build_object(
        'revision', revision, 'void', void, 'actor', actor, 'trust', trust, 'flags', flags, 'account', account, 'tier', tier,
        'speed', speed, 'region', region, 'labels', CAST(CASE labels WHEN '' THEN '{}' ELSE labels END AS json), 'usage', CAST(usage AS json),
        'reported_micro', reported_micro, 'reported_pico', reported_pico, 'high_micro', high_micro, 'high_pico', high_pico,
        'status', status, 'activation', activation) AS TEXT), 'UTF8')
FROM {prefix}event1;

DROP TABLE {prefix}event1;

CREATE UNIQUE INDEX {prefix}event_key ON {prefix}event (id, source);

CREATE INDEX {prefix}event_at ON {prefix}event (at_ns);

CREATE INDEX {prefix}event_subject ON {prefix}event (subject);

-- What counted once, and notices, until they are compacted.
CREATE TABLE {prefix}past (
    seq   BIGINT NOT NULL PRIMARY KEY, -- position of the change that made it count, or of the notice
    until BIGINT NOT NULL,             -- position of the change that replaced it; of a notice its own
    kind  BIGINT NOT NULL,             -- 0 a version, 1 subjects changed, 2 a book was activated
    image BYTEA NOT NULL              -- the version: see image.go
);

CREATE INDEX {prefix}past_until ON {prefix}past (until);

-- Sums by UTC day and all dimensions but the session.
CREATE TABLE {prefix}rollup (
    day    BIGINT NOT NULL, -- since 1970-01-01
    bucket BIGINT NOT NULL, -- of subjects, by hash
    data   BYTEA NOT NULL, -- see rollup.go
    PRIMARY KEY (day, bucket)
);

-- Named blobs, in pieces.
CREATE TABLE {prefix}checkpoint (
    name  TEXT COLLATE "C" NOT NULL,
    part  BIGINT NOT NULL,
    head  BIGINT NOT NULL,
    data  BYTEA NOT NULL,
    PRIMARY KEY (name, part)
);

-- Who is counted as whom.
CREATE TABLE {prefix}alias (
    subject  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    counted  TEXT COLLATE "C" NOT NULL, -- as whom, '' as itself
    revision BIGINT NOT NULL
);

-- Keyed hashes of subjects that were forgotten, in hexadecimal digits.
CREATE TABLE {prefix}forgotten (
    hash  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token TEXT COLLATE "C" NOT NULL
);
