package nexus.target;

import java.util.List;
import java.util.Optional;

/**
 * A topic that gets one record for each event.
 *
 * @param keyPointer JSON Pointer (RFC 6901) of the record's key in its value; empty: the ordering key
 * @param keys HMAC keys that sign now, newest first, at least one
 */
public record KafkaTarget(KafkaCluster cluster, String topic, Optional<String> keyPointer, List<byte[]> keys)
        implements Target {
    public KafkaTarget {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a record is always signed");
        }
    }

    @Override
    public TargetType type() {
        return TargetType.KAFKA;
    }

    /** Everything in it may be a credential. */
    @Override
    public String toString() {
        return "KafkaTarget[redacted]";
    }
}
