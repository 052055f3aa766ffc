-- What happened to an incident, one event a version, and who looks after it.
ALTER TABLE incident ADD COLUMN assignee TEXT;

CREATE TABLE incident_event (
    incident_id      TEXT    NOT NULL REFERENCES incident (id),
    sequence         BIGINT  NOT NULL,
    kind             TEXT    NOT NULL,
    happened_at      TEXT    NOT NULL,
    author           TEXT,
    text             TEXT    NOT NULL,
    PRIMARY KEY (incident_id, sequence)
);
