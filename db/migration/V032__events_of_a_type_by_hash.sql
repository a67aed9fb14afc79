-- Names of types are long, and those of different types are inserted in turn, so that the pages of an index over them are
-- split in halves: it was bigger than the other two indexes together. Intake waits while this one is built, two seconds
-- for a million events that are kept. The version before this one goes on beside it, and finds events of a type by seq.
CREATE INDEX event_newest_of_type_hash ON event (hashtext(type), seq);
DROP INDEX event_newest_of_type;
