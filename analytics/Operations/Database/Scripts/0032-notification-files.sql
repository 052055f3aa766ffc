-- What goes along with a notification where the channel can carry it: mail does.
CREATE TABLE notification_file (
    notification_id TEXT   NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
    name            TEXT   NOT NULL,
    content_type    TEXT   NOT NULL,
    content         TEXT   NOT NULL,
    PRIMARY KEY (notification_id, name)
);
