-- Alerts with their ISA-18.2 state. event_key makes raising idempotent: rule, source and the event's own key.
CREATE TABLE alert (
    id               TEXT    PRIMARY KEY,
    event_key        TEXT    NOT NULL UNIQUE,
    rule             TEXT    NOT NULL,
    line             TEXT    NOT NULL,
    machine          TEXT    NOT NULL,
    signal           TEXT,
    severity         TEXT    NOT NULL,
    state            TEXT    NOT NULL,
    raised_at        TEXT    NOT NULL,
    value            DOUBLE PRECISION,
    expected_lower   DOUBLE PRECISION,
    expected_upper   DOUBLE PRECISION,
    unit             TEXT    NOT NULL,
    message          TEXT    NOT NULL,
    acknowledged_at  TEXT,
    acknowledged_by  TEXT,
    cleared_at       TEXT,
    shelved_until    TEXT,
    shelved_by       TEXT,
    journal_position BIGINT  NOT NULL,
    version          BIGINT  NOT NULL
);

CREATE INDEX alert_by_time ON alert (raised_at);
CREATE INDEX alert_by_state ON alert (state, line);
