-- Whoever finds the row of a process of its own machine can know that it has ended, and need not wait until its beat has
-- stood still for long. Versions before this one leave all three empty: they are waited for.
ALTER TABLE process
    ADD COLUMN place text,
    ADD COLUMN backend_pid int,
    ADD COLUMN backend_since timestamptz;
COMMENT ON COLUMN process.place IS 'Where it runs: boot of the machine, namespaces, process id and start, container, lock file and place in it; - is unknown.';
COMMENT ON COLUMN process.backend_pid IS 'The server''s process for the connection that raises the beat.';
COMMENT ON COLUMN process.backend_since IS 'When that one was started: ids are used again.';
