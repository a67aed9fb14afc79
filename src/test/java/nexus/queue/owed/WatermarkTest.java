package nexus.queue.owed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import nexus.queue.owed.Watermark.Look;
import org.junit.jupiter.api.Test;

class WatermarkTest {
    private final Watermark watermark = new Watermark();

    @Test
    void whatWasDrawnIsSafeOnceItsWritersHaveEnded() {
        watermark.look(new Look(100, Set.of("3/17")));
        watermark.look(new Look(150, Set.of("3/17", "4/2")));
        assertThat(watermark.safe()).as("3/17 may have drawn less than 100").isZero();

        watermark.look(new Look(200, Set.of("4/2")));
        assertThat(watermark.safe()).isEqualTo(100);

        watermark.look(new Look(250, Set.of("5/1")));
        assertThat(watermark.safe()).isEqualTo(200);
    }
}
