package nexus.capture;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import nexus.pgoutput.Lsn;
import nexus.pgoutput.PgOutputMessage.Begin;

/** What the events of one transaction have in common. */
final class SourceTransaction {
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final Lsn commitLsn;
    private final Instant createdAt;
    private final int timeline;
    private final byte[] metadataBeforeOrdinal;
    private final byte[] metadataBehindOrdinal;

    SourceTransaction(SourceIdentity source, Begin begin) {
        commitLsn = begin.commitLsn();
        createdAt = begin.committedAt().truncatedTo(ChronoUnit.MILLIS);
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

    Lsn commitLsn() {
        return commitLsn;
    }

    /** The commit time, in milliseconds. */
    Instant createdAt() {
        return createdAt;
    }

    /** In which the commit LSN was written. */
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
