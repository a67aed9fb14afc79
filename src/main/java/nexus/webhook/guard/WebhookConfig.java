package nexus.webhook.guard;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How requests to receivers are made. The defaults suit receivers on the internet. */
@ConfigMapping(prefix = "nexus.webhook")
public interface WebhookConfig {
    /**
     * {@code DELIVERY_TIMEOUT}: one deadline over name lookup, connect, TLS, headers and body. Raise it for receivers
     * that work before they answer.
     */
    @WithDefault("15s")
    Duration timeout();

    /**
     * Longest wait for one address to accept a connection. The name's next address is tried earlier: when one fails,
     * or has been silent for a moment.
     */
    @WithDefault("5s")
    Duration connectTimeout();

    /** {@code TARGETS_ALLOW}: CIDRs and host names that may be reached although they are not public. */
    Optional<List<String>> allow();

    /** {@code HTTPS_PROXY}: the proxy for public targets with TLS, {@code http://[user:password@]host[:port]}. */
    Optional<String> proxy();

    /** {@code NO_PROXY}: host names, addresses and CIDRs that are reached without it. */
    Optional<List<String>> noProxy();

    /**
     * Connections to one address of one host. At least {@code DELIVERY_CONCURRENCY}, else requests to one host wait
     * for each other and one that hangs is felt by its neighbours.
     */
    @WithDefault("1024")
    @Min(1)
    @Max(16384)
    int maxConnectionsPerHost();

    /** Requests that wait for a connection to one host; one more is {@code Unreachable} at once. */
    @WithDefault("1024")
    @Min(1)
    int maxWaitingPerHost();

    /**
     * How long an unused connection is kept. Below the idle limit of common servers (5 s), because a connection that
     * the receiver closes just as it is used again costs an attempt.
     */
    @WithDefault("4s")
    Duration keepAlive();

    /** Bytes of all headers of one answer; more is {@code Unreachable}. */
    @WithDefault("16384")
    @Min(1024)
    int maxHeaderBytes();

    /** Bytes of an answer's body that are read and kept; at the first one more the connection is closed. */
    @WithDefault("16384")
    @Min(0)
    @Max(1048576)
    int maxAnswerBytes();

    /** How long a resolved and checked address is used before the name is resolved again. */
    @WithDefault("5s")
    Duration lookupCache();
}
