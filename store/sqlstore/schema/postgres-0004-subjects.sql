-- Where the events of a subject lie: up to the position that the rollups hold.
-- An index on the table of events would be a random write for each of them.
CREATE TABLE {prefix}bysubject (
    subject TEXT COLLATE "C" NOT NULL,
    seq     BIGINT NOT NULL, -- a position
    earlier BYTEA  NOT NULL, -- and positions before it: see bysubject.go
    PRIMARY KEY (subject, seq)
);

INSERT INTO {prefix}bysubject
SELECT subject, seq, CAST('' AS BYTEA) FROM {prefix}event WHERE seq <= (SELECT rolled FROM {prefix}head) ORDER BY subject, seq;

DROP INDEX {prefix}event_subject;
