-- What the rules of a line remember: delays that run, machines that are silent; as JSON, with the journal position seen.
CREATE TABLE rule_state (
    line             TEXT    PRIMARY KEY,
    snapshot         TEXT    NOT NULL,
    journal_position BIGINT  NOT NULL
);
