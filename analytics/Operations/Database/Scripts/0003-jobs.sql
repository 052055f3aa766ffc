-- What people changed about a job; a job without a row runs as it was built.
CREATE TABLE job_setting (
    job           TEXT    PRIMARY KEY,
    cron          TEXT,
    paused_until  TEXT,
    paused_by     TEXT,
    paused_reason TEXT
);

CREATE TABLE job_run (
    id            TEXT    PRIMARY KEY,
    job           TEXT    NOT NULL,
    node          TEXT    NOT NULL,
    cause         TEXT    NOT NULL,
    scheduled_for TEXT    NOT NULL,
    started_at    TEXT    NOT NULL,
    ended_at      TEXT,
    outcome       TEXT    NOT NULL,
    progress      BIGINT  NOT NULL,
    message       TEXT    NOT NULL
);

CREATE INDEX job_run_by_job ON job_run (job, started_at);

CREATE TABLE job_run_line (
    run_id        TEXT    NOT NULL REFERENCES job_run (id) ON DELETE CASCADE,
    sequence      BIGINT  NOT NULL,
    written_at    TEXT    NOT NULL,
    text          TEXT    NOT NULL,
    PRIMARY KEY (run_id, sequence)
);
