-- What detectors were trained to know, machine by machine; a version is never changed.
CREATE TABLE detector_model (
    line             TEXT    NOT NULL,
    machine          TEXT    NOT NULL,
    version          BIGINT  NOT NULL,
    trained_at       TEXT    NOT NULL,
    data_from        TEXT    NOT NULL,
    data_to          TEXT    NOT NULL,
    cause            TEXT    NOT NULL,
    parameters       TEXT    NOT NULL,
    metrics          TEXT    NOT NULL,
    metrics_in_use   TEXT,
    decision         TEXT    NOT NULL,
    state            BYTEA   NOT NULL,
    PRIMARY KEY (line, machine, version)
);

-- Which version was put into use when: the one with the largest number is in use.
CREATE TABLE detector_model_use (
    line             TEXT    NOT NULL,
    machine          TEXT    NOT NULL,
    number           BIGINT  NOT NULL,
    version          BIGINT  NOT NULL,
    since            TEXT    NOT NULL,
    author           TEXT    NOT NULL,
    reason           TEXT    NOT NULL,
    PRIMARY KEY (line, machine, number)
);

-- Who asked for a training that has not begun.
CREATE TABLE detector_training_wish (
    line             TEXT    NOT NULL,
    machine          TEXT    NOT NULL,
    wished_at        TEXT    NOT NULL,
    author           TEXT    NOT NULL,
    PRIMARY KEY (line, machine)
);
