package nexus.capture;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import nexus.event.EventId;
import nexus.pgoutput.Lsn;

/**
 * Ids of row changes: the same change has the same id after any crash. The commit's milliseconds, then 74 bits of a
 * SHA-256 over system identifier, timeline, commit LSN and ordinal.
 */
final class EventIds {
    private final String systemId;
    private final MessageDigest sha256;

    EventIds(String systemId) {
        this.systemId = systemId;
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** @param timeline the one in which the commit LSN was written: after a failover LSNs come again */
    EventId of(Instant committedAt, int timeline, Lsn commitLsn, long ordinal) {
        String identity = systemId + ' ' + Integer.toUnsignedString(timeline) + ' ' + commitLsn + ' ' + ordinal;
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest(identity.getBytes(StandardCharsets.US_ASCII)));
        return EventId.version7(committedAt.toEpochMilli(), digest.getShort(), digest.getLong());
    }
}
