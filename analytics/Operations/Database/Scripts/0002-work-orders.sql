-- Work orders from proposal to closing. open_key is unique while the order is open, so that one component of a
-- machine never has two; it is cleared when the order is done or cancelled.
CREATE TABLE work_order (
    id              TEXT    PRIMARY KEY,
    open_key        TEXT    UNIQUE,
    title           TEXT    NOT NULL,
    line            TEXT    NOT NULL,
    machine         TEXT    NOT NULL,
    component       TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    priority        TEXT    NOT NULL,
    origin          TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    due_earliest    TEXT    NOT NULL,
    due_latest      TEXT    NOT NULL,
    scheduled_start TEXT,
    scheduled_end   TEXT,
    assignee        TEXT,
    created_at      TEXT    NOT NULL,
    updated_at      TEXT    NOT NULL,
    version         BIGINT  NOT NULL
);

CREATE INDEX work_order_by_state ON work_order (state, due_latest);

CREATE TABLE work_order_event (
    id              TEXT    PRIMARY KEY,
    work_order_id   TEXT    NOT NULL REFERENCES work_order (id),
    sequence        BIGINT  NOT NULL,
    kind            TEXT    NOT NULL,
    happened_at     TEXT    NOT NULL,
    author          TEXT    NOT NULL,
    text            TEXT    NOT NULL
);

CREATE INDEX work_order_event_by_order ON work_order_event (work_order_id, sequence);
