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
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Whether Nexus does its work, part by part.
 *
 * @param status {@code ok} or {@code failing}
 * @param database {@code ok}, {@code unreachable}, or {@code locked} by a session that keeps events from being stored
 * @param commit what it was built from, {@code unknown} when it was built without git
 */
@Schema(name = "Health")
public record Health(
        @Schema(examples = OK) String status,
        @Schema(examples = OK) String database,
        Capture capture,
        @Schema(examples = "0.1.0") String version,
        @Schema(examples = "1a2b3c4d5e6f") String commit) {
    static final String OK = "ok";
    static final String FAILING = "failing";
    static final String UNREACHABLE = "unreachable";
    static final String LOCKED = "locked";
    /** Instead of texts that only a caller with a key may read. */
    static final String ASK = "ask with a key that may read";

    /** For so long it may be a restart of the source; after that somebody should know. */
    static final Duration CONNECTING_MAY_TAKE = Duration.ofSeconds(30);

    /** How capture is doing, as {@link CaptureState} says; what is not known is null. */
    @Schema(name = "CaptureHealth")
    record Capture(
            @Schema(
                    examples = "streaming",
                    enumeration = {
                        "creating",
                        "streaming",
                        "catching-up",
                        "standby",
                        "connecting",
                        "blocked",
                        "lost",
                        "off"
                    })
            String status,

            @Schema(examples = "2026-01-31T18:20:40.000Z") String since,

            @Schema(nullable = true, description = "Why, to a key that may read.") @Nullable
            String detail,

            @Schema(examples = "0", nullable = true) @Nullable
            Long lagBytes,

            @Schema(examples = "0", nullable = true) @Nullable
            Double lagSeconds,

            @Schema(examples = "0/1A2B3C8", nullable = true) @Nullable
            String confirmedLsn,

            @Schema(nullable = true, description = "The last gap: changes in it may have been missed.") @Nullable
            Gap gap,

            @Schema(nullable = true, description = "The slot's cost to the source, and how safe it is.") @Nullable
            Slot slot,

            @Schema(description = "What is wrong with tables or subscriptions while capture itself goes on.")
            List<Notice> warnings) {}

    @Schema(name = "CaptureWarning")
    record Notice(
            @Schema(examples = "coverage") String code,

            @Schema(examples = "1 subscription without all changes wanted: see warnings in GET /v1/subscriptions")
            String detail) {}

    /** The slot as the source sees it; a number that is not known, or without limit, is null. */
    @Schema(name = "SlotHealth")
    record Slot(
            @Schema(
                    examples = OK,
                    enumeration = {OK, "warning", "critical"})
            String level,

            @Schema(examples = "reserved", nullable = true) @Nullable
            String walStatus,

            @Schema(examples = "16777216", description = "WAL that the source keeps for it.")
            long retainedBytes,

            @Schema(examples = "1073741824", nullable = true) @Nullable
            Long safeBytes,

            @Schema(examples = "0", description = "Age of the oldest WAL kept for it.")
            long restartLagSeconds,

            @Schema(examples = "0") long confirmedLagBytes,
            @Schema(examples = "0") long confirmedLagSeconds,

            @Schema(
                    examples = "12",
                    nullable = true,
                    description = "Transactions since the oldest that it keeps from VACUUM.")
            @Nullable
            Long catalogXminAge,

            @Schema(nullable = true) @Nullable String invalidationReason,

            @Schema(nullable = true, description = "When it is lost if WAL goes on growing as now.") @Nullable
            Long lostInSeconds) {}

    /** A stretch of the WAL in which changes may have been missed. */
    @Schema(name = "Gap")
    record Gap(
            @Schema(examples = "0/1A2B3C8", nullable = true) @Nullable
            String from,

            @Schema(examples = "0/1B00000", nullable = true) @Nullable
            String to,

            @Schema(examples = "2026-01-31T17:00:00.000Z", nullable = true) @Nullable
            String since,

            @Schema(examples = "2026-01-31T18:00:00.000Z") String noticedAt,
            @Schema(examples = "the slot was dropped") String reason) {
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

    /** Without what may name a host, a role or SQL. */
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
