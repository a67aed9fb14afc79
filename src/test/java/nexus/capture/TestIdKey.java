package nexus.capture;

import java.util.Arrays;

/** Keys of event ids for tests. */
final class TestIdKey {
    static final EventIdKey ONE = of(1);

    private TestIdKey() {}

    static EventIdKey of(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return new EventIdKey(bytes);
    }
}
