-- Maintenance plans by revision: a new one when a job moved, appeared or went; its figures are brought up to date in place.
-- record is the whole plan as JSON.
CREATE TABLE maintenance_schedule (
    revision BIGINT PRIMARY KEY,
    made_at  TEXT   NOT NULL,
    record   TEXT   NOT NULL
);
