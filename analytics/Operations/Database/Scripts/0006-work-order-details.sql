-- What was planned, used and found. Costs in hundredths of the plant's currency.
ALTER TABLE work_order ADD COLUMN external_id TEXT;
ALTER TABLE work_order ADD COLUMN predicted_at TEXT;
ALTER TABLE work_order ADD COLUMN started_at TEXT;
ALTER TABLE work_order ADD COLUMN ended_at TEXT;
ALTER TABLE work_order ADD COLUMN finding TEXT;
ALTER TABLE work_order ADD COLUMN finding_text TEXT;
ALTER TABLE work_order ADD COLUMN measured_before DOUBLE PRECISION;
ALTER TABLE work_order ADD COLUMN measured_after DOUBLE PRECISION;

CREATE TABLE work_order_check (
    work_order_id TEXT   NOT NULL REFERENCES work_order (id),
    position      BIGINT NOT NULL,
    text          TEXT   NOT NULL,
    done_at       TEXT,
    done_by       TEXT,
    PRIMARY KEY (work_order_id, position)
);

CREATE TABLE work_order_part (
    work_order_id TEXT   NOT NULL REFERENCES work_order (id),
    position      BIGINT NOT NULL,
    part          TEXT   NOT NULL,
    quantity      DOUBLE PRECISION NOT NULL,
    unit_cost     BIGINT NOT NULL,
    PRIMARY KEY (work_order_id, position)
);

CREATE TABLE work_order_labour (
    work_order_id TEXT   NOT NULL REFERENCES work_order (id),
    position      BIGINT NOT NULL,
    person        TEXT   NOT NULL,
    minutes       BIGINT NOT NULL,
    hourly_cost   BIGINT NOT NULL,
    PRIMARY KEY (work_order_id, position)
);

CREATE TABLE work_order_attachment (
    id            TEXT   PRIMARY KEY,
    work_order_id TEXT   NOT NULL REFERENCES work_order (id),
    name          TEXT   NOT NULL,
    content_type  TEXT   NOT NULL,
    content       BYTEA  NOT NULL,
    added_at      TEXT   NOT NULL,
    added_by      TEXT   NOT NULL
);

CREATE INDEX work_order_attachment_by_order ON work_order_attachment (work_order_id);

-- Preventive maintenance that recurs by calendar (cron, plant zone) or by meter (running hours, cycles, bottles).
CREATE TABLE maintenance_plan (
    id            TEXT   PRIMARY KEY,
    title         TEXT   NOT NULL,
    line          TEXT   NOT NULL,
    machine       TEXT   NOT NULL,
    component     TEXT   NOT NULL,
    checklist     TEXT   NOT NULL,
    cron          TEXT,
    meter         TEXT,
    meter_every   DOUBLE PRECISION,
    lead_hours    BIGINT NOT NULL,
    last_due      TEXT   NOT NULL,
    last_meter    DOUBLE PRECISION
);

-- Changes that an outside CMMS reported, so that a repeated delivery changes nothing.
CREATE TABLE cmms_event (
    event_id      TEXT   PRIMARY KEY,
    received_at   TEXT   NOT NULL
);
