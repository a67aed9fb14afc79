package nexus.store.migration;

/**
 * A migration in the store's history.
 *
 * @param script the file's name
 * @param checksum of the file as it was then
 */
public record AppliedMigration(String script, int checksum, boolean succeeded) {}
