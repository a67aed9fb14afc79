package nexus.testkit;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** Config mappings for tests, with the defaults of the real ones. */
public final class Configs {
    private Configs() {}

    /** @param settings {@code name=value}, with the mapping's prefix in the name */
    public static <T> T of(Class<T> mapping, String... settings) {
        Map<String, String> values = Arrays.stream(settings)
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withMapping(mapping)
                .withDefaultValues(values)
                .withConverter(Duration.class, 300, new DurationConverter())
                .build();
        return config.getConfigMapping(mapping);
    }
}
