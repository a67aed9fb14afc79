package nexus.webhook;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import nexus.shape.Parcel;
import nexus.target.Described;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.Sender;
import nexus.target.SendingLoop;
import nexus.target.TargetType;
import nexus.target.WebhookTarget;
import nexus.target.credential.TargetAuth;
import nexus.trace.Tracing;
import nexus.webhook.connection.Connector;
import nexus.webhook.connection.HttpClients;
import nexus.webhook.guard.Endpoint;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.WebhookConfig;
import nexus.webhook.token.AccessTokens;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Sends webhooks.
 *
 * <p>It uses the plain HTTP client instead of Vert.x's web client, because answers are cut off in the middle of their body.
 */
@Singleton
public final class WebhookSender implements Sender<WebhookTarget> {
    /** Stands for a token that an authorization server would give. */
    private static final String UNKNOWN_TOKEN = "Bearer ***";

    final Vertx vertx;
    final Context context;
    final Connector connector;
    final AccessTokens tokens;
    final TargetResolver resolver;
    final WebhookHeaders headers;
    final Clock clock;
    final Duration timeout;
    final int maxAnswerBytes;
    final Tracing tracing;
    final OpenExchanges open;

    private final String version;
    private final RandomGenerator random;
    private final HttpClients clients;
    private final AtomicLong cutAnswers = new AtomicLong();

    /** @param version of Nexus, for the header {@code User-Agent} */
    @Inject
    public WebhookSender(
            Vertx vertx,
            SendingLoop loop,
            TargetResolver resolver,
            WebhookConfig config,
            Clock clock,
            RandomGenerator random,
            Tracing tracing,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.vertx = vertx;
        this.version = version;
        this.random = random;
        this.tracing = tracing;
        this.context = loop.context();
        this.resolver = resolver;
        this.headers = new WebhookHeaders(version, clock, random);
        this.clock = clock;
        this.timeout = config.timeout();
        this.maxAnswerBytes = config.maxAnswerBytes();
        this.open = new OpenExchanges(vertx, timeout);
        this.clients = new HttpClients(vertx, config);
        this.connector = new Connector(vertx, clients, config.keepAlive());
        this.tokens = new AccessTokens(vertx, context, resolver, connector, timeout);
    }

    @Override
    public TargetType type() {
        return TargetType.WEBHOOK;
    }

    /** Completes at the latest when {@code nexus.webhook.timeout} has passed. */
    @Override
    public Future<SendResult> send(WebhookTarget target, Parcel parcel, int attempt, Permission permission) {
        return send(new Outgoing.Signed(target, parcel), attempt, permission);
    }

    /**
     * Makes one request, for the sender of another type of targets too: it is guarded, limited and ended as webhooks are, by
     * {@link #cutOff} too.
     *
     * @param attempt its number among the attempts of the delivery, from 1
     */
    public Future<SendResult> send(Outgoing outgoing, int attempt, Permission permission) {
        Exchange exchange = new Exchange(this, outgoing, attempt, permission, System.nanoTime());
        if (Vertx.currentContext() == context) {
            exchange.start();
        } else {
            context.runOnContext(ignored -> exchange.start());
        }
        return exchange.result();
    }

    @Override
    public Described describe(WebhookTarget target, Parcel parcel, int attempt) {
        return describe(new Outgoing.Signed(target, parcel), attempt);
    }

    /** The request that {@link #send(Outgoing, int, Permission)} would make now. */
    public Described describe(Outgoing outgoing, int attempt) {
        Map<String, String> headers = new LinkedHashMap<>();
        // The sender's own writer belongs to its loop.
        new WebhookHeaders(version, clock, random)
                .write(
                        outgoing,
                        attempt,
                        authorization(outgoing),
                        null,
                        (name, value) -> headers.put(name.toString(), value.toString()));
        Buffer body = outgoing.request().hasBody() ? outgoing.body() : Buffer.buffer();
        return new Described(
                outgoing.request().method(),
                url(outgoing.endpoint(), outgoing.request().path()),
                headers,
                body);
    }

    private static String url(URI endpoint, String path) {
        return path.isEmpty()
                ? endpoint.toString()
                : endpoint.getScheme() + "://" + endpoint.getRawAuthority()
                        + Endpoint.of(endpoint).with(path).pathAndQuery();
    }

    private static String authorization(Outgoing outgoing) {
        return switch (outgoing.access().auth()) {
            case TargetAuth.None none -> "";
            case TargetAuth.Fixed fixed -> fixed.authorization();
            case TargetAuth.ClientCredentials credentials -> UNKNOWN_TOKEN;
        };
    }

    @Override
    public void cutOff() {
        if (Vertx.currentContext() == context) {
            open.cutOff();
        } else {
            context.runOnContext(ignored -> open.cutOff());
        }
    }

    /** Closes the connections; in-flight requests become {@link SendResult.Unreachable}. */
    @PreDestroy
    public void close() {
        clients.close();
    }

    /** Connections that are open now, over all hosts. */
    int connections() {
        return clients.connections();
    }

    /** Number of answers that were longer than the part that is read. */
    long cutAnswers() {
        return cutAnswers.get();
    }

    void answerCut() {
        cutAnswers.incrementAndGet();
    }
}
