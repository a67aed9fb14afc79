package nexus.trace;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Map;
import java.util.Optional;

/** Export of traces. Without an endpoint nothing is traced. */
@ConfigMapping(prefix = "nexus.trace")
public interface TraceConfig {
    /** {@code OTEL_EXPORTER_OTLP_ENDPOINT}: of a collector that takes OTLP over HTTP; spans go to {@code /v1/traces} below it. */
    Optional<String> endpoint();

    /** {@code OTEL_EXPORTER_OTLP_HEADERS}: {@code name=value} pairs with commas between them, often with a credential. */
    Optional<String> headers();

    /** {@code OTEL_SERVICE_NAME}: the service name of the traces. */
    @WithDefault("nexus")
    String serviceName();

    /** {@code OTEL_TRACES_SAMPLER_ARG}: the share of events that is traced, 0 to 1. Lower it for high rates. */
    @WithDefault("1")
    double ratio();

    /** The pairs of {@link #headers}. */
    default Map<String, String> headerPairs() {
        return TraceHeaders.parse(headers().orElse(""));
    }
}
