package nexus.capture.message;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;
import nexus.pgoutput.PgOutputMessage.LogicalMessage;
import org.jboss.logging.Logger;

/**
 * Counts logical messages that were meant for Nexus and are not well-formed: they must never stop capture. Anybody may
 * send them, as many as they like, so that the log has one line a minute. For several threads.
 */
public final class RefusedMessages {
    private static final Logger LOG = Logger.getLogger(RefusedMessages.class);

    private final Counter refused;
    private final LongSupplier nanos;
    private final MinuteCount untold = new MinuteCount();
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
        untold.add(1);
        last = "prefix=" + message.prefix() + " lsn=" + message.lsn() + " reason=" + reason;
        tell();
    }

    /** Logs how many there were, at most once a minute; to be called now and then. */
    public synchronized void tell() {
        long due = untold.due(nanos.getAsLong());
        if (due > 0) {
            LOG.warnf("logical messages refused count=%d last: %s", due, last);
        }
    }
}
