package nexus.subscription.matching;

import nexus.event.EventType;
import nexus.event.TypePattern;
import nexus.subscription.Subscription;

/**
 * The patterns of all subscriptions that may match row changes, each of them once. Immutable.
 *
 * @param ofOneTable patterns that name one table, by that table, with the number of their subscriptions
 * @param others such as {@code pg.public.*.insert}, with the number of their subscriptions
 */
record TablePatterns(
        PersistentMap<String, PersistentMap<TypePattern, Integer>> ofOneTable,
        PersistentMap<TypePattern, Integer> others) {
    static final TablePatterns NONE = new TablePatterns(PersistentMap.empty(), PersistentMap.empty());

    TablePatterns with(Subscription subscription) {
        return changed(subscription, 1);
    }

    TablePatterns without(Subscription subscription) {
        return changed(subscription, -1);
    }

    boolean match(String schema, String table) {
        String name = EventType.segment(schema) + '.' + EventType.segment(table);
        PersistentMap<TypePattern, Integer> named = ofOneTable.get(name);
        return (named != null && anyMatches(named, schema, table)) || anyMatches(others, schema, table);
    }

    private static boolean anyMatches(PersistentMap<TypePattern, Integer> patterns, String schema, String table) {
        boolean[] found = {false};
        patterns.forEach((pattern, count) ->
                found[0] = found[0] || !pattern.operationsOf(schema, table).isEmpty());
        return found[0];
    }

    private TablePatterns changed(Subscription subscription, int by) {
        TablePatterns changed = this;
        for (TypePattern pattern : subscription.selection().patterns()) {
            if (pattern.namesOneTable()) {
                changed = changed.counted(tableOf(pattern), pattern, by);
            } else if (pattern.isAboutTables()) {
                changed = new TablePatterns(changed.ofOneTable, counted(changed.others, pattern, by));
            }
        }
        return changed;
    }

    private TablePatterns counted(String table, TypePattern pattern, int by) {
        PersistentMap<TypePattern, Integer> known = ofOneTable.get(table);
        PersistentMap<TypePattern, Integer> counted =
                counted(known == null ? PersistentMap.empty() : known, pattern, by);
        return new TablePatterns(
                counted.isEmpty() ? ofOneTable.without(table) : ofOneTable.with(table, counted), others);
    }

    private static PersistentMap<TypePattern, Integer> counted(
            PersistentMap<TypePattern, Integer> patterns, TypePattern pattern, int by) {
        Integer known = patterns.get(pattern);
        int count = (known == null ? 0 : known) + by;
        return count == 0 ? patterns.without(pattern) : patterns.with(pattern, count);
    }

    /** {@code public.orders} of {@code pg.public.orders.*}. */
    private static String tableOf(TypePattern pattern) {
        String[] segments = pattern.value().split("\\.", -1);
        return segments[1] + '.' + segments[2];
    }
}
