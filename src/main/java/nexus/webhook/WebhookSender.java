package nexus.webhook;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import nexus.target.SendResult;
import nexus.trace.Tracing;
import nexus.webhook.connection.Connector;
import nexus.webhook.connection.HttpClients;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.WebhookConfig;
import nexus.webhook.token.AccessTokens;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Sends webhooks, all on one event loop: one is faster than two here, and nothing needs a lock.
 *
 * <p>Uses the plain HTTP client instead of Vert.x's web client, because answers are cut off in the middle of their body.
 */
@Singleton
public final class WebhookSender {
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

    private final HttpClients clients;
    private final AtomicLong cutAnswers = new AtomicLong();

    /** @param version of Nexus, for the header {@code User-Agent} */
    @Inject
    public WebhookSender(
            Vertx vertx,
            TargetResolver resolver,
            WebhookConfig config,
            Clock clock,
            RandomGenerator random,
            Tracing tracing,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.vertx = vertx;
        this.tracing = tracing;
        // Vertx.getOrCreateContext() would share the context of whoever asks for this bean first.
        this.context = ((VertxInternal) vertx).createEventLoopContext();
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

    /**
     * Sends one request, from any thread.
     *
     * @return never fails; completes on {@link #context()}, at the latest when {@code nexus.webhook.timeout} has passed
     */
    public Future<SendResult> send(WebhookRequest request) {
        return begin(new Exchange(this, request, null, System.nanoTime()));
    }

    /**
     * As the other, for a request that is made under a lease.
     *
     * @param permitted asked right before the request is written: when it says no, the result is that it was not
     *     reached. {@link #cutOff()} ends it when it is under way.
     */
    public Future<SendResult> send(WebhookRequest request, BooleanSupplier permitted) {
        return begin(new Exchange(this, request, permitted, System.nanoTime()));
    }

    private Future<SendResult> begin(Exchange exchange) {
        if (Vertx.currentContext() == context) {
            exchange.start();
        } else {
            context.runOnContext(ignored -> exchange.start());
        }
        return exchange.result();
    }

    /** The lease is over: closes the sockets of all requests that are under way under it. */
    public void cutOff() {
        if (Vertx.currentContext() == context) {
            open.cutOff();
        } else {
            context.runOnContext(ignored -> open.cutOff());
        }
    }

    /** Where requests are made and results told. Who sends a lot works here too and saves a hop each way. */
    public Context context() {
        return context;
    }

    /** Drops the connections; requests under way become {@link SendResult.Unreachable}. */
    @PreDestroy
    public void close() {
        clients.close();
    }

    /** Connections that are open now, over all hosts. */
    int connections() {
        return clients.connections();
    }

    /** Answers so far that were longer than what is read. */
    long cutAnswers() {
        return cutAnswers.get();
    }

    void answerCut() {
        cutAnswers.incrementAndGet();
    }
}
