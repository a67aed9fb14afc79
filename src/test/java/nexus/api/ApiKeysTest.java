package nexus.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ApiKeysTest {
    @Test
    void eachKeyIsACallerOfItsOwnWhoseScopeDoesNotTellTheKey() {
        ApiKeys keys = new ApiKeys(List.of("first-key", " second-key "));
        Caller first = keys.callerWith("first-key").orElseThrow();
        Caller second = keys.callerWith("second-key").orElseThrow();
        assertThat(first).isNotEqualTo(second);
        assertThat(first.scope()).doesNotContain("first-key").matches("[0-9a-f]{24}");
    }

    @Test
    void anyOtherTextIsNobody() {
        ApiKeys keys = new ApiKeys(List.of("first-key"));
        assertThat(List.of("", "first-ke", "first-key2", "FIRST-KEY"))
                .allSatisfy(key -> assertThat(keys.callerWith(key)).isEmpty());
    }

    @Test
    void anEmptyEntryIsNoKey() {
        ApiKeys keys = new ApiKeys(List.of("", "  "));
        assertThat(keys.isEmpty()).isTrue();
        assertThat(keys.callerWith("")).isEmpty();
    }
}
