-- Where the events of a subject lie: up to the position that the rollups hold.
-- An index on the table of events would be a random write for each of them.
CREATE TABLE {prefix}bysubject (
    subject TEXT    NOT NULL,
    seq     INTEGER NOT NULL, -- a position
    earlier BLOB    NOT NULL, -- and positions before it: see bysubject.go
    PRIMARY KEY (subject, seq)
) WITHOUT ROWID;

INSERT INTO {prefix}bysubject
SELECT subject, seq, x'' FROM {prefix}event WHERE seq <= (SELECT rolled FROM {prefix}head) ORDER BY subject, seq;

DROP INDEX {prefix}event_subject;
