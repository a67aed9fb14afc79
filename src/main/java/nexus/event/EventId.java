package nexus.event;

import java.util.UUID;

/**
 * An event's id, a UUID. Nexus makes version 7 (RFC 9562): milliseconds since 1970 in the first 48 bits, so that ids
 * sort by time. A publisher may give any other UUID.
 */
public record EventId(UUID value) {

    /**
     * @param epochMilli when the event happened; its low 48 bits are used
     * @param high12 the 12 bits behind the version
     * @param low62 the 62 bits behind the variant
     */
    public static EventId version7(long epochMilli, int high12, long low62) {
        long most = (epochMilli << 16) | 0x7000 | (high12 & 0xfff);
        long least = 0x8000_0000_0000_0000L | (low62 & 0x3fff_ffff_ffff_ffffL);
        return new EventId(new UUID(most, least));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
