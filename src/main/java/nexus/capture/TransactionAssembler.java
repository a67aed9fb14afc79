package nexus.capture;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.capture.catalog.CatalogTable;
import nexus.capture.catalog.CatalogUnavailableException;
import nexus.capture.catalog.TableCatalog;
import nexus.capture.format.TypeFormats;
import nexus.capture.message.Annotations;
import nexus.capture.message.EmittedEvent;
import nexus.capture.message.RefusedMessageException;
import nexus.capture.message.RefusedMessages;
import nexus.capture.window.Chunk;
import nexus.capture.window.Window;
import nexus.capture.window.Windows;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Operation;
import nexus.event.Ordering;
import nexus.event.SearchKeys;
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
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Builds events from the messages of one connection, in their order. A new connection needs a new assembler, because the
 * server describes every table again. Not thread-safe.
 *
 * <p>The ordinal counts every insert, update, delete, transactional message and each relation of a truncate, also without
 * an event. Otherwise another filter would give the same change another position and id.
 */
public final class TransactionAssembler {
    private static final Logger LOG = Logger.getLogger(TransactionAssembler.class);
    private static final Progress UNMOVED = new Progress.Unmoved();
    private static final String UNDECODED = "the change could not be decoded";
    /** A change above this size is converted to its body at once, so that the message with its values can be released. */
    private static final int BIG_BYTES = 1 << 20;
    /** Memory of an event besides its bytes, for its objects. */
    private static final int EVENT_OVERHEAD = 500;
    /** A body is in memory twice: as built, and in the statement that stores it. */
    private static final int BODY_COPIES = 2;
    /** The catalog is read at most this often for a table whose values do not match it, instead of for each row. */
    private static final long READ_AGAIN_NANOS = 1_000_000_000L;

    /** Prefixes of the logical messages that are used; the content of others is never read. */
    public static final Set<String> PREFIXES = Set.of(EmittedEvent.PREFIX, Annotations.PREFIX, Windows.PREFIX);

    private final SourceIdentity source;
    private final TableCatalog catalog;
    private final ResumePoint resume;
    private final int eventMaxBytes;
    private final RefusedMessages refused;
    private final UndecodedChanges undecoded;
    private final Windows windows;
    private final TypeFormats formats;
    private final EventIds ids;
    private final Map<Integer, CapturedTable> tables = new HashMap<>();
    private final Set<Integer> own = new HashSet<>();
    private final Set<Integer> withNewKey = new HashSet<>(); // since the last event of the table
    private final Set<Integer> outdated = new HashSet<>();
    /** Tables whose values did not match the catalog that was just read, so that it is not read again for the next ones. */
    private final Set<Integer> misfitting = new HashSet<>();

    private long misfitNanos;
    private boolean isOpenOneReached;
    private @Nullable SourceTransaction transaction;
    private Annotations annotations = Annotations.NONE; // of the transaction
    private long ordinal;

    /**
     * @param resume the stored position, before which changes create no events
     * @param eventMaxBytes a larger body contains only the key columns
     * @param refused counts messages that are not well-formed
     * @param undecoded counts changes with values that do not match their types
     */
    public TransactionAssembler(
            SourceIdentity source,
            TableCatalog catalog,
            ResumePoint resume,
            int eventMaxBytes,
            RefusedMessages refused,
            UndecodedChanges undecoded) {
        this(source, catalog, resume, eventMaxBytes, refused, undecoded, Windows.NONE);
    }

    /**
     * As above, for a stream that rows of backfills join.
     *
     * @param windows of the backfills whose rows join this stream
     */
    public TransactionAssembler(
            SourceIdentity source,
            TableCatalog catalog,
            ResumePoint resume,
            int eventMaxBytes,
            RefusedMessages refused,
            UndecodedChanges undecoded,
            Windows windows) {
        this.source = source;
        this.catalog = catalog;
        this.resume = resume;
        this.eventMaxBytes = eventMaxBytes;
        this.refused = refused;
        this.undecoded = undecoded;
        this.windows = windows;
        this.formats = new TypeFormats(catalog);
        this.ids = new EventIds(source.systemId(), source.idKey());
    }

    /**
     * @throws BrokenStreamException if the message is not allowed at this place
     * @throws CatalogUnavailableException if the catalog had to be read and could not be
     */
    public Progress accept(PgOutputMessage message) {
        return switch (message) {
            case Begin begin -> begin(begin);
            case Commit commit -> commit(commit);
            case Relation relation -> {
                if (!CapturedTable.isOwn(relation)) {
                    catalog.described(relation);
                    formats.forget();
                }
                learn(relation);
                yield within();
            }
            case PgOutputMessage.Type _ -> within(); // the RELATION message that follows reads the catalog
            case Origin _ -> within();
            case Insert(int oid, TupleData after) -> change(oid, Operation.INSERT, null, after);
            case Update(int oid, Optional<OldRow> before, TupleData after) ->
                change(oid, Operation.UPDATE, before.orElse(null), after);
            case Delete(int oid, OldRow before) -> change(oid, Operation.DELETE, before, null);
            case Truncate truncate -> truncate(truncate);
            case LogicalMessage logical -> logical.transactional() ? emitted(logical) : emittedOutside(logical);
        };
    }

    private Progress begin(Begin begin) {
        if (transaction != null) {
            throw new BrokenStreamException("BEGIN inside a transaction");
        }
        transaction = new SourceTransaction(source, begin);
        annotations = Annotations.NONE;
        ordinal = 0;
        forgetWhatOthersDecide(begin);
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
        CapturedTable table = captured(relation);
        outdated.remove(relation.oid());
        CapturedTable former = tables.put(relation.oid(), table);
        if (former != null && !former.key().sameAs(table.key())) {
            withNewKey.add(relation.oid());
        }
    }

    private CapturedTable captured(Relation relation) {
        return captured(relation, catalog.table(relation.oid()));
    }

    private CapturedTable captured(Relation relation, Optional<CatalogTable> described) {
        try {
            return CapturedTable.of(relation, described, formats);
        } catch (CatalogUnavailableException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) { // only this table is affected
            LOG.debugf(e, "a table's rows are sent as texts");
            return CapturedTable.of(relation, Optional.empty(), TypeFormats.ofNothing())
                    .asText(UNDECODED);
        }
    }

    private void forgetWhatOthersDecide(Begin begin) {
        if (catalog.begin(begin)) {
            formats.forget();
            outdated.addAll(tables.keySet());
            misfitting.clear();
        } else if (System.nanoTime() - misfitNanos > READ_AGAIN_NANOS) {
            misfitting.clear();
        }
    }

    private Progress change(int oid, Operation operation, @Nullable OldRow before, @Nullable TupleData after) {
        SourceTransaction open = opened();
        ordinal++;
        if (own.contains(oid) || isStored(open)) {
            return within();
        }
        Made made = new Made();
        try {
            if (outdated.remove(oid)) {
                learn(table(oid).relation());
            }
            made.add(open, fitting(table(oid), before, after), operation, before, after);
        } catch (BrokenStreamException | CatalogUnavailableException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) { // only this change is affected; the next ones must arrive
            LOG.debugf(e, "row change is sent as texts");
            made.add(open, table(oid).asText(UNDECODED), operation, before, after);
        }
        return made.progress(open);
    }

    private Progress truncate(Truncate truncate) {
        SourceTransaction open = opened();
        Made made = new Made();
        for (int oid : truncate.relationOids()) {
            ordinal++;
            if (!own.contains(oid) && !isStored(open)) {
                if (outdated.remove(oid)) {
                    learn(table(oid).relation());
                }
                made.add(open, table(oid), Operation.TRUNCATE, null, null);
            }
        }
        return isStored(open) ? UNMOVED : made.progress(open);
    }

    private Progress emitted(LogicalMessage message) {
        SourceTransaction open = opened();
        ordinal++;
        if (isStoredWhole(open.commitLsn())) {
            return UNMOVED;
        }
        if (message.prefix().equals(Windows.PREFIX)) {
            return isStored(open)
                    ? within()
                    : windows.marked(message.content())
                            .map(chunk -> chunk(open, chunk))
                            .orElseGet(this::within);
        }
        try {
            if (message.prefix()
                    .equals(Annotations.PREFIX)) { // also in the stored part, because more changes may follow
                annotations = annotations.with(message.content());
            } else if (message.prefix().equals(EmittedEvent.PREFIX) && !isStored(open)) {
                Made made = new Made();
                made.add(open, EmittedEvent.read(message.content()));
                return made.progress(open);
            }
        } catch (RefusedMessageException e) {
            if (!isStored(open)) { // otherwise it was counted before
                refused.add(message, e.reason());
            }
        } catch (RuntimeException | StackOverflowError e) {
            if (!isStored(open)) {
                refused.add(message, "can't be read");
            }
        }
        return within();
    }

    /**
     * The rows of a chunk that no later change in the stream has replaced. Each takes an ordinal, so that their ids differ;
     * the transaction has no other message.
     */
    private Progress chunk(SourceTransaction open, Chunk chunk) {
        Made made = new Made();
        boolean isOutdated = chunk.window().isOutdated(chunk.seen());
        if (!isOutdated) {
            CapturedTable table = captured(chunk.relation(), Optional.of(chunk.table()));
            for (TupleData row : chunk.rows()) {
                made.addSnapshot(open, table, row, chunk);
            }
        }
        chunk.window().forget(chunk.seen());
        Progress.Within within = new Progress.Within(open.commitLsn(), ordinal, made.events, made.bytes);
        return new Progress.AtChunk(within, chunk, isOutdated);
    }

    private Progress emittedOutside(LogicalMessage message) {
        if (message.prefix().equals(EmittedEvent.PREFIX) || message.prefix().equals(Annotations.PREFIX)) {
            refused.add(message, "is not transactional");
        }
        return within();
    }

    /** The events of one message, with their memory. */
    private final class Made {
        private final List<IncomingEvent> events = new ArrayList<>(1);
        private long bytes;

        void add(
                SourceTransaction open,
                CapturedTable table,
                Operation operation,
                @Nullable OldRow before,
                @Nullable TupleData after) {
            catalog.used(table.relation().oid());
            Ordering natural = table.key().of(before, after);
            SearchKeys searched = table.key().searched(natural, before, after);
            Ordering ordering =
                    withNewKey.remove(table.relation().oid()) ? table.key().barrier() : natural;
            RowChange change = new RowChange(
                    id(open),
                    open,
                    ordinal,
                    annotations,
                    table,
                    table.action(operation),
                    before,
                    after,
                    eventMaxBytes,
                    undecoded);
            add(open, change, ordering, Optional.empty(), searched);
            for (Window window : windows.open()) {
                window.record(
                        table.schema() + '.' + table.name(), table.relation().oid(), events.getLast(), open.xid());
            }
        }

        /** Adds a row of a chunk, unless the stream has a newer state of it. */
        void addSnapshot(SourceTransaction open, CapturedTable table, TupleData row, Chunk chunk) {
            Ordering ordering = table.key().of(null, row);
            if (chunk.window().isReplaced(ordering, chunk.seen())) {
                return;
            }
            ordinal += events.isEmpty() ? 0 : 1; // the mark has the first
            CapturedTable fitting = snapshotFitting(table, row);
            RowChange change = new RowChange(
                    id(open),
                    open,
                    ordinal,
                    Annotations.NONE,
                    fitting,
                    fitting.snapshot(),
                    null,
                    row,
                    eventMaxBytes,
                    undecoded);
            SearchKeys searched = table.key().searched(ordering, null, row);
            add(open, change, ordering, Optional.of(chunk.recipient()), searched);
        }

        private void add(
                SourceTransaction open,
                RowChange change,
                Ordering ordering,
                Optional<IncomingEvent.Recipient> only,
                SearchKeys searched) {
            EventType type = change.action().type();
            if (change.valueBytes() > BIG_BYTES) {
                byte[] body = change.bytes();
                events.add(new IncomingEvent(
                        change.id(), type, open.createdAt(), ordering, () -> body, false, only, searched));
                bytes += (long) BODY_COPIES * body.length;
            } else {
                events.add(new IncomingEvent(
                        change.id(), type, open.createdAt(), ordering, change, false, only, searched));
                bytes += change.valueBytes() + (long) BODY_COPIES * change.expectedBytes();
            }
            bytes += EVENT_OVERHEAD;
        }

        void add(SourceTransaction open, EmittedEvent emitted) {
            EventId id = id(open);
            byte[] body =
                    EventBody.of(id, emitted.type(), open.createdAt(), utf8(emitted.data()), utf8(emitted.metadata()));
            events.add(new IncomingEvent(id, emitted.type(), open.createdAt(), emitted.ordering(), () -> body, true));
            bytes += EVENT_OVERHEAD + (long) BODY_COPIES * body.length;
        }

        private static byte[] utf8(String json) {
            return json.getBytes(StandardCharsets.UTF_8);
        }

        private EventId id(SourceTransaction open) {
            return ids.of(open.createdAt(), open.timeline(), open.commitLsn(), ordinal);
        }

        Progress progress(SourceTransaction open) {
            return new Progress.Within(open.commitLsn(), ordinal, events, bytes);
        }
    }

    /** The catalog and the row may differ in a composite type: the catalog is read again, and if they still differ, the text is
     * sent. */
    private CapturedTable fitting(CapturedTable table, @Nullable OldRow before, @Nullable TupleData after) {
        if (table.fits(before, after, eventMaxBytes)) {
            return table;
        }
        int oid = table.relation().oid();
        if (!misfitting.contains(oid)) {
            catalog.readAgain(oid);
            formats.forget();
            learn(table.relation());
        }
        CapturedTable current = table(oid);
        if (current.fits(before, after, eventMaxBytes)) {
            return current;
        }
        if (misfitting.add(oid)) {
            misfitNanos = System.nanoTime();
        }
        return current.withMisfitsAsText(before, after, eventMaxBytes);
    }

    private CapturedTable snapshotFitting(CapturedTable table, TupleData row) {
        try {
            return table.fits(null, row, eventMaxBytes) ? table : table.withMisfitsAsText(null, row, eventMaxBytes);
        } catch (BrokenStreamException | CatalogUnavailableException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) { // only this row is affected
            LOG.debugf(e, "row of a backfill is sent as texts");
            return table.asText(UNDECODED);
        }
    }

    private Progress within() {
        SourceTransaction open = transaction;
        return open == null || isStored(open) ? UNMOVED : new Progress.Within(open.commitLsn(), ordinal, List.of(), 0);
    }

    private boolean isStored(SourceTransaction open) {
        return isStoredWhole(open.commitLsn())
                || resume.open()
                        .filter(part -> part.commitLsn().equals(open.commitLsn()) && ordinal <= part.ordinal())
                        .isPresent();
    }

    /** Compares by commit LSN, because the end of one transaction may be the start of the next one's first record. */
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
