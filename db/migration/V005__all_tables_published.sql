-- An administrator's FOR ALL TABLES takes in Nexus's own tables: without an identity the counters could not be summed up.
ALTER TABLE stat_delta REPLICA IDENTITY FULL;
