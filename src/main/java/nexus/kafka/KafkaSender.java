package nexus.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import nexus.shape.Parcel;
import nexus.target.Described;
import nexus.target.KafkaTarget;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.Sender;
import nexus.target.SendingLoop;
import nexus.target.TargetType;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.WebhookConfig;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Produces records. Kafka's client waits in the thread that calls it, for the cluster's metadata and for memory, so each
 * record is sent in a virtual thread.
 */
@Singleton
public final class KafkaSender implements Sender<KafkaTarget> {
    private static final Duration CLOSE_UNUSED = Duration.ofSeconds(60);
    private static final Duration LOOK_FOR_UNUSED = Duration.ofSeconds(15);

    final Vertx vertx;
    final Context context;
    final Duration timeout;

    private final TargetResolver resolver;
    private final RecordHeaders headers;
    private final Set<Production> open = new LinkedHashSet<>(); // on the loop
    private @Nullable Producers producers; // made for the first record, on the loop
    private boolean isTidying;

    /** @param version of Nexus, for the header {@code User-Agent} */
    public KafkaSender(
            Vertx vertx,
            SendingLoop loop,
            TargetResolver resolver,
            WebhookConfig config,
            Clock clock,
            RandomGenerator random,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.vertx = vertx;
        this.context = loop.context();
        this.timeout = config.timeout();
        this.resolver = resolver;
        this.headers = new RecordHeaders(version, clock, random);
    }

    @Override
    public TargetType type() {
        return TargetType.KAFKA;
    }

    @Override
    public Future<SendResult> send(KafkaTarget target, Parcel parcel, int attempt, Permission permission) {
        Production production = new Production(this, target, parcel, permission, System.nanoTime());
        Map<String, String> written = headers.of(target, parcel, attempt);
        context.runOnContext(ignored -> {
            open.add(production);
            production.start(producers(), written);
            tidy();
        });
        return production.result();
    }

    /** The key stands in the URL when the target has one of its own; the ordering key belongs to a delivery. */
    @Override
    public Described describe(KafkaTarget target, Parcel parcel, int attempt) {
        String place = "kafka://" + String.join(",", target.cluster().brokers()) + '/' + target.topic();
        String key = RecordKey.of(target, parcel)
                .map(bytes -> "?key="
                        + URLEncoder.encode(new String(bytes, UTF_8), UTF_8).replace("+", "%20"))
                .orElse("");
        return new Described("PRODUCE", place + key, headers.of(target, parcel, attempt), parcel.body());
    }

    private Producers producers() {
        Producers known = producers;
        if (known == null) {
            known = new Producers(cluster -> GuardedProducer.open(cluster, resolver, timeout));
            producers = known;
        }
        return known;
    }

    /** While there are clients, looks for unused ones. */
    private void tidy() {
        if (!isTidying) {
            isTidying = true;
            vertx.setTimer(LOOK_FOR_UNUSED.toMillis(), ignored -> {
                isTidying = false;
                if (producers().closeUnused(CLOSE_UNUSED) || !open.isEmpty()) {
                    tidy();
                }
            });
        }
    }

    void ended(Production production) {
        open.remove(production);
    }

    /** Records that were handed to a client can be called back only by closing it. */
    @Override
    public void cutOff() {
        context.runOnContext(ignored -> {
            List<Production> underLease =
                    open.stream().filter(Production::isUnderLease).toList();
            if (!underLease.isEmpty()) {
                producers().closeAll();
                underLease.forEach(Production::cutOff);
            }
        });
    }

    @PreDestroy
    void close() {
        Producers made = producers;
        if (made != null) {
            made.closeAll();
        }
    }
}
