package nexus.capture;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import nexus.pgoutput.PgOutputMessage.LogicalMessage;
import org.jboss.logging.Logger;

/** Tells of logical messages that were meant for Nexus and are not well-formed: they must never stop capture. */
public final class RefusedMessages {
    private static final Logger LOG = Logger.getLogger(RefusedMessages.class);

    private final Counter refused;

    public RefusedMessages(MeterRegistry meters) {
        refused = Counter.builder("nexus.capture.messages.refused")
                .description("Logical messages with a prefix of Nexus's that are not well-formed")
                .register(meters);
    }

    void add(LogicalMessage message, String reason) {
        refused.increment();
        LOG.warnf(
                "logical message refused prefix=%s lsn=%s bytes=%d reason=%s",
                message.prefix(), message.lsn(), message.content().remaining(), reason);
    }
}
