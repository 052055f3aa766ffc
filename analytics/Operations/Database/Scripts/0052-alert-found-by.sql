-- Kind and version of the detector that found what an alert tells of; null where the rule looked itself.
ALTER TABLE alert ADD COLUMN found_by TEXT;
