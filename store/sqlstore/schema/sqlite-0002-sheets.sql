-- The price book itself, where an activation carries it.
ALTER TABLE {prefix}activation ADD COLUMN sheets BLOB;
