-- Shift records by revision; an earlier revision is never changed. record is the whole record as JSON, the figures
-- stand beside it for queries and NULL means undefined.
CREATE TABLE shift_revision (
    line            TEXT    NOT NULL,
    shift_start     TEXT    NOT NULL,
    revision        BIGINT  NOT NULL,
    shift_end       TEXT    NOT NULL,
    shift           TEXT    NOT NULL,
    day             TEXT    NOT NULL,
    made_at         TEXT    NOT NULL,
    author          TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    availability    DOUBLE PRECISION,
    performance     DOUBLE PRECISION,
    quality         DOUBLE PRECISION,
    oee             DOUBLE PRECISION,
    record          TEXT    NOT NULL,
    PRIMARY KEY (line, shift_start, revision)
);

-- What the engine last computed for a shift, before people's edits, and which revision holds now.
CREATE TABLE shift (
    line            TEXT    NOT NULL,
    shift_start     TEXT    NOT NULL,
    shift_end       TEXT    NOT NULL,
    revision        BIGINT  NOT NULL,
    computed        TEXT    NOT NULL,
    PRIMARY KEY (line, shift_start)
);

CREATE INDEX shift_by_end ON shift (line, shift_end);

-- People's edits of stops, applied in order of sequence to every recomputation of the shift they lie in.
CREATE TABLE stop_edit (
    id              TEXT    PRIMARY KEY,
    line            TEXT    NOT NULL,
    sequence        BIGINT  NOT NULL,
    machine         TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    stop_from       TEXT    NOT NULL,
    stop_to         TEXT    NOT NULL,
    split_at        TEXT,
    new_reason      TEXT,
    new_category    TEXT,
    new_cause       TEXT,
    comment         TEXT,
    author          TEXT    NOT NULL,
    why             TEXT    NOT NULL,
    made_at         TEXT    NOT NULL,
    UNIQUE (line, sequence)
);

CREATE INDEX stop_edit_by_time ON stop_edit (line, stop_from);
