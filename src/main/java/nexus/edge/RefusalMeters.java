package nexus.edge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Meter names are public: README.md lists them. */
@Singleton
public class RefusalMeters {
    private static final String OTHER = "other";

    private final Map<String, Counter> byCode;

    @Inject
    RefusalMeters(MeterRegistry registry) {
        this.byCode = Stream.of(
                        "unauthorized",
                        "forbidden",
                        "rate-limited",
                        "too-many-in-progress",
                        "too-large",
                        "malformed",
                        OTHER)
                .collect(Collectors.toUnmodifiableMap(code -> code, code -> Counter.builder("nexus.api.refused")
                        .description("Requests refused before anything of them was read")
                        .tag("code", code)
                        .register(registry)));
    }

    public void refused(String code) {
        Counter counter = byCode.get(byCode.containsKey(code) ? code : OTHER);
        if (counter != null) {
            counter.increment();
        }
    }
}
