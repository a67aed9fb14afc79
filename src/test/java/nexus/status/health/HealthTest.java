package nexus.status.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import nexus.process.Version;
import nexus.replication.state.CaptureState;
import nexus.replication.state.CaptureState.Status;
import nexus.replication.state.SlotHealth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthTest {
    private static final Version VERSION = new Version("0.1.0", "1a2b3c4d5e6f");
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43.400Z");

    @ParameterizedTest
    @CsvSource({
        "CREATING, 3600, true",
        "STREAMING, 3600, true",
        "CATCHING_UP, 3600, true",
        "STANDBY, 3600, true",
        "OFF, 3600, true",
        "CONNECTING, 30, true",
        "CONNECTING, 31, false",
        "BLOCKED, 0, false",
        "LOST, 0, false"
    })
    void onlyACaptureThatNeedsSomebodyIsFailing(Status status, int seconds, boolean ok) {
        CaptureState capture = CaptureState.of(status, NOW.minusSeconds(seconds));
        assertThat(Health.of(Health.OK, capture, NOW, VERSION).isOk()).isEqualTo(ok);
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsFailing() {
        assertThat(Health.of(Health.UNREACHABLE, CaptureState.of(Status.STREAMING, NOW), NOW, VERSION))
                .returns("failing", Health::status)
                .returns("unreachable", Health::database);
    }

    @Test
    void whatMayNameAHostARoleOrSqlIsNotForAnybody() throws JsonProcessingException {
        CaptureState capture = new CaptureState(
                Status.BLOCKED,
                NOW,
                Optional.of("role admin may not: GRANT x TO admin at db.internal:5432"),
                OptionalLong.of(4096),
                OptionalDouble.of(1.5),
                Optional.of("0/1A2B3C8"),
                Optional.of(new CaptureState.Gap(
                        Optional.empty(), Optional.of("0/1"), Optional.empty(), NOW, "admin dropped the slot")),
                Optional.empty(),
                List.of(new CaptureState.Notice("coverage", "admin has a table")));
        Health whole = Health.of(Health.OK, capture, NOW, VERSION);
        assertThat(new ObjectMapper().writeValueAsString(whole)).contains("admin");
        assertThat(new ObjectMapper().writeValueAsString(whole.forAnybody()))
                .doesNotContain("admin", "GRANT", "internal")
                .contains("\"status\":\"blocked\"", "\"lagBytes\":4096", "\"to\":\"0/1\"");
        assertThat(Health.of(Health.OK, CaptureState.of(Status.STREAMING, NOW), NOW, VERSION)
                        .forAnybody())
                .isEqualTo(Health.of(Health.OK, CaptureState.of(Status.STREAMING, NOW), NOW, VERSION));
    }

    @Test
    void everythingKnownOfCaptureIsShown() throws JsonProcessingException {
        CaptureState capture = new CaptureState(
                Status.CATCHING_UP,
                NOW,
                Optional.empty(),
                OptionalLong.of(4096),
                OptionalDouble.of(1.5),
                Optional.of("0/1A2B3C8"),
                Optional.of(new CaptureState.Gap(
                        Optional.empty(), Optional.of("0/1"), Optional.empty(), NOW, "the slot was dropped")),
                Optional.of(new SlotHealth(
                        SlotHealth.Level.WARNING,
                        Optional.of("extended"),
                        3000,
                        OptionalLong.of(1000),
                        Duration.ofSeconds(90),
                        2000,
                        Duration.ofSeconds(80),
                        OptionalLong.empty(),
                        Optional.empty(),
                        Optional.of(Duration.ofHours(3)))),
                List.of(new CaptureState.Notice("coverage", "1 subscription without all changes wanted")));
        assertThat(new ObjectMapper().writeValueAsString(Health.of(Health.OK, capture, NOW, VERSION)))
                .isEqualTo("{\"status\":\"ok\",\"database\":\"ok\",\"capture\":{\"status\":\"catching-up\","
                        + "\"since\":\"2026-01-31T18:20:43.400Z\",\"detail\":null,\"lagBytes\":4096,\"lagSeconds\":1.5,"
                        + "\"confirmedLsn\":\"0/1A2B3C8\",\"gap\":{\"from\":null,\"to\":\"0/1\",\"since\":null,"
                        + "\"noticedAt\":\"2026-01-31T18:20:43.400Z\",\"reason\":\"the slot was dropped\"},"
                        + "\"slot\":{\"level\":\"warning\",\"walStatus\":\"extended\",\"retainedBytes\":3000,"
                        + "\"safeBytes\":1000,\"restartLagSeconds\":90,\"confirmedLagBytes\":2000,"
                        + "\"confirmedLagSeconds\":80,\"catalogXminAge\":null,\"invalidationReason\":null,"
                        + "\"lostInSeconds\":10800},\"warnings\":[{\"code\":\"coverage\","
                        + "\"detail\":\"1 subscription without all changes wanted\"}]},"
                        + "\"version\":\"0.1.0\",\"commit\":\"1a2b3c4d5e6f\"}");
    }
}
