package nexus.store.migration;

/**
 * A migration in the store's history.
 *
 * @param script the file's name
 * @param checksum checksum of the file when it was applied
 */
public record AppliedMigration(String script, int checksum, boolean succeeded) {}
