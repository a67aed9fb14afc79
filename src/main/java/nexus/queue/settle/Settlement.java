package nexus.queue.settle;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nexus.queue.lease.Term;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.PackedRow;
import nexus.queue.process.ProcessLock;
import nexus.queue.settle.SettlementStatements.Write;
import nexus.store.NamedSql;
import nexus.store.PipelinedTransaction;
import nexus.store.Rows;
import nexus.store.Store;
import nexus.store.StoreErrors;

/**
 * Stores outcomes in one transaction: the owed rows, the history, the attempts and the counters. A process that was taken over
 * stores nothing: the shared lock on its number waits for a takeover in progress, and the fence of the next statement reads
 * the result of that.
 */
@Singleton
public class Settlement implements Settling {
    private static final NamedSql ENSURE_DAYS =
            NamedSql.of("SELECT ensure_day(d) FROM unnest(:days::date[]) d", "days");

    private final Pool pool;

    public Settlement(Store store) {
        this.pool = store.settling();
    }

    @Override
    public Future<Optional<Set<Long>>> settle(Term term, List<Outcome> outcomes) {
        List<Outcome.Sent> inPlace = new ArrayList<>();
        List<Outcome> others = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Sent delivered && isWhereItLay(delivered.delivery())) {
                inPlace.add(delivered);
            } else {
                others.add(outcome);
            }
        }
        SettlementStatements statements = new SettlementStatements(term);
        PackedHistory.Parts parts = PackedHistory.among(inPlace);
        PackedRowChanges changes = new PackedRowChanges();
        List<Write> writes = new ArrayList<>();
        for (PackedHistory run : parts.runs()) {
            writes.add(statements.deliveredPacked(run, changes.delivered(run.deliveries())));
        }
        List<Outcome.Sent> inRows = new ArrayList<>();
        for (Outcome.Sent sent : parts.apart()) {
            if (sent.delivery().place() instanceof PackedRow) {
                others.add(sent);
            } else {
                inRows.add(sent);
            }
        }
        others.forEach(outcome -> changes.unpack(outcome.delivery()));
        if (!changes.unpacking().isEmpty()) {
            writes.add(statements.unpack(changes.unpacking()));
        }
        if (!inRows.isEmpty()) {
            writes.add(statements.delivered(inRows));
        }
        if (!others.isEmpty()) {
            writes.add(statements.byKey(others));
        }
        return withDays(term, writes, outcomes).compose(settled -> {
            if (settled.isEmpty()) {
                return Future.succeededFuture(settled);
            }
            changes.committed(settled.get());
            List<Outcome.Sent> missed =
                    settled.get().size() == outcomes.size() ? List.of() : missed(inPlace, settled.get());
            return missed.isEmpty()
                    ? Future.succeededFuture(settled)
                    : withDays(term, List.of(statements.byKey(missed)), missed).map(found -> both(settled, found));
        });
    }

    @Override
    public boolean isBetterLater(Collection<Outcome> outcomes) {
        return outcomes.size() < HistoryRows.SHORTEST
                && outcomes.stream()
                        .anyMatch(outcome -> outcome.delivery().place() instanceof PackedRow run && run.isPacked());
    }

    private static boolean isWhereItLay(OwedDelivery delivery) {
        return !(delivery.place() instanceof PackedRow run) || run.isPacked();
    }

    /** Delivered, but not found at its place. The row may have been changed by hand, so it is read by key. */
    private static List<Outcome.Sent> missed(List<Outcome.Sent> sent, Set<Long> written) {
        return sent.stream()
                .filter(outcome -> !written.contains(outcome.delivery().seq()))
                .toList();
    }

    /** Empty when one of them is, because the term is over. */
    private static Optional<Set<Long>> both(Optional<Set<Long>> some, Optional<Set<Long>> others) {
        return some.flatMap(seqs -> others.map(found -> {
            Set<Long> all = new HashSet<>(seqs);
            all.addAll(found);
            return all;
        }));
    }

    private Future<Optional<Set<Long>>> withDays(Term term, List<Write> writes, List<? extends Outcome> outcomes) {
        return write(term, writes)
                .recover(failure -> StoreErrors.isMissingPartition(failure)
                        ? ENSURE_DAYS.on(pool, (Object) days(outcomes)).compose(made -> write(term, writes))
                        : Future.failedFuture(failure));
    }

    /** The days whose partitions they need. */
    private static LocalDate[] days(List<? extends Outcome> outcomes) {
        return outcomes.stream()
                .map(outcome -> outcome.delivery().eventDay())
                .distinct()
                .toArray(LocalDate[]::new);
    }

    private Future<Optional<Set<Long>>> write(Term term, List<Write> writes) {
        return PipelinedTransaction.run(pool, connection -> {
            Future<?> lock =
                    connection.query(ProcessLock.shared(term.process())).execute();
            List<Future<RowSet<Row>>> settled = writes.stream()
                    .map(write -> connection.preparedQuery(write.statement()).execute(write.parameters()))
                    .toList();
            return lock.compose(locked -> Future.join(settled))
                    .map(all -> seqs(settled))
                    .recover(failure -> lock.failed() && StoreErrors.isMissingTable(lock.cause())
                            ? Future.succeededFuture(Optional.empty())
                            : Future.failedFuture(failure));
        });
    }

    /** Under the same lock, all statements see the same fence. */
    private static Optional<Set<Long>> seqs(List<Future<RowSet<Row>>> settled) {
        Set<Long> seqs = new HashSet<>();
        for (Future<RowSet<Row>> rows : settled) {
            Row row = Rows.only(rows.result());
            if (row.getLong("fenced") == 0) {
                return Optional.empty();
            }
            Collections.addAll(seqs, row.getArrayOfLongs("seqs"));
        }
        return Optional.of(seqs);
    }
}
