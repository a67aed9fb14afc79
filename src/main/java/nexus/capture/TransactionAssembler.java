package nexus.capture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.event.EventId;
import nexus.event.IncomingEvent;
import nexus.event.Operation;
import nexus.event.Ordering;
import nexus.pgoutput.Lsn;
import nexus.pgoutput.PgOutputMessage;
import nexus.pgoutput.PgOutputMessage.Begin;
import nexus.pgoutput.PgOutputMessage.Commit;
import nexus.pgoutput.PgOutputMessage.Delete;
import nexus.pgoutput.PgOutputMessage.Insert;
import nexus.pgoutput.PgOutputMessage.LogicalMessage;
import nexus.pgoutput.PgOutputMessage.OldRow;
import nexus.pgoutput.PgOutputMessage.Origin;
import nexus.pgoutput.PgOutputMessage.Relation;
import nexus.pgoutput.PgOutputMessage.Truncate;
import nexus.pgoutput.PgOutputMessage.Update;
import nexus.pgoutput.TupleData;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of the messages of one connection, in their order. A new connection needs a new assembler: the server
 * describes every table again. For one thread.
 *
 * <p>The ordinal counts every insert, update, delete, transactional message and each relation of a truncate, whether an
 * event comes of it or not: else another filter would give the same change another position and id.
 */
public final class TransactionAssembler {
    private static final Progress UNMOVED = new Progress.Unmoved();
    /** A partitioned table's new name, or a composite type's new shape, come with no message for the tables that use them. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private final SourceIdentity source;
    private final TableCatalog catalog;
    private final ResumePoint resume;
    private final int eventMaxBytes;
    private final TypeFormats formats;
    private final EventIds ids;
    private final Map<Integer, CapturedTable> tables = new HashMap<>();
    private final Set<Integer> own = new HashSet<>();
    private final Set<Integer> withNewKey = new HashSet<>(); // since the last event of the table
    private final Set<Integer> toAskAgain = new HashSet<>();
    private final Duration askAgain;
    private long askedNanos = System.nanoTime();
    private boolean isOpenOneReached;
    private @Nullable SourceTransaction transaction;
    private long ordinal;

    /**
     * @param resume what is stored already and makes no events again
     * @param eventMaxBytes a bigger body is made of the key columns alone
     */
    public TransactionAssembler(SourceIdentity source, TableCatalog catalog, ResumePoint resume, int eventMaxBytes) {
        this(source, catalog, resume, eventMaxBytes, ASK_AGAIN);
    }

    TransactionAssembler(
            SourceIdentity source, TableCatalog catalog, ResumePoint resume, int eventMaxBytes, Duration askAgain) {
        this.source = source;
        this.catalog = catalog;
        this.resume = resume;
        this.eventMaxBytes = eventMaxBytes;
        this.formats = new TypeFormats(catalog);
        this.ids = new EventIds(source.systemId());
        this.askAgain = askAgain;
    }

    /**
     * @throws BrokenStreamException if the message can't come at this place
     * @throws CatalogUnavailableException if the catalog had to be asked and could not
     */
    public Progress accept(PgOutputMessage message) {
        return switch (message) {
            case Begin begin -> begin(begin);
            case Commit commit -> commit(commit);
            case Relation relation -> {
                learn(relation);
                yield within(List.of());
            }
            case PgOutputMessage.Type _ -> {
                formats.forget();
                yield within(List.of());
            }
            case Origin _ -> within(List.of());
            case Insert(int oid, TupleData after) -> change(oid, Operation.INSERT, null, after);
            case Update(int oid, Optional<OldRow> before, TupleData after) ->
                change(oid, Operation.UPDATE, before.orElse(null), after);
            case Delete(int oid, OldRow before) -> change(oid, Operation.DELETE, before, null);
            case Truncate truncate -> truncate(truncate);
            case LogicalMessage logical -> {
                if (logical.transactional()) {
                    opened();
                    ordinal++;
                }
                yield within(List.of());
            }
        };
    }

    private Progress begin(Begin begin) {
        if (transaction != null) {
            throw new BrokenStreamException("BEGIN inside a transaction");
        }
        transaction = new SourceTransaction(source, begin);
        ordinal = 0;
        forgetWhatOthersDecide();
        if (isStoredWhole(begin.commitLsn())) {
            return UNMOVED;
        }
        boolean restIsLost = false;
        if (!isOpenOneReached && resume.open().isPresent()) {
            Lsn openLsn = resume.open().get().commitLsn();
            restIsLost = openLsn.isBefore(begin.commitLsn());
            isOpenOneReached = !begin.commitLsn().isBefore(openLsn);
        }
        return new Progress.Begun(begin.commitLsn(), restIsLost);
    }

    private Progress commit(Commit commit) {
        Lsn commitLsn = opened().commitLsn();
        if (!commitLsn.equals(commit.commitLsn())) {
            throw new BrokenStreamException("COMMIT at " + commit.commitLsn() + " of a transaction at " + commitLsn);
        }
        transaction = null;
        return isStoredWhole(commitLsn) ? UNMOVED : new Progress.Complete(commitLsn, commit.endLsn());
    }

    private void learn(Relation relation) {
        if (CapturedTable.isOwn(relation)) {
            own.add(relation.oid());
            return;
        }
        own.remove(relation.oid());
        CapturedTable table = CapturedTable.of(relation, catalog.table(relation.oid()), formats);
        toAskAgain.remove(relation.oid());
        CapturedTable former = tables.put(relation.oid(), table);
        if (former != null && !former.key().sameAs(table.key())) {
            withNewKey.add(relation.oid());
        }
    }

    private void forgetWhatOthersDecide() {
        if (System.nanoTime() - askedNanos >= askAgain.toNanos()) {
            askedNanos = System.nanoTime();
            formats.forget();
            tables.forEach((oid, table) -> {
                if (table.dependsOnOthers()) {
                    toAskAgain.add(oid);
                }
            });
        }
    }

    /** A partition that was detached or dropped meanwhile is one at this change: a RELATION message tells when not. */
    private void askAgain(CapturedTable known) {
        int oid = known.relation().oid();
        boolean isPartition = catalog.table(oid).flatMap(CatalogTable::root).isPresent();
        if (isPartition == known.partition().isPresent()) {
            learn(known.relation());
        }
    }

    private Progress change(int oid, Operation operation, @Nullable OldRow before, @Nullable TupleData after) {
        SourceTransaction open = opened();
        ordinal++;
        if (own.contains(oid) || isStored(open)) {
            return within(List.of());
        }
        if (toAskAgain.remove(oid)) {
            askAgain(table(oid));
        }
        CapturedTable table = fitting(table(oid), before, after);
        return within(List.of(event(open, table, operation, before, after)));
    }

    private Progress truncate(Truncate truncate) {
        SourceTransaction open = opened();
        List<IncomingEvent> events = new ArrayList<>();
        for (int oid : truncate.relationOids()) {
            ordinal++;
            if (!own.contains(oid) && !isStored(open)) {
                if (toAskAgain.remove(oid)) {
                    askAgain(table(oid));
                }
                events.add(event(open, table(oid), Operation.TRUNCATE, null, null));
            }
        }
        return within(events);
    }

    private IncomingEvent event(
            SourceTransaction open,
            CapturedTable table,
            Operation operation,
            @Nullable OldRow before,
            @Nullable TupleData after) {
        EventId id = ids.of(open.createdAt(), open.timeline(), open.commitLsn(), ordinal);
        Ordering ordering = withNewKey.remove(table.relation().oid())
                ? table.key().barrier()
                : table.key().of(before, after);
        return new IncomingEvent(
                id,
                table.type(operation),
                open.createdAt(),
                ordering,
                new RowChange(id, open, ordinal, table, operation, before, after, eventMaxBytes),
                false);
    }

    /** The catalog may know a composite type otherwise than the row does: it is asked again, then the text has to do. */
    private CapturedTable fitting(CapturedTable table, @Nullable OldRow before, @Nullable TupleData after) {
        if (table.fits(before, after, eventMaxBytes)) {
            return table;
        }
        formats.forget();
        learn(table.relation());
        CapturedTable asked = table(table.relation().oid());
        return asked.fits(before, after, eventMaxBytes) ? asked : asked.withMisfitsAsText(before, after, eventMaxBytes);
    }

    private Progress within(List<IncomingEvent> events) {
        SourceTransaction open = transaction;
        return open == null || isStored(open) ? UNMOVED : new Progress.Within(open.commitLsn(), ordinal, events);
    }

    private boolean isStored(SourceTransaction open) {
        return isStoredWhole(open.commitLsn())
                || resume.open()
                        .filter(part -> part.commitLsn().equals(open.commitLsn()) && ordinal <= part.ordinal())
                        .isPresent();
    }

    /** By the commit's LSN: the end of one transaction may be where the next one's first record is. */
    private boolean isStoredWhole(Lsn commitLsn) {
        return commitLsn.isBefore(resume.doneEndLsn());
    }

    private SourceTransaction opened() {
        SourceTransaction open = transaction;
        if (open == null) {
            throw new BrokenStreamException("a change or COMMIT outside of a transaction");
        }
        return open;
    }

    private CapturedTable table(int oid) {
        CapturedTable table = tables.get(oid);
        if (table == null) {
            throw new BrokenStreamException(
                    "a change of relation " + Integer.toUnsignedString(oid) + " before its RELATION message");
        }
        return table;
    }
}
