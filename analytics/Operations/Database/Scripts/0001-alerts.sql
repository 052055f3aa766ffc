-- Alerts with their ISA-18.2 state. open_key (rule and source) is unique while the alert is open, so that one cause
-- at one source never stands in the list twice; it is cleared when the alert is back to normal.
CREATE TABLE alert (
    id               TEXT    PRIMARY KEY,
    open_key         TEXT    UNIQUE,
    rule             TEXT    NOT NULL,
    line             TEXT    NOT NULL,
    machine          TEXT    NOT NULL,
    signal           TEXT,
    severity         TEXT    NOT NULL,
    state            TEXT    NOT NULL,
    latched          INTEGER NOT NULL,
    raised_at        TEXT    NOT NULL,
    last_raised_at   TEXT    NOT NULL,
    occurrences      BIGINT  NOT NULL,
    value            DOUBLE PRECISION,
    expected_lower   DOUBLE PRECISION,
    expected_upper   DOUBLE PRECISION,
    unit             TEXT    NOT NULL,
    message          TEXT    NOT NULL,
    acknowledged_at  TEXT,
    acknowledged_by  TEXT,
    cleared_at       TEXT,
    assignee         TEXT,
    journal_position BIGINT  NOT NULL,
    version          BIGINT  NOT NULL
);

CREATE INDEX alert_by_time ON alert (raised_at);
CREATE INDEX alert_by_state ON alert (state, line);

-- What happened to an alert, oldest first by sequence. event_key makes machine effects idempotent under replay.
CREATE TABLE alert_event (
    id               TEXT    PRIMARY KEY,
    alert_id         TEXT    NOT NULL REFERENCES alert (id),
    event_key        TEXT    UNIQUE,
    sequence         BIGINT  NOT NULL,
    kind             TEXT    NOT NULL,
    happened_at      TEXT    NOT NULL,
    author           TEXT,
    text             TEXT    NOT NULL,
    annunciated      INTEGER NOT NULL
);

CREATE INDEX alert_event_by_alert ON alert_event (alert_id, sequence);
CREATE INDEX alert_event_by_time ON alert_event (happened_at, annunciated);

-- Alarms that people or plant logic silenced: G shelved (always with an end), H suppressed by design, I out of service.
CREATE TABLE alert_suppression (
    open_key         TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    since            TEXT    NOT NULL,
    until            TEXT    NOT NULL,
    author           TEXT    NOT NULL,
    reason           TEXT    NOT NULL,
    PRIMARY KEY (open_key, kind)
);
