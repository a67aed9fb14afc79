package nexus.capture.catalog;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The descriptions of published tables and their types over time, because a change may be read long after its table was
 * detached, renamed or dropped. The owner must save new descriptions before the events that were built with them.
 * Thread-safe.
 */
public final class CatalogMemory {
    /** Dropped objects are remembered this long; their last changes are read by then. */
    private static final Duration GONE_STAY = Duration.ofDays(7);
    /** If there are more, those dropped first are removed. */
    private static final int MOST_GONE = 20_000;

    private final Clock clock;
    /** Serialises reads of the catalog, so that an older result never replaces a newer one. Taken before this object's lock. */
    private final Object reading = new Object();

    private final Objects<CatalogTable> tables = new Objects<>();
    private final Objects<CatalogType> types = new Objects<>();
    private boolean publishesWholeSchemas;
    private long generation; // incremented with every changed description

    public CatalogMemory(Clock clock) {
        this.clock = clock;
    }

    /** Objects whose descriptions must be deleted, and descriptions to save after that. */
    public record News(
            List<Seen<CatalogTable>> tables,
            List<Seen<CatalogType>> types,
            Set<Integer> forgottenTables,
            Set<Integer> forgottenTypes) {
        public boolean isEmpty() {
            return tables.isEmpty() && types.isEmpty() && forgottenTables.isEmpty() && forgottenTypes.isEmpty();
        }
    }

    /** Adds descriptions from the store. */
    public synchronized void restore(List<Seen<CatalogTable>> storedTables, List<Seen<CatalogType>> storedTypes) {
        tables.restore(storedTables);
        types.restore(storedTypes);
        generation++;
    }

    /** Reads these tables, these types, and the types that they consist of. */
    public void read(CatalogSource source, Collection<Integer> tableOids, Collection<Integer> typeOids) {
        synchronized (reading) {
            if (!tableOids.isEmpty()) {
                recordTables(source.tables(tableOids), tableOids);
            }
            readTypes(source, typeOids);
        }
    }

    /** Reads all published and all remembered objects. */
    public void readPublished(CatalogSource source) {
        synchronized (reading) {
            Set<Integer> remembered = tableOids();
            CatalogSource.Tables found = source.published(remembered);
            recordTables(found, remembered);
            Set<Integer> wanted = new HashSet<>(typeOids());
            wanted.addAll(found.typeOids());
            readTypes(source, wanted);
        }
    }

    private void readTypes(CatalogSource source, Collection<Integer> typeOids) {
        Set<Integer> known = new HashSet<>();
        Set<Integer> open = closure(typeOids);
        while (!open.isEmpty()) {
            recordTypes(source.types(open), open);
            known.addAll(open);
            open = closure(typeOids); // a new type may consist of others
            open.removeAll(known);
        }
    }

    /** Requested objects that the result does not contain are dropped. */
    private synchronized void recordTables(CatalogSource.Tables found, Collection<Integer> requested) {
        if (!found.tables().isEmpty()) {
            publishesWholeSchemas = found.publishesWholeSchemas();
        }
        // a table that is not published any more keeps its last published description
        Set<Integer> gone = new HashSet<>(requested);
        found.tables().forEach(seen -> gone.remove(seen.oid()));
        tables.record(
                found.tables().stream()
                        .filter(seen -> seen.description().explainsChanges())
                        .toList(),
                gone);
    }

    private synchronized void recordTypes(List<Seen<CatalogType>> found, Collection<Integer> requested) {
        Set<Integer> gone = new HashSet<>(requested);
        found.forEach(seen -> gone.remove(seen.oid()));
        types.record(found, gone);
    }

    /** The descriptions that are new since the last call. */
    public synchronized News news() {
        return new News(tables.takeNews(), types.takeNews(), tables.takeForgotten(), types.takeForgotten());
    }

    public synchronized boolean hasNews() {
        return tables.hasNews() || types.hasNews();
    }

    /** Marks descriptions as new again because saving them failed. */
    public synchronized void restoreNews(News news) {
        news.tables.forEach(tables::isNew);
        news.types.forEach(types::isNew);
        tables.forgotten.addAll(news.forgottenTables);
        types.forgotten.addAll(news.forgottenTypes);
    }

    private synchronized Set<Integer> tableOids() {
        return Set.copyOf(tables.versions.keySet());
    }

    private synchronized Set<Integer> typeOids() {
        return Set.copyOf(types.versions.keySet());
    }

    public synchronized Optional<Seen<CatalogTable>> table(int oid, int xid) {
        return tables.at(oid, xid);
    }

    public synchronized Optional<Seen<CatalogType>> type(int oid, int xid) {
        return types.at(oid, xid);
    }

    /** These types and the known types that they consist of. */
    private synchronized Set<Integer> closure(Collection<Integer> typeOids) {
        Set<Integer> closure = new HashSet<>();
        List<Integer> open = new ArrayList<>(typeOids);
        while (!open.isEmpty()) {
            int oid = open.removeLast();
            if (closure.add(oid)) {
                types.newest(oid).ifPresent(type -> open.addAll(partsOf(type)));
            }
        }
        return closure;
    }

    /** Current and former partitioned tables that have all of these columns. */
    public synchronized Set<CatalogTable.Name> partitionedWith(Collection<String> columns, int xid) {
        Set<CatalogTable.Name> found = new HashSet<>();
        for (int oid : tables.versions.keySet()) {
            tables.at(oid, xid)
                    .map(Seen::description)
                    .filter(table -> !table.partitionedColumns().isEmpty()
                            && table.partitionedColumns().containsAll(columns))
                    .flatMap(CatalogTable::name)
                    .ifPresent(found::add);
        }
        return found;
    }

    /** Whether unread tables may be published, because a publication contains all tables, or those of a schema. */
    public synchronized boolean publishesWholeSchemas() {
        return publishesWholeSchemas;
    }

    /**
     * Removes descriptions that were replaced so long ago that no change of that time can arrive any more.
     *
     * @param xid a current transaction
     */
    public synchronized void forgetPast(int xid) {
        tables.forgetPast(xid);
        types.forgetPast(xid);
    }

    /** The same number means the same descriptions. */
    public synchronized long epochAt(int xid) {
        long passed = tables.passedThresholds(xid) + types.passedThresholds(xid);
        return (generation << 24) + passed;
    }

    private static List<Integer> partsOf(CatalogType type) {
        return switch (type) {
            case CatalogType.Scalar() -> List.of();
            case CatalogType.KeyValue() -> List.of();
            case CatalogType.Domain(int baseTypeOid) -> List.of(baseTypeOid);
            case CatalogType.Array(int elementTypeOid, char _) -> List.of(elementTypeOid);
            case CatalogType.Composite(List<CatalogType.Attribute> attributes) ->
                attributes.stream().map(CatalogType.Attribute::typeOid).toList();
        };
    }

    /** Descriptions of tables, or of types. Guarded by the memory. */
    private final class Objects<T> {
        private final Map<Integer, Versions<T>> versions = new HashMap<>();
        private final Map<Integer, Instant> goneSince = new LinkedHashMap<>();
        private final Map<Integer, Map<Integer, Seen<T>>> fresh = new LinkedHashMap<>(); // by oid and sinceXid
        private final Set<Integer> forgotten = new HashSet<>();
        private int[] thresholds = {};

        void restore(List<Seen<T>> stored) {
            stored.forEach(seen -> versions.computeIfAbsent(seen.oid(), oid -> new Versions<>())
                    .restore(seen));
            findThresholds();
        }

        void record(List<Seen<T>> found, Collection<Integer> gone) {
            for (Seen<T> seen : found) {
                goneSince.remove(seen.oid());
                Versions<T> known = versions.computeIfAbsent(seen.oid(), oid -> new Versions<>());
                Versions.Change change = known.add(seen);
                if (change != Versions.Change.NONE) {
                    known.all().forEach(this::isNew);
                }
                if (change == Versions.Change.ANOTHER) {
                    generation++;
                    findThresholds();
                }
            }
            gone.stream().filter(versions::containsKey).forEach(oid -> goneSince.putIfAbsent(oid, clock.instant()));
            forgetLongGone();
        }

        void isNew(Seen<T> seen) {
            fresh.computeIfAbsent(seen.oid(), oid -> new LinkedHashMap<>()).put(seen.sinceXid(), seen);
        }

        boolean hasNews() {
            return !fresh.isEmpty() || !forgotten.isEmpty();
        }

        List<Seen<T>> takeNews() {
            List<Seen<T>> taken = fresh.values().stream()
                    .flatMap(ofOne -> ofOne.values().stream())
                    .toList();
            fresh.clear();
            return taken;
        }

        Set<Integer> takeForgotten() {
            Set<Integer> taken = Set.copyOf(forgotten);
            forgotten.clear();
            return taken;
        }

        Optional<Seen<T>> at(int oid, int xid) {
            return Optional.ofNullable(versions.get(oid)).flatMap(known -> known.at(xid));
        }

        Optional<T> newest(int oid) {
            return Optional.ofNullable(versions.get(oid))
                    .map(known -> known.newest().description());
        }

        void forgetPast(int xid) {
            if (thresholds.length == 0) {
                return;
            }
            versions.forEach((oid, known) -> {
                if (known.forgetPast(xid)) {
                    forgotten.add(oid);
                    known.all().forEach(this::isNew);
                }
            });
            findThresholds();
        }

        long passedThresholds(int xid) {
            long passed = 0;
            for (int threshold : thresholds) {
                passed += Xid.precedes(xid, threshold) ? 0 : 1;
            }
            return passed;
        }

        private void findThresholds() {
            thresholds = versions.values().stream()
                    .flatMap(known -> known.thresholds().stream())
                    .mapToInt(Integer::intValue)
                    .distinct()
                    .toArray();
        }

        private void forgetLongGone() {
            Instant longAgo = clock.instant().minus(GONE_STAY);
            Iterator<Map.Entry<Integer, Instant>> longestFirst =
                    goneSince.entrySet().iterator();
            while (longestFirst.hasNext()) {
                Map.Entry<Integer, Instant> gone = longestFirst.next();
                if (goneSince.size() <= MOST_GONE && !gone.getValue().isBefore(longAgo)) {
                    return;
                }
                longestFirst.remove();
                versions.remove(gone.getKey());
                fresh.remove(gone.getKey());
                forgotten.add(gone.getKey());
                findThresholds();
            }
        }
    }
}
