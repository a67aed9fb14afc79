package nexus.status.health;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import nexus.event.EventBody;
import nexus.process.Version;
import nexus.replication.state.CaptureState;
import nexus.replication.state.SlotHealth;
import org.jspecify.annotations.Nullable;

/**
 * The health of each part.
 *
 * @param status {@code ok} or {@code failing}
 * @param database {@code ok}, {@code unreachable}, or {@code locked} by a session that prevents events from being stored
 * @param commit commit of the build, {@code unknown} when it was built without git
 */
public record Health(String status, String database, Capture capture, String version, String commit) {
    static final String OK = "ok";
    static final String FAILING = "failing";
    static final String UNREACHABLE = "unreachable";
    static final String LOCKED = "locked";
    /** Replaces texts that only a caller with a key may read. */
    static final String ASK = "ask with a key that may read";

    /** Shorter outages are normal when the source restarts; longer ones are a failure. */
    static final Duration CONNECTING_MAY_TAKE = Duration.ofSeconds(30);

    /** The state of capture from {@link CaptureState}; unknown values are null. */
    record Capture(
            String status,
            String since,
            @Nullable String detail,
            @Nullable Long lagBytes,
            @Nullable Double lagSeconds,
            @Nullable String confirmedLsn,
            @Nullable Gap gap,
            @Nullable Slot slot,
            List<Notice> warnings) {}

    record Notice(String code, String detail) {}

    /** The slot as the source reports it; a number that is unknown or unlimited is null. */
    record Slot(
            String level,
            @Nullable String walStatus,
            long retainedBytes,
            @Nullable Long safeBytes,
            long restartLagSeconds,
            long confirmedLagBytes,
            long confirmedLagSeconds,
            @Nullable Long catalogXminAge,
            @Nullable String invalidationReason,
            @Nullable Long lostInSeconds) {}

    /** A range of WAL in which changes may have been missed. */
    record Gap(
            @Nullable String from,
            @Nullable String to,
            @Nullable String since,
            String noticedAt,
            String reason) {
        Gap withReason(String other) {
            return new Gap(from, to, since, noticedAt, other);
        }
    }

    static Health of(String database, CaptureState capture, Instant now, Version version) {
        return new Health(
                database.equals(OK) && captureWorks(capture, now) ? OK : FAILING,
                database,
                new Capture(
                        capture.status().text(),
                        EventBody.timestamp(capture.since()),
                        capture.detail().orElse(null),
                        boxed(capture.lagBytes()),
                        boxed(capture.lagSeconds()),
                        capture.confirmedLsn().orElse(null),
                        capture.gap().map(Health::gap).orElse(null),
                        capture.slot().map(Health::slot).orElse(null),
                        capture.notices().stream()
                                .map(notice -> new Notice(notice.code(), notice.detail()))
                                .toList()),
                version.number(),
                version.commit());
    }

    /** Removes texts that may contain a host, a role or SQL. */
    Health forAnybody() {
        return new Health(
                status,
                database,
                new Capture(
                        capture.status(),
                        capture.since(),
                        capture.detail() == null ? null : ASK,
                        capture.lagBytes(),
                        capture.lagSeconds(),
                        capture.confirmedLsn(),
                        capture.gap() == null ? null : capture.gap().withReason(ASK),
                        capture.slot(),
                        capture.warnings().stream()
                                .map(notice -> new Notice(notice.code(), ASK))
                                .toList()),
                version,
                commit);
    }

    @JsonIgnore
    boolean isOk() {
        return status.equals(OK);
    }

    private static boolean captureWorks(CaptureState capture, Instant now) {
        return switch (capture.status()) {
            case CREATING, STREAMING, CATCHING_UP, STANDBY, OFF -> true;
            case CONNECTING -> !now.isAfter(capture.since().plus(CONNECTING_MAY_TAKE));
            case BLOCKED, LOST -> false;
        };
    }

    private static Gap gap(CaptureState.Gap gap) {
        return new Gap(
                gap.from().orElse(null),
                gap.to().orElse(null),
                gap.since().map(EventBody::timestamp).orElse(null),
                EventBody.timestamp(gap.noticedAt()),
                gap.reason());
    }

    private static Slot slot(SlotHealth slot) {
        return new Slot(
                slot.level().text(),
                slot.walStatus().orElse(null),
                slot.retainedBytes(),
                boxed(slot.safeBytes()),
                slot.restartLag().toSeconds(),
                slot.confirmedLagBytes(),
                slot.confirmedLag().toSeconds(),
                boxed(slot.xminAge()),
                slot.invalidation().orElse(null),
                slot.lostIn().map(Duration::toSeconds).orElse(null));
    }

    private static @Nullable Long boxed(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static @Nullable Double boxed(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
