-- What the plant file said about the shift when it was computed; a shift whose plan differs is computed again.

ALTER TABLE shift ADD COLUMN plan TEXT;

-- Stretches of a line's time whose shifts must be computed again from the store.
CREATE TABLE shift_restatement (
    line            TEXT    NOT NULL,
    range_start     TEXT    NOT NULL,
    range_end       TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    marked_at       TEXT    NOT NULL,
    PRIMARY KEY (line, range_start, range_end)
);
