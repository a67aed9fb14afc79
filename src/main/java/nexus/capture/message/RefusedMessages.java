package nexus.capture.message;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;
import nexus.pgoutput.PgOutputMessage.LogicalMessage;
import org.jboss.logging.Logger;

/**
 * Counts logical messages for Nexus that are not well-formed, which must never stop capture. Any role can send any number
 * of them, so the log has one line a minute. Thread-safe.
 */
public final class RefusedMessages {
    private static final Logger LOG = Logger.getLogger(RefusedMessages.class);

    private final Counter refused;
    private final LongSupplier nanos;
    private final MinuteCount unlogged = new MinuteCount();
    private String last = "";

    public RefusedMessages(MeterRegistry meters) {
        this(meters, System::nanoTime);
    }

    RefusedMessages(MeterRegistry meters, LongSupplier nanos) {
        this.nanos = nanos;
        refused = Counter.builder("nexus.capture.messages.refused")
                .description("Logical messages with a prefix of Nexus's that are not well-formed")
                .register(meters);
    }

    public synchronized void add(LogicalMessage message, String reason) {
        refused.increment();
        unlogged.add(1);
        last = "prefix=" + message.prefix() + " lsn=" + message.lsn() + " reason=" + reason;
        logCount();
    }

    /** Logs the count, at most once a minute. Must be called regularly. */
    public synchronized void logCount() {
        long due = unlogged.due(nanos.getAsLong());
        if (due > 0) {
            LOG.warnf("logical messages refused count=%d last: %s", due, last);
        }
    }
}
