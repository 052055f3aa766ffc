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

-- Every alert that was ever part of an incident: an alert that comes back later belongs to the newer one (alert.incident_id),
-- the older one still tells of it.
CREATE TABLE incident_alert (
    incident_id      TEXT    NOT NULL REFERENCES incident (id),
    alert_id         TEXT    NOT NULL REFERENCES alert (id),
    PRIMARY KEY (incident_id, alert_id)
);

INSERT INTO incident_alert (incident_id, alert_id) SELECT incident_id, id FROM alert WHERE incident_id IS NOT NULL;
