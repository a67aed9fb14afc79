package nexus.capture;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.function.LongSupplier;
import nexus.capture.message.MinuteCount;
import nexus.pgoutput.Lsn;
import org.jboss.logging.Logger;

/**
 * Counts row changes whose values do not match their types and are sent as text, with {@code undecoded} in their metadata.
 * Thread-safe.
 */
public final class UndecodedChanges {
    private static final Logger LOG = Logger.getLogger(UndecodedChanges.class);

    private final Counter undecoded;
    private final LongSupplier nanos;
    private final Listener listener;
    private final MinuteCount unlogged = new MinuteCount();
    private String table = "";
    private String reason = "";
    private Lsn lastCommit = Lsn.ZERO; // a body is built again when the store refuses it
    private long lastOrdinal;

    /** Is told of every change, with its table, {@code schema.table}, and why. */
    @FunctionalInterface
    public interface Listener {
        void undecoded(String table, String reason);
    }

    public UndecodedChanges(MeterRegistry meters, Listener listener) {
        this(meters, System::nanoTime, listener);
    }

    UndecodedChanges(MeterRegistry meters, LongSupplier nanos, Listener listener) {
        this.nanos = nanos;
        this.listener = listener;
        undecoded = Counter.builder("nexus.capture.undecoded")
                .description("Row changes with values that could not be decoded as their types promise")
                .register(meters);
    }

    /** @param reasons of its columns */
    synchronized void add(Lsn commit, long ordinal, CapturedTable of, Collection<String> reasons) {
        int place = commit.compareTo(lastCommit);
        if (place < 0 || (place == 0 && ordinal <= lastOrdinal)) {
            return;
        }
        lastCommit = commit;
        lastOrdinal = ordinal;
        undecoded.increment();
        table = of.schema() + '.' + of.name();
        reason = String.join(", ", new LinkedHashSet<>(reasons));
        listener.undecoded(table, reason);
        unlogged.add(1);
        logCount();
    }

    /** Logs how many there were, at most once a minute; to be called now and then. */
    public synchronized void logCount() {
        long due = unlogged.due(nanos.getAsLong());
        if (due > 0) {
            LOG.warnf("row changes not decoded, sent as texts count=%d last: table=%s reason=%s", due, table, reason);
        }
    }
}
