package nexus.capture;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.capture.catalog.CatalogMemory;
import nexus.capture.catalog.CatalogSource;
import nexus.capture.catalog.CatalogTable;
import nexus.capture.catalog.CatalogType;
import nexus.capture.catalog.Seen;
import nexus.capture.catalog.TableCatalog;
import nexus.capture.catalog.Xid;
import nexus.capture.format.TypeFormats;
import nexus.pgoutput.Lsn;
import nexus.pgoutput.PgOutputMessage.Begin;
import nexus.pgoutput.PgOutputMessage.Column;
import nexus.pgoutput.PgOutputMessage.Relation;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Describes tables and types for the current transaction from memory. Reads the catalog when a RELATION message arrives and,
 * while there are transactions, every second, because some descriptions change without a message (the name of a schema or
 * partitioned table, a composite type). For one connection and one thread.
 */
public final class RememberedCatalog implements TableCatalog {
    private static final Logger LOG = Logger.getLogger(RememberedCatalog.class);
    private static final Duration READ_AGAIN = Duration.ofSeconds(1);
    /** Reads that take long, because of very many tables, are less frequent. */
    private static final int MOST_OF_TIME = 20;

    private final CatalogSource source;
    private final CatalogMemory memory;
    private final Runnable reload;
    private final UnknownRoots unknownRoots;
    private final Pace pace;
    private final Map<Integer, Described> tables = new HashMap<>();
    private final Set<Integer> types = new HashSet<>();
    /** Tables that were never read as published, with the description that could be derived for them. */
    private final Map<Integer, CatalogTable> unseen = new HashMap<>();

    /** Tables among them to report when their first change arrives. */
    private final Map<Integer, Set<CatalogTable.Name>> unreported = new HashMap<>();

    private int xid;
    private Lsn commitLsn = Lsn.ZERO;
    private long epoch;
    private long nextReadNanos;

    /**
     * How often the catalog is read while there are transactions.
     *
     * @param timesItsOwn the pause after a read is at least this many times its duration
     */
    record Pace(Duration atLeast, int timesItsOwn) {
        private static final Pace USUAL = new Pace(READ_AGAIN, MOST_OF_TIME);
        static final Pace EACH_TRANSACTION = new Pace(Duration.ZERO, 0);
    }

    private record Described(Relation relation, int xid) {}

    /** @param reload loads descriptions that another process may have saved */
    public RememberedCatalog(CatalogSource source, CatalogMemory memory, Runnable reload, UnknownRoots unknownRoots) {
        this(source, memory, reload, unknownRoots, Pace.USUAL);
    }

    RememberedCatalog(
            CatalogSource source, CatalogMemory memory, Runnable reload, UnknownRoots unknownRoots, Pace pace) {
        this.source = source;
        this.memory = memory;
        this.reload = reload;
        this.unknownRoots = unknownRoots;
        this.pace = pace;
        this.nextReadNanos = System.nanoTime() + pace.atLeast.toNanos();
    }

    @Override
    public boolean begin(Begin begin) {
        xid = (int) begin.xid();
        commitLsn = begin.commitLsn();
        long started = System.nanoTime();
        if (started - nextReadNanos >= 0) {
            memory.forgetPast(xid);
            memory.read(source, tables.keySet(), types);
            long took = System.nanoTime() - started;
            nextReadNanos = started + Math.max(pace.atLeast.toNanos(), pace.timesItsOwn * took);
        }
        long before = epoch;
        epoch = memory.epochAt(xid);
        return epoch != before;
    }

    @Override
    public void described(Relation relation) {
        int oid = relation.oid();
        tables.put(oid, new Described(relation, xid));
        unseen.remove(oid);
        unreported.remove(oid);
        read(relation);
        if (memory.table(oid, xid).isEmpty()) {
            reload.run();
        }
        if (memory.table(oid, xid).isEmpty()) {
            unseen.put(oid, guessed(relation));
        }
    }

    @Override
    public void readAgain(int oid) {
        Described described = tables.get(oid);
        if (described != null) {
            read(described.relation);
        }
    }

    private void read(Relation relation) {
        Set<Integer> columnTypes = new HashSet<>();
        relation.columns().stream()
                .map(Column::typeOid)
                .filter(type -> !TypeFormats.isBuiltIn(type))
                .forEach(columnTypes::add);
        types.addAll(columnTypes);
        memory.read(source, Set.of(relation.oid()), columnTypes);
    }

    /**
     * Its changes arrive, so it was published through a partitioned table, unless whole schemas are published. The partitioned
     * table is certain when only one has these columns.
     */
    private CatalogTable guessed(Relation relation) {
        List<String> columns = relation.columns().stream().map(Column::name).toList();
        Set<CatalogTable.Name> candidates = memory.partitionedWith(columns, xid);
        if (candidates.size() == 1 && !memory.publishesWholeSchemas()) {
            CatalogTable.Name root = candidates.iterator().next();
            LOG.infof("table was a partition table=%s.%s root=%s", relation.schema(), relation.table(), root);
            return CatalogTable.unknown(Optional.of(root));
        }
        if (!candidates.isEmpty()) {
            unreported.put(relation.oid(), candidates);
        }
        return CatalogTable.unknown(Optional.empty());
    }

    @Override
    public void used(int oid) {
        @Nullable Set<CatalogTable.Name> candidates = unreported.isEmpty() ? null : unreported.remove(oid);
        Described described = tables.get(oid);
        if (candidates != null && described != null) {
            unknownRoots.found(described.relation, candidates, commitLsn);
        }
    }

    @Override
    public Optional<CatalogTable> table(int oid) {
        Optional<Seen<CatalogTable>> seen = memory.table(oid, xid);
        if (seen.isEmpty()) {
            return Optional.ofNullable(unseen.get(oid));
        }
        Described described = tables.get(oid);
        int since = seen.get().sinceXid();
        // within the transaction that renamed it, the message that follows the renaming has the new name
        boolean isNewer = described != null && Xid.precedes(described.xid, since) && Xid.precedes(since, xid);
        return seen.map(Seen::description).map(table -> isNewer ? table : table.withoutName());
    }

    @Override
    public Optional<CatalogType> type(int oid) {
        Optional<Seen<CatalogType>> seen = memory.type(oid, xid);
        if (seen.isEmpty() && types.add(oid)) {
            memory.read(source, Set.of(), Set.of(oid));
            seen = memory.type(oid, xid);
        }
        return seen.map(Seen::description);
    }
}
