-- What people said about an alert, the last word only: it moves the threshold of the signal.
CREATE TABLE alert_verdict (
    alert_id         TEXT    PRIMARY KEY REFERENCES alert (id),
    verdict          TEXT    NOT NULL,
    author           TEXT    NOT NULL,
    judged_at        TEXT    NOT NULL
);

CREATE INDEX alert_verdict_judged_at ON alert_verdict (judged_at);
