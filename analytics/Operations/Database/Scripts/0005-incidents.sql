-- One incident a cause; its alerts point to it. An incident that turned out to be part of another is merged into it.
CREATE TABLE incident (
    id               TEXT    PRIMARY KEY,
    kind             TEXT    NOT NULL,
    cause            TEXT    NOT NULL,
    line             TEXT    NOT NULL,
    machine          TEXT    NOT NULL,
    title            TEXT    NOT NULL,
    severity         TEXT    NOT NULL,
    state            TEXT    NOT NULL,
    opened_at        TEXT    NOT NULL,
    closed_at        TEXT,
    merged_into      TEXT,
    acknowledged_at  TEXT,
    acknowledged_by  TEXT,
    version          BIGINT  NOT NULL
);

CREATE INDEX incident_by_state ON incident (state, opened_at);
CREATE INDEX incident_by_time ON incident (closed_at);

ALTER TABLE alert ADD COLUMN cause TEXT NOT NULL DEFAULT 'Process';
ALTER TABLE alert ADD COLUMN incident_id TEXT;
CREATE INDEX alert_by_incident ON alert (incident_id);

-- What is to be told to whom, written in the transaction that opened the incident: a notifier that is down delays it,
-- nothing loses it. message_key makes each step of each route happen once.
CREATE TABLE notification (
    id               TEXT    PRIMARY KEY,
    message_key      TEXT    NOT NULL UNIQUE,
    incident_id      TEXT,
    channel          TEXT    NOT NULL,
    step             BIGINT  NOT NULL,
    subject          TEXT    NOT NULL,
    body             TEXT    NOT NULL,
    payload          TEXT    NOT NULL,
    created_at       TEXT    NOT NULL,
    due_at           TEXT    NOT NULL,
    state            TEXT    NOT NULL,
    attempts         BIGINT  NOT NULL,
    claimed_by       TEXT,
    claimed_until    TEXT,
    ended_at         TEXT,
    last_error       TEXT    NOT NULL
);

CREATE INDEX notification_by_due ON notification (state, due_at);
CREATE INDEX notification_by_incident ON notification (incident_id);
