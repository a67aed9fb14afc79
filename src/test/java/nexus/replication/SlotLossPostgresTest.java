package nexus.replication;

import static nexus.replication.CapturingProcess.stored;
import static nexus.testkit.TestPostgres.await;
import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import nexus.api.caller.AuditedChange;
import nexus.refusal.Refusal;
import nexus.replication.state.CaptureState.Status;
import nexus.replication.state.SlotHealth;
import nexus.testkit.Eventually;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The slot dropped, invalidated or too expensive, and the ways out. */
class SlotLossPostgresTest {
    private static final String ALL = "pg.public.orders.*";

    private final String url = TestPostgres.freshStore();

    @BeforeEach
    void aTable() {
        execute(url, "CREATE TABLE orders (id int PRIMARY KEY, note text)");
    }

    @AfterEach
    void freeTheSlot() {
        if (!query(url, "SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + CapturingProcess.slot(url) + "'")
                .isEmpty()) {
            CapturingProcess.dropSlot(url);
        }
    }

    @Test
    void aDroppedSlotIsMadeAgainOnRequestAndTheGapRecordedAndTold() {
        captureOne();
        CapturingProcess.dropSlot(url);
        execute(url, "INSERT INTO orders VALUES (2, 'missed')");
        try (CapturingProcess process =
                new CapturingProcess(url, ALL, "nexus.source.*").started().in(Status.LOST)) {
            assertThat(process.status.current().detail().orElse("")).contains("POST /v1/source/reset");
            await(process.reset.fromNow(AuditedChange.NONE));
            process.in(Status.STREAMING);
            assertThat(process.status.current().gap().orElseThrow().reason()).contains("dropped", "on request");
            execute(url, "INSERT INTO orders VALUES (3, 'c')");
            process.hasStored(2);
        }
        assertThat(stored(url)).containsExactly("pg.public.orders.insert 1", "pg.public.orders.insert 3");
        assertThat(query(url, "SELECT reset_requested_at IS NULL FROM nexus.source_position"))
                .containsExactly("t");
        assertThat(query(url, "SELECT count(*) FROM nexus.source_gap WHERE since IS NOT NULL AND to_lsn > from_lsn"))
                .containsExactly("1");
        assertThat(query(url, "SELECT cardinality(lanes) FROM nexus.event WHERE type = 'nexus.source.gap'"))
                .containsExactly("1");
    }

    @Test
    void aDroppedSlotIsMadeAgainByItselfWhenThatIsThePolicy() {
        captureOne();
        CapturingProcess.dropSlot(url);
        try (CapturingProcess process = new CapturingProcess(
                        url,
                        new CapturingProcess.Settings(url, 2000) {
                            @Override
                            public SlotLost slotLost() {
                                return SlotLost.RECREATE;
                            }
                        },
                        ALL)
                .streaming()) {
            assertThat(process.status.current().gap().orElseThrow().reason()).contains("NEXUS_SLOT_LOST");
            execute(url, "INSERT INTO orders VALUES (3, 'c')");
            process.hasStored(2);
        }
    }

    @Test
    void aSlotThatIsReadIsNotReset() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            assertThatThrownBy(() -> await(process.reset.fromNow(AuditedChange.NONE)))
                    .isInstanceOfSatisfying(Refusal.Conflict.class, refusal -> assertThat(refusal.code())
                            .isEqualTo("capture-not-lost"));
            assertThat(query(url, "SELECT reset_requested_at IS NULL FROM nexus.source_position"))
                    .containsExactly("t");
        }
    }

    @Test
    void aSlotThatCanNeverReadOnIsReplacedOnRequest() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            execute(url, "ALTER TABLE nexus.event ADD CONSTRAINT refused CHECK (type LIKE 'nexus.%')");
            execute(url, "INSERT INTO orders VALUES (1, 'never stored')");
            process.in(Status.CONNECTING);
            Eventually.eventually("it has failed for long enough", () -> {
                try {
                    await(process.reset.fromNow(AuditedChange.NONE));
                    return true;
                } catch (Refusal.Conflict e) {
                    return false;
                }
            });
            process.in(Status.STREAMING);
            execute(url, "ALTER TABLE nexus.event DROP CONSTRAINT refused");
            execute(url, "INSERT INTO orders VALUES (2, 'b')");
            process.hasStored(1);
        }
        assertThat(stored(url)).containsExactly("pg.public.orders.insert 2");
    }

    @Test
    void aResetThatIsRequestedWhileTheSlotIsOpenedIsCarriedOut() throws SQLException {
        captureOne();
        try (Connection request = TestPostgres.connect(url);
                Statement statement = request.createStatement()) {
            request.setAutoCommit(false);
            statement.execute("UPDATE nexus.source_position SET reset_requested_at = now()");
            try (CapturingProcess process = new CapturingProcess(url, ALL).started()) {
                Eventually.eventually("the slot is open, and the position waits for the request", () -> !query(
                                url,
                                "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
                                        + " AND query LIKE '%source_position%'")
                        .isEmpty());
                request.commit();

                Eventually.eventually("the gap is recorded", () -> query(url, "SELECT reason FROM nexus.source_gap")
                        .equals(List.of("the slot was reset on request")));
                process.in(Status.STREAMING);
                assertThat(query(url, "SELECT reset_requested_at IS NULL FROM nexus.source_position"))
                        .containsExactly("t");
            }
        }
    }

    @Test
    void aRequestThatCaptureHasGoneOnSinceGivesNothingUp() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            execute(url, "UPDATE nexus.source_position SET reset_requested_at = now()");
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.hasStored(1);
        }
        execute(url, "INSERT INTO orders VALUES (2, 'committed while nobody reads')");
        try (CapturingProcess process = new CapturingProcess(url, ALL).started()) {
            process.hasStored(2);
        }
        assertThat(query(url, "SELECT reason FROM nexus.source_gap")).isEmpty();
    }

    @Test
    void theSlotSurvivesAFailoverWhereTheServerKnowsHow() {
        captureOne();
        assertThat(query(url, """
                SELECT coalesce(to_jsonb(s) ->> 'failover', 'unknown')
                           = CASE WHEN current_setting('server_version_num')::int >= 170000 THEN 'true' ELSE 'unknown' END
                FROM pg_replication_slots s WHERE slot_name = '""" + CapturingProcess.slot(url) + "'")).containsExactly("t");
    }

    @Test
    void theSlotIsSeenInHealthAndItsCostTold() {
        try (CapturingProcess process = new CapturingProcess(
                        url,
                        new CapturingProcess.Settings(url, 2000) {
                            @Override
                            public long lagWarnBytes() {
                                return 1;
                            }
                        },
                        "nexus.source.lag")
                .streaming()) {
            Eventually.eventually("the warning is stored", () -> query(
                            url, "SELECT convert_from(body, 'UTF8')::jsonb #>> '{payload,data,level}' FROM nexus.event")
                    .contains("critical"));
            SlotHealth health = process.status.current().slot().orElseThrow();
            assertThat(health.walStatus()).contains("reserved");
            assertThat(health.retainedBytes()).isPositive();
        }
    }

    @Test
    void aSlotThatIsTooExpensiveIsGivenUpOnlyWhileNothingIsRead() {
        CapturingProcess.Settings settings = new CapturingProcess.Settings(url, 2000) {
            @Override
            public OptionalLong slotMaxLag() {
                return OptionalLong.of(1);
            }

            @Override
            public Duration stuckAfter() {
                return Duration.ofSeconds(3);
            }
        };
        try (CapturingProcess process = new CapturingProcess(url, settings, ALL).streaming()) {
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.hasStored(1);
            Eventually.eventually(
                    "it was looked at", () -> process.status.current().slot().isPresent());
            assertThat(process.status.current().status()).isEqualTo(Status.STREAMING);
            execute(url, "ALTER TABLE nexus.event ADD CONSTRAINT refused CHECK (type LIKE 'nexus.%') NOT VALID");
            execute(url, "INSERT INTO orders VALUES (2, 'never stored')");
            process.in(Status.LOST);
            assertThat(query(url, "SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + settings.slot() + "'"))
                    .isEqualTo(List.of());
        }
    }

    private void captureOne() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.hasStored(1);
        }
    }
}
