package nexus.capture;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import nexus.capture.json.JsonWriter;
import nexus.pgoutput.Lsn;
import nexus.pgoutput.PgOutputMessage.Begin;

/** The data that all events of a transaction share. */
final class SourceTransaction {
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private final Lsn commitLsn;
    private final int xid;
    private final Instant createdAt;
    private final int timeline;
    private final byte[] metadataBeforeOrdinal;
    private final byte[] metadataBehindOrdinal;

    SourceTransaction(SourceIdentity source, Begin begin) {
        commitLsn = begin.commitLsn();
        xid = (int) begin.xid();
        createdAt = storable(begin.committedAt()).truncatedTo(ChronoUnit.MILLIS);
        timeline = source.timelineOf().applyAsInt(commitLsn);
        JsonWriter before = new JsonWriter(Integer.MAX_VALUE);
        before.ascii("{\"source\":");
        before.string(source.name());
        before.ascii(",\"database\":");
        before.string(source.database());
        before.ascii(",\"lsn\":\"" + commitLsn + "\",\"ordinal\":");
        metadataBeforeOrdinal = before.toBytes();
        metadataBehindOrdinal = (",\"xid\":" + begin.xid() + ",\"committedAt\":\"" + MICROS.format(begin.committedAt())
                        + '"')
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The commit time of a replicated transaction is set by its origin and may be infinity. */
    private static Instant storable(Instant committedAt) {
        if (committedAt.isBefore(Instant.EPOCH)) {
            return Instant.EPOCH;
        }
        return committedAt.isAfter(LATEST) ? LATEST : committedAt;
    }

    Lsn commitLsn() {
        return commitLsn;
    }

    /** Unsigned. */
    int xid() {
        return xid;
    }

    /** The commit time, in milliseconds. */
    Instant createdAt() {
        return createdAt;
    }

    /** The timeline in which the commit LSN was written. */
    int timeline() {
        return timeline;
    }

    /** The {@code metadata} of one of its events, without the closing brace. */
    void metadata(long ordinal, JsonWriter out) {
        out.raw(metadataBeforeOrdinal);
        out.ascii(Long.toString(ordinal));
        out.raw(metadataBehindOrdinal);
    }
}
