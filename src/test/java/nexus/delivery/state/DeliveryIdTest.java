package nexus.delivery.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import nexus.queue.owed.DeliveryKey;
import nexus.refusal.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryIdTest {
    private static final DeliveryId ID = new DeliveryId(1, new DeliveryKey(LocalDate.of(2026, 1, 31), 12, 3, 4567));

    @Test
    void anIdSaysWhereTheDeliveryIs() {
        assertThat(ID).hasToString("dlv_1_20260131_12_3_4567");
        assertThat(DeliveryId.parse("dlv_1_20260131_12_3_4567")).contains(ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dlv_1_20260131_12_3",
                "dlv_1_20260131_12_3_4567 ",
                "dlv_01_20260131_12_3_4567",
                "dlv_1_20260231_12_3_4567",
                "dlv_1_2026-01-31_12_3_4567",
                "dlv_1_20260131_0_3_4567",
                "dlv_1_20260131_12_8_4567",
                "dlv_1_20260131_12_3_-1",
                "dlv_1_20260131_12_3_9999999999999999999",
                "dlv_9999999999_20260131_12_3_1",
                "DLV_1_20260131_12_3_4567"
            })
    void aTextThatNoDeliveryCanHaveIsNotFound(String text) {
        assertThat(DeliveryId.parse(text)).isEmpty();
        assertThatThrownBy(() -> DeliveryId.inPath(text)).isInstanceOf(Refusal.NotFound.class);
    }
}
