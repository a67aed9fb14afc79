package nexus.testkit;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One packaged Nexus with a key, for all classes of tests that do not mind each other's rows. */
public final class KeyedNexus implements BeforeAllCallback {
    public static final String KEY = "keyed-nexus-key-0123456789";

    private static @Nullable PackagedNexus nexus;

    /** Ends it when the last test of the run is over. */
    private record Ending() implements AutoCloseable {
        @Override
        public void close() {
            nexus().close();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).computeIfAbsent(Ending.class, first -> {
            nexus = PackagedNexus.start(Map.of(
                    "API_KEYS", KEY,
                    "API_RATE", "100000",
                    "API_PUBLISH_RATE", "100000",
                    "SMTP_URL", "smtp://127.0.0.1:65533"));
            return new Ending();
        });
    }

    public static PackagedNexus nexus() {
        return Objects.requireNonNull(nexus, "the class is not extended with KeyedNexus");
    }

    /** With the key that may do everything. */
    public static ApiClient api() {
        return nexus().api().with("X-API-Key", KEY);
    }
}
