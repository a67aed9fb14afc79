package nexus.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import nexus.doctor.check.Check;
import nexus.replication.state.CaptureStatus.Undecoded;
import org.junit.jupiter.api.Test;

class CaptureChecksTest {

    @Test
    void undecodedValuesAreToldWithTheirNumberTimeTableAndReason() {
        Check check = CaptureChecks.undecoded(new Undecoded(
                3,
                Instant.parse("2026-01-31T18:20:43Z"),
                Instant.parse("2026-01-31T19:20:43Z"),
                "public.orders",
                "not JSON"));
        assertThat(check.check()).isEqualTo("undecoded-values");
        assertThat(check.weight()).isEqualTo(Check.Status.WARN);
        assertThat(check.detail())
                .contains("3 row changes since 2026-01-31T18:20:43.000Z", "in public.orders: not JSON");
        assertThat(check.fix()).contains("metadata.undecoded");
    }
}
