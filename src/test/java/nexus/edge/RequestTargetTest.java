package nexus.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1/events?type=a.b",
                "/x?y=%C3%A9%20%2F",
                "/x?y=%F0%9F%98%80",
                "/%00",
                "*",
                "http://localhost/x",
                "HTTPS://localhost"
            })
    void percentEncodedUtf8IsReadable(String uri) {
        assertThat(RequestTarget.isReadable(uri)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%",
                "/a\\b",
                "x",
                "",
                "localhost:80",
                "/a#b",
                "/a b",
                "/\u00e9",
                "/\u0001",
                "/x?y=%4",
                "/x?y=%zz",
                "/x?y=%ff",
                "/x?y=%C3",
                "/x?y=%ED%A0%80",
                "/x?y=%C0%AF"
            })
    void anythingElseIsNot(String uri) {
        assertThat(RequestTarget.isReadable(uri)).isFalse();
    }
}
