package nexus.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Random;
import nexus.pgoutput.Lsn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResumePointTest {

    @ParameterizedTest
    @CsvSource({
        "0/0, 0, , ",
        "0/1A2B3C8, 1A2B3C8, , ",
        "FFFFFFFF/FFFFFFFF, FFFFFFFFFFFFFFFF, , ",
        "0/64 0/12C:7, 64, 12C, 7",
        "1/64 80000000/0:9223372036854775807, 100000064, 8000000000000000, 9223372036854775807"
    })
    void aPointHasOneSpelling(String text, String done, String commit, Long ordinal) {
        ResumePoint point = new ResumePoint(
                lsn(done), commit == null ? Optional.empty() : Optional.of(new ResumePoint.Open(lsn(commit), ordinal)));
        assertThat(point.text()).isEqualTo(text);
        assertThat(ResumePoint.parse(text)).isEqualTo(point);
    }

    @Test
    void everyPointIsReadAsItWasWritten() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            ResumePoint point = any(random);
            assertThat(ResumePoint.parse(point.text())).isEqualTo(point);
            assertThat(ResumePoint.parse(point.text()).text()).isEqualTo(point.text());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "0",
                "0/",
                "/0",
                "0/1 ",
                " 0/1",
                "0/1 0/2",
                "0/1 0/2:",
                "0/1 :3",
                "0/1 0/2:-3",
                "0/1 0/2:x",
                "0/1  0/2:3",
                "0/1 0/2:3 ",
                "0/1 0/2:3 0/4:5",
                "0/1:3",
                "0/1 0/2:9223372036854775808",
                "0/123456789",
                "0/1\n",
                "0/1 0/2:3\n",
                "0/1 0/2:३"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> ResumePoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static ResumePoint any(Random random) {
        Lsn done = new Lsn(random.nextLong() >>> random.nextInt(64));
        return random.nextBoolean()
                ? ResumePoint.between(done)
                : new ResumePoint(
                        done,
                        Optional.of(new ResumePoint.Open(
                                new Lsn(random.nextLong() >>> random.nextInt(64)),
                                random.nextLong() >>> 1 >>> random.nextInt(63))));
    }

    private static Lsn lsn(String hex) {
        return new Lsn(Long.parseUnsignedLong(hex, 16));
    }
}
