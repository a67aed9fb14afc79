package nexus.doctor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import nexus.doctor.check.Check;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureChecksTest {

    @ParameterizedTest
    @CsvSource({
        "undecoded, undecoded-values, carry them as texts, metadata.undecoded",
        "reduced, store-reduced-events, carry their key columns alone, nexus.event",
        "refused, store-refused-events, are left out, Send again by hand"
    })
    void troubleIsToldWithItsNumberTimePlaceAndReason(String kind, String name, String what, String fix) {
        Check check = CaptureChecks.of(List.of(new StoreFacts.Trouble(
                        kind,
                        3,
                        Instant.parse("2026-01-31T18:20:43Z"),
                        Instant.parse("2026-01-31T19:20:43Z"),
                        "public.orders",
                        "not JSON")))
                .getFirst();
        assertThat(check.check()).isEqualTo(name);
        assertThat(check.weight()).isEqualTo(Check.Status.WARN);
        assertThat(check.detail())
                .contains("3 row changes since 2026-01-31T18:20:43.000Z", what, "in public.orders: not JSON");
        assertThat(check.fix()).contains(fix);
    }

    @Test
    void nothingIsToldOfAWeekWithout() {
        assertThat(CaptureChecks.of(List.of())).isEmpty();
    }
}
