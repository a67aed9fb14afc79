package nexus.webhook.connection;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import nexus.target.credential.TlsIdentity;
import nexus.webhook.answer.AnswerLimits;
import nexus.webhook.answer.GuardedConnection;
import nexus.webhook.answer.MeteredTlsOptions;
import nexus.webhook.answer.ReceiverBreaches;
import nexus.webhook.guard.Endpoint;
import nexus.webhook.guard.TargetProxy;
import nexus.webhook.guard.WebhookConfig;

/**
 * The clients that requests go through, each with its pool of connections: one in the clear, one with TLS and HTTP/2
 * where the receiver offers it, one with TLS for receivers that require HTTP/1.1, and one or two for each TLS identity.
 * Belongs to the sender's event loop.
 */
public final class HttpClients {
    /** Of one host; each carries many requests at once. */
    private static final int HTTP_2_CONNECTIONS = 4;

    private static final int MAX_IDENTITIES = 256;

    private final Vertx vertx;
    private final WebhookConfig config;
    private final AnswerLimits limits;
    private final ReceiverBreaches breaches = new ReceiverBreaches();
    private final AtomicInteger connections = new AtomicInteger();
    private final TargetProxy proxy;
    private final HttpClient clear;
    private final HttpClient tls;
    private final HttpClient tlsOfHttp1;
    private final Map<Kind, HttpClient> ofIdentity = new LinkedHashMap<>(16, 0.75f, true);

    private record Kind(TlsIdentity identity, boolean isHttp1) {
        // written out for the native executable, as in event.EventType
        @Override
        public boolean equals(Object other) {
            return other instanceof Kind kind && isHttp1 == kind.isHttp1 && identity.equals(kind.identity);
        }

        @Override
        public int hashCode() {
            return identity.hashCode() + (isHttp1 ? 1 : 0);
        }
    }

    public HttpClients(Vertx vertx, WebhookConfig config) {
        this.vertx = vertx;
        this.config = config;
        this.limits = new AnswerLimits(config.maxHeaderBytes(), config.maxAnswerBytes());
        this.proxy = TargetProxy.of(config.proxy(), config.noProxy().orElse(List.of()));
        this.clear = client(clearOptions());
        this.tls = client(tlsOptions());
        this.tlsOfHttp1 = client(tlsOptionsOfHttp1());
    }

    /** A request to the very address that was judged, while the name stays what Host, SNI and certificate go by. */
    RequestOptions request(HttpMethod method, Endpoint endpoint, InetAddress address) {
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setServer(SocketAddress.inetSocketAddress(endpoint.port(), address.getHostAddress()))
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setSsl(endpoint.isTls())
                .setURI(endpoint.pathAndQuery())
                .setFollowRedirects(false);
        proxy.toward(endpoint, address).ifPresent(options::setProxyOptions);
        return options;
    }

    /** @param isHttp1 whether HTTP/2 is not offered to the receiver */
    HttpClient of(boolean isTls, Optional<TlsIdentity> identity, boolean isHttp1) {
        if (!isTls) {
            return clear;
        }
        if (identity.isPresent()) {
            return of(new Kind(identity.get(), isHttp1));
        }
        return isHttp1 ? tlsOfHttp1 : tls;
    }

    /** Connections that are open now, over all hosts. */
    public int connections() {
        return connections.get();
    }

    public void close() {
        clear.close();
        tls.close();
        tlsOfHttp1.close();
        ofIdentity.values().forEach(HttpClient::close);
    }

    private void opened(HttpConnection connection) {
        GuardedConnection.guard(connection, breaches, limits, config.keepAlive());
        connections.incrementAndGet();
        connection.closeHandler(ignored -> connections.decrementAndGet());
    }

    private HttpClient of(Kind kind) {
        HttpClient known = ofIdentity.get(kind);
        if (known != null) {
            return known;
        }
        if (ofIdentity.size() >= MAX_IDENTITIES) {
            Map.Entry<Kind, HttpClient> eldest =
                    ofIdentity.entrySet().iterator().next();
            HttpClient unused = eldest.getValue();
            ofIdentity.remove(eldest.getKey());
            vertx.setTimer(2 * config.timeout().toMillis(), later -> unused.close());
        }
        TlsIdentity identity = kind.identity();
        HttpClientOptions options = kind.isHttp1() ? tlsOptionsOfHttp1() : tlsOptions();
        identity.ca().ifPresent(ca -> options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(ca))));
        if (identity.certificate().isPresent() && identity.key().isPresent()) {
            options.setKeyCertOptions(new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(identity.certificate().get()))
                    .addKeyValue(Buffer.buffer(identity.key().get())));
        }
        HttpClient made = client(options);
        ofIdentity.put(kind, made);
        return made;
    }

    private HttpClient client(HttpClientOptions options) {
        return vertx.httpClientBuilder()
                .with(options)
                .with(new PoolOptions()
                        .setHttp1MaxSize(config.maxConnectionsPerHost())
                        .setHttp2MaxSize(HTTP_2_CONNECTIONS)
                        .setMaxWaitQueueSize(config.maxWaitingPerHost()))
                .withConnectHandler(this::opened)
                .build();
    }

    private HttpClientOptions tlsOptions() {
        HttpClientOptions options = clearOptions()
                .setSsl(true) // otherwise Vert.x ignores the engine's options, unless a certificate is set
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setUseAlpn(true);
        options.setSslEngineOptions(new MeteredTlsOptions(limits, config.timeout()))
                .getInitialSettings()
                .setMaxHeaderListSize(config.maxHeaderBytes())
                .setPushEnabled(false);
        return options.setHttp2KeepAliveTimeout(seconds(config.keepAlive()));
    }

    private HttpClientOptions tlsOptionsOfHttp1() {
        return clearOptions().setUseAlpn(true).setAlpnVersions(List.of(HttpVersion.HTTP_1_1));
    }

    private HttpClientOptions clearOptions() {
        return new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setUseAlpn(false)
                .setKeepAlive(true)
                .setKeepAliveTimeout(seconds(config.keepAlive()))
                .setPipelining(false)
                .setConnectTimeout(Math.toIntExact(config.connectTimeout().toMillis()))
                .setSslHandshakeTimeout(config.timeout().toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setVerifyHost(true)
                .setDecompressionSupported(false)
                .setMaxHeaderSize(config.maxHeaderBytes());
    }

    private static int seconds(Duration duration) {
        return Math.toIntExact(duration.toSeconds());
    }
}
