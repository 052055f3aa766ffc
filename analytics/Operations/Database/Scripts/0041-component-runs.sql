-- What became of each component that was replaced: its wear signal from installation to the end. record is the run as JSON.
CREATE TABLE component_run (
    order_id TEXT PRIMARY KEY REFERENCES work_order (id),
    kind     TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    record   TEXT NOT NULL
);

CREATE INDEX component_run_kind ON component_run (kind, ended_at);
