-- What a work order answers: stops (line/stop, named as the shift records name them) and incidents.
CREATE TABLE work_order_link (
    work_order_id TEXT   NOT NULL REFERENCES work_order (id),
    kind          TEXT   NOT NULL,
    target        TEXT   NOT NULL,
    linked_at     TEXT   NOT NULL,
    linked_by     TEXT   NOT NULL,
    PRIMARY KEY (work_order_id, kind, target)
);

CREATE INDEX work_order_link_by_target ON work_order_link (kind, target);

-- Calendar feeds that people subscribed to. Only a hash of the secret in the address is kept.
CREATE TABLE calendar_feed (
    id            TEXT   PRIMARY KEY,
    name          TEXT   NOT NULL,
    line          TEXT,
    secret_hash   TEXT   NOT NULL,
    created_at    TEXT   NOT NULL,
    created_by    TEXT   NOT NULL,
    revoked_at    TEXT,
    revoked_by    TEXT,
    read_at       TEXT
);
