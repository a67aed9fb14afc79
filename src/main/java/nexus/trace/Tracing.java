package nexus.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One trace per event: the intake span, from the request or the commit to the store, and below it a span for each attempt.
 * Spans that the collector does not accept in time are dropped; nothing waits for it.
 */
@Singleton
public final class Tracing {
    private static final Logger LOG = Logger.getLogger(Tracing.class);
    private static final int MOST_WAITING = 8_192;
    private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(10);
    private static final int LAST_EXPORT_SECONDS = 5;

    private final @Nullable SdkTracerProvider provider;
    private final @Nullable Tracer tracer;
    private final GivenIds ids = new GivenIds();
    private final double ratio;

    @Inject
    public Tracing(TraceConfig config) {
        this.ratio = config.ratio();
        this.provider =
                config.endpoint().map(endpoint -> provider(endpoint, config)).orElse(null);
        this.tracer = provider == null ? null : provider.get("nexus");
    }

    private Tracing() {
        this.ratio = 0;
        this.provider = null;
        this.tracer = null;
    }

    /** Without a collector. */
    public static Tracing off() {
        return new Tracing();
    }

    private SdkTracerProvider provider(String endpoint, TraceConfig config) {
        String base = endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint;
        OtlpHttpSpanExporterBuilder exporter =
                OtlpHttpSpanExporter.builder().setEndpoint(base + "/v1/traces").setTimeout(EXPORT_TIMEOUT);
        config.headerPairs().forEach(exporter::addHeader);
        LOG.infof("traces are exported service=%s ratio=%s", config.serviceName(), ratio);
        return SdkTracerProvider.builder()
                .setResource(Resource.getDefault().toBuilder()
                        .put("service.name", config.serviceName())
                        .build())
                .setIdGenerator(ids)
                .addSpanProcessor(BatchSpanProcessor.builder(exporter.build())
                        .setMaxQueueSize(MOST_WAITING)
                        .build())
                .build();
    }

    public boolean isOn() {
        return tracer != null;
    }

    /**
     * Records that a published event was stored.
     *
     * @param caller the {@code traceparent} of the request; it is linked, because a trace of many events would be useless
     */
    public void published(UUID event, String type, Instant startedAt, Optional<String> caller) {
        tookIn("nexus publish", event, type, startedAt, caller);
    }

    /** Records that a row change, or an event from SQL, was stored. */
    public void captured(UUID event, String type, Instant committedAt) {
        tookIn("nexus capture", event, type, committedAt, Optional.empty());
    }

    private void tookIn(String name, UUID event, String type, Instant startedAt, Optional<String> caller) {
        Tracer on = tracer;
        TraceIds trace = new TraceIds(event);
        if (on == null || !trace.isSampled(ratio)) {
            return;
        }
        SpanBuilder builder = on.spanBuilder(name)
                .setNoParent()
                .setSpanKind(SpanKind.PRODUCER)
                .setStartTimestamp(startedAt)
                .setAllAttributes(attributes(event, type));
        caller.map(Traceparent::parse).filter(SpanContext::isValid).ifPresent(builder::addLink);
        ids.with(trace, builder::startSpan).end();
    }

    /**
     * Starts the span of a request to a receiver.
     *
     * @param host of the receiver; the rest of its URL may be a credential
     * @return null when the event is not traced
     */
    public @Nullable AttemptSpan attempt(UUID event, String type, int attempt, String method, String host) {
        Tracer on = tracer;
        if (on == null) {
            return null;
        }
        TraceIds trace = new TraceIds(event);
        if (!trace.isSampled(ratio)) {
            return null;
        }
        SpanContext parent = SpanContext.createFromRemoteParent(
                trace.traceId(), trace.rootSpanId(), TraceFlags.getSampled(), TraceState.getDefault());
        return new AttemptSpan(on.spanBuilder("nexus deliver")
                .setParent(Context.root().with(Span.wrap(parent)))
                .setSpanKind(SpanKind.CLIENT)
                .setAllAttributes(attributes(event, type))
                .setAttribute("nexus.attempt", (long) attempt)
                .setAttribute("http.request.method", method)
                .setAttribute("server.address", host)
                .startSpan());
    }

    /** Waits a few seconds for spans that are not exported yet. */
    @PreDestroy
    public void close() {
        SdkTracerProvider running = provider;
        if (running != null) {
            running.shutdown().join(LAST_EXPORT_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static Attributes attributes(UUID event, String type) {
        return Attributes.builder()
                .put("nexus.event.id", event.toString())
                .put("nexus.event.type", type)
                .build();
    }

    /** Generates random ids, except for a span whose ids are given. */
    private static final class GivenIds implements IdGenerator {
        private final ThreadLocal<@Nullable TraceIds> given = new ThreadLocal<>();

        Span with(TraceIds trace, Supplier<Span> start) {
            given.set(trace);
            try {
                return start.get();
            } finally {
                given.remove();
            }
        }

        @Override
        public String generateSpanId() {
            TraceIds trace = given.get();
            return trace == null ? IdGenerator.random().generateSpanId() : trace.rootSpanId();
        }

        @Override
        public String generateTraceId() {
            TraceIds trace = given.get();
            return trace == null ? IdGenerator.random().generateTraceId() : trace.traceId();
        }
    }
}
