package nexus.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import nexus.subscription.Batch;
import nexus.testkit.TestSubscription;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackfillStepsTest {
    @ParameterizedTest
    @CsvSource({"100, 256", "500, 1000", "1000, 2000"})
    void moreThanOneBatchMayBeOwed(int maxSize, int most) {
        Batch batch = new Batch(maxSize, Duration.ofSeconds(60));
        assertThat(BackfillSteps.mostOwed(
                        TestSubscription.ofLane(1).batch(Optional.of(batch)).build()))
                .isEqualTo(most);
    }
}
