package nexus.mail;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import nexus.shape.Parcel;
import nexus.target.Described;
import nexus.target.MailAddress;
import nexus.target.MailTarget;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.Sender;
import nexus.target.SendingLoop;
import nexus.target.TargetType;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.WebhookConfig;
import org.jspecify.annotations.Nullable;

/**
 * Sends mails through the server of {@code SMTP_URL}. Each mail has a connection of its own; at most {@link #MAX_OPEN} are
 * open at once, since servers refuse a client that opens many, and further mails wait for their turn until their deadline.
 */
@Singleton
public final class MailSender implements Sender<MailTarget> {
    private static final int MAX_OPEN = 8;

    final Vertx vertx;
    final Context context;
    final TargetResolver resolver;
    final Duration timeout;

    private final Duration connectTimeout;
    private final Clock clock;
    private final Optional<SmtpServer> server;
    private final Set<MailExchange> open = new LinkedHashSet<>();
    private final Deque<MailExchange> waiting = new ArrayDeque<>();
    private @Nullable NetClient client; // made for the first mail

    public MailSender(
            Vertx vertx,
            SendingLoop loop,
            TargetResolver resolver,
            WebhookConfig webhooks,
            MailConfig mails,
            Clock clock) {
        this.vertx = vertx;
        this.context = loop.context();
        this.resolver = resolver;
        this.timeout = webhooks.timeout();
        this.connectTimeout = webhooks.connectTimeout();
        this.clock = clock;
        this.server = mails.smtpUrl().map(SmtpServer::parse);
    }

    @Override
    public TargetType type() {
        return TargetType.EMAIL;
    }

    @Override
    public Optional<String> unavailable() {
        return server.isPresent() ? Optional.empty() : Optional.of("needs an SMTP server: start Nexus with SMTP_URL");
    }

    @Override
    public Future<SendResult> send(MailTarget target, Parcel parcel, int attempt, Permission permission) {
        long startedAt = System.nanoTime();
        if (server.isEmpty()) {
            return onLoop(new SendResult.OutOfService("SMTP_URL is not set", null, Duration.ZERO));
        }
        Buffer mail = mail(server.get(), target, parcel, attempt).bytes();
        MailExchange exchange = new MailExchange(this, server.get(), target, mail, permission, startedAt);
        context.runOnContext(ignored -> {
            exchange.watch();
            waiting.add(exchange);
            startNext();
        });
        return exchange.result();
    }

    @Override
    public Described describe(MailTarget target, Parcel parcel, int attempt) {
        Mail mail = mail(
                server.orElseThrow(() -> new IllegalArgumentException("SMTP_URL is not set")), target, parcel, attempt);
        String to = target.to().stream().map(MailAddress::address).collect(Collectors.joining(","));
        return new Described("MAIL", "mailto:" + to, mail.unfolded(), Buffer.buffer(mail.body()));
    }

    private Mail mail(SmtpServer server, MailTarget target, Parcel parcel, int attempt) {
        return Mail.of(server.from(), target, MailContents.of(parcel), parcel, attempt, clock.instant());
    }

    private Future<SendResult> onLoop(SendResult result) {
        Promise<SendResult> promise = Promise.promise();
        context.runOnContext(ignored -> promise.complete(result));
        return promise.future();
    }

    private void startNext() {
        while (open.size() < MAX_OPEN) {
            MailExchange next = waiting.poll();
            if (next == null) {
                return;
            }
            open.add(next);
            next.start();
        }
    }

    /** Makes room for the next mail. */
    void ended(MailExchange exchange) {
        if (open.remove(exchange)) {
            startNext();
        } else {
            waiting.remove(exchange);
        }
    }

    @Override
    public void cutOff() {
        context.runOnContext(ignored -> {
            List<MailExchange> all = new ArrayList<>(waiting);
            all.addAll(open);
            all.stream().filter(MailExchange::isUnderLease).forEach(MailExchange::cutOff);
        });
    }

    /** On the loop alone. */
    NetClient client(SmtpServer server) {
        NetClient made = client;
        if (made == null) {
            NetClientOptions options = new NetClientOptions()
                    .setSsl(server.isImplicitTls())
                    .setHostnameVerificationAlgorithm("HTTPS")
                    .setConnectTimeout(Math.toIntExact(connectTimeout.toMillis()))
                    .setSslHandshakeTimeout(timeout.toMillis())
                    .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
            server.ca().ifPresent(ca -> options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(ca))));
            made = vertx.createNetClient(options);
            client = made;
        }
        return made;
    }

    @PreDestroy
    void close() {
        NetClient made = client;
        if (made != null) {
            made.close();
        }
    }
}
