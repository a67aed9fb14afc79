package nexus.heap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YoungGenerationTest {
    @ParameterizedTest(name = "of {0} MiB")
    @CsvSource({
        "40, 40, 16", // MiB of heap; percent; MiB
        "64, 25, 16", // a container of 80 MiB
        "102, 18, 18",
        "204, 34, 69", // of 256 MiB
        "409, 42, 171", // of 512 MiB
        "819, 31, 253", // of 1 GiB
        "18800, 1, 188",
        "100000, 1, 1000",
        "20, 50, 10"
    })
    void itIsAPartOfTheHeapThatLeavesRoomForWhatStays(long heap, int percent, long size) {
        assertThat(YoungGeneration.percentOf(heap << 20)).isEqualTo(percent);
        assertThat(heap * percent / 100).isEqualTo(size);
    }
}
