package nexus.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class InboxAddressTest {
    @ParameterizedTest
    @CsvSource({
        "/inbox/a, a",
        "/inbox/orders/, orders",
        "/inbox/orders/4711, orders",
        "/inbox/orders/a%20b/../c, orders",
        "/inbox/A-b_c.1, A-b_c.1",
        "/inbox/-, -"
    })
    void aPathLeadsToTheInboxThatItNames(String path, String name) {
        assertThat(InboxAddress.ofPath(path)).contains(new InboxAddress(name));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "/",
                "/inbox",
                "/inbox/",
                "/inbox//",
                "/inbox/.",
                "/inbox/..",
                "/inbox/../v1/keys",
                "/inbox/.hidden",
                "/inbox/a%2F",
                "/inbox/a b",
                "/inbox/a;b",
                "/inbox/é",
                "/INBOX/a",
                "//inbox/a",
                "/v1/inbox/a",
                "/inbox/a\n"
            })
    void anyOtherPathLeadsToNone(String path) {
        assertThat(InboxAddress.ofPath(path)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"64, true", "65, false"})
    void aNameHasABound(int length, boolean isValid) {
        assertThat(InboxAddress.ofPath("/inbox/" + "n".repeat(length)).isPresent())
                .isEqualTo(isValid);
    }
}
