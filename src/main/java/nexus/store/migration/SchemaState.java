package nexus.store.migration;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The relation of a store's schema to the migrations of this program. */
public sealed interface SchemaState {

    /** Nothing has to be done: the schema has this version, or a newer one that is compatible with it. */
    record Current() implements SchemaState {}

    /** Migrations have to be applied; all of them, if the schema is empty. */
    record Behind() implements SchemaState {}

    /**
     * No migration of this program applies to the schema.
     *
     * @param problem the text after the name of the database in a message
     * @param fix the action for the database's owner
     */
    record Unfit(String problem, String fix) implements SchemaState {}

    /**
     * A migration that is incompatible with versions before a certain migration names that migration: {@code
     * V012__totals_needs_V009.sql} requires a program that contains V009 or a later one.
     */
    Pattern VERSIONED = Pattern.compile("V([0-9]{1,9})__.*?(?:_needs_V([0-9]{1,9}))?\\.sql");

    /**
     * @param applied oldest first
     * @param packaged each script of this program with its checksum
     */
    static SchemaState of(List<AppliedMigration> applied, Map<String, Integer> packaged) {
        int newest = newest(packaged.keySet());
        boolean isNewer = false;
        Map<String, Integer> present = new HashMap<>();
        for (AppliedMigration migration : applied) {
            if (!migration.succeeded()) {
                return new Behind(); // Flyway reports what to do about it
            }
            present.put(migration.script(), migration.checksum()); // the newest entry of a repeatable migration
            Matcher versioned = VERSIONED.matcher(migration.script());
            if (!versioned.matches() || isPackaged(migration, packaged)) {
                continue;
            }
            if (Integer.parseInt(versioned.group(1)) <= newest) {
                return unreleased(migration.script());
            }
            if (versioned.group(2) != null && Integer.parseInt(versioned.group(2)) > newest) {
                return tooNew(migration.script());
            }
            isNewer = true;
        }
        boolean isComplete = packaged.entrySet().stream()
                .filter(script -> VERSIONED.matcher(script.getKey()).matches())
                .allMatch(present.entrySet()::contains);
        return isComplete && (isNewer || present.entrySet().containsAll(packaged.entrySet()))
                ? new Current()
                : new Behind();
    }

    private static boolean isPackaged(AppliedMigration migration, Map<String, Integer> packaged) {
        Integer checksum = packaged.get(migration.script());
        return checksum != null && checksum == migration.checksum();
    }

    private static int newest(Collection<String> scripts) {
        return scripts.stream()
                .map(VERSIONED::matcher)
                .filter(Matcher::matches)
                .mapToInt(script -> Integer.parseInt(script.group(1)))
                .max()
                .orElse(0);
    }

    private static Unfit unreleased(String script) {
        return new Unfit(
                "has a schema nexus of a Nexus that was never released (its " + script + " is not this program's)",
                "name another database, or give up what is stored there: DROP SCHEMA nexus CASCADE");
    }

    private static Unfit tooNew(String script) {
        return new Unfit(
                "was migrated by a newer Nexus, beside which this one can't work (" + script + ")",
                "start that version, or restore a backup from before");
    }
}
