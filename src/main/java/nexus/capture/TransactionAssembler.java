package nexus.capture;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.capture.catalog.CatalogUnavailableException;
import nexus.capture.catalog.TableCatalog;
import nexus.capture.format.TypeFormats;
import nexus.capture.message.Annotations;
import nexus.capture.message.EmittedEvent;
import nexus.capture.message.RefusedMessageException;
import nexus.capture.message.RefusedMessages;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventType;
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
    public static final Set<String> PREFIXES = Set.of(EmittedEvent.PREFIX, Annotations.PREFIX);

    private final SourceIdentity source;
    private final TableCatalog catalog;
    private final ResumePoint resume;
    private final int eventMaxBytes;
    private final RefusedMessages refused;
    private final UndecodedChanges undecoded;
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
        this.source = source;
        this.catalog = catalog;
        this.resume = resume;
        this.eventMaxBytes = eventMaxBytes;
        this.refused = refused;
        this.undecoded = undecoded;
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
        try {
            return CapturedTable.of(relation, catalog.table(relation.oid()), formats);
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
            Ordering ordering = withNewKey.remove(table.relation().oid())
                    ? table.key().barrier()
                    : table.key().of(before, after);
            RowChange change = new RowChange(
                    id(open), open, ordinal, annotations, table, operation, before, after, eventMaxBytes, undecoded);
            if (change.valueBytes() > BIG_BYTES) {
                byte[] body = change.bytes();
                add(open, change.id(), table.type(operation), ordering, () -> body, false);
                bytes += (long) BODY_COPIES * body.length;
            } else {
                add(open, change.id(), table.type(operation), ordering, change, false);
                bytes += change.valueBytes() + (long) BODY_COPIES * change.expectedBytes();
            }
        }

        void add(SourceTransaction open, EmittedEvent emitted) {
            EventId id = id(open);
            byte[] body =
                    EventBody.of(id, emitted.type(), open.createdAt(), utf8(emitted.data()), utf8(emitted.metadata()));
            add(open, id, emitted.type(), emitted.ordering(), () -> body, true);
            bytes += (long) BODY_COPIES * body.length;
        }

        private void add(
                SourceTransaction open,
                EventId id,
                EventType type,
                Ordering ordering,
                IncomingEvent.Body body,
                boolean storedAlways) {
            events.add(new IncomingEvent(id, type, open.createdAt(), ordering, body, storedAlways));
            bytes += EVENT_OVERHEAD;
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
