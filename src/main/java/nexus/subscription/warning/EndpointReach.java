package nexus.subscription.warning;

import io.vertx.core.Future;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import nexus.subscription.target.TargetSettings;
import nexus.webhook.guard.Endpoint;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.TargetResolver.Resolution;

/** Checks whether deliveries can reach an endpoint, by its name at the moment. It is checked again at every connection. */
@Singleton
public class EndpointReach {
    /** A silent name server must not delay the creation of a subscription. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final TargetResolver resolver;

    public EndpointReach(TargetResolver resolver) {
        this.resolver = resolver;
    }

    /** What will surprise; never fails. */
    public Future<Optional<Warning>> warning(TargetSettings target) {
        List<Future<Optional<Warning>>> warnings =
                target.reaches().stream().map(this::warning).toList();
        return Future.all(warnings).map(all -> warnings.stream()
                .flatMap(warning -> warning.result().stream())
                .findFirst());
    }

    private Future<Optional<Warning>> warning(URI endpoint) {
        String host = Endpoint.of(endpoint).host();
        if (host.indexOf('_') >= 0 && "https".equalsIgnoreCase(endpoint.getScheme())) {
            return Future.succeededFuture(Optional.of(new Warning(
                    "uncertifiable-host",
                    "No certificate can be checked for " + host + ", which has an underscore: deliveries to it fail.",
                    "Use a name without underscore, or http where the network is trusted.")));
        }
        return resolver.resolve(host)
                .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .map(resolution -> switch (resolution) {
                    case Resolution.Open open -> Optional.<Warning>empty();
                    case Resolution.Late late -> Optional.<Warning>empty();
                    case Resolution.Blocked blocked ->
                        Optional.of(new Warning(
                                "private-address",
                                host + " leads to " + blocked.address().getHostAddress()
                                        + ", which is no public address: deliveries to it are refused.",
                                "Start Nexus with TARGETS_ALLOW=" + host.replaceAll("[\\[\\]]", "") + "."));
                    case Resolution.Unknown unknown ->
                        Optional.of(new Warning(
                                "unknown-host",
                                "The name " + host + " has no address now: deliveries to it fail until it has.",
                                "Correct the name, or make it known to the name server."));
                })
                .otherwise(Optional.empty());
    }
}
