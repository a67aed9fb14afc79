package nexus.capture;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import javax.crypto.Mac;
import nexus.event.EventId;
import nexus.pgoutput.Lsn;

/**
 * Computes ids of row changes. The same change has the same id after any crash, and the id cannot be predicted without the
 * store's key. It consists of the commit's milliseconds and 74 bits of an HMAC-SHA-256 over system identifier, timeline,
 * commit LSN and ordinal.
 */
final class EventIds {
    private final String systemId;
    private final Mac mac;

    EventIds(String systemId, EventIdKey key) {
        this.systemId = systemId;
        this.mac = key.mac();
    }

    /** @param timeline the timeline in which the commit LSN was written, because LSNs repeat after a failover */
    EventId of(Instant committedAt, int timeline, Lsn commitLsn, long ordinal) {
        String identity = systemId + ' ' + Integer.toUnsignedString(timeline) + ' ' + commitLsn + ' ' + ordinal;
        ByteBuffer digest = ByteBuffer.wrap(mac.doFinal(identity.getBytes(StandardCharsets.US_ASCII)));
        return EventId.version7(committedAt.toEpochMilli(), digest.getShort(), digest.getLong());
    }
}
