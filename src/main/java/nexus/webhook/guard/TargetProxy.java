package nexus.webhook.guard;

import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nexus.notation.Authority;

/**
 * The HTTP proxy for targets with TLS: asked for a tunnel ({@code CONNECT}) to the checked address, so that the
 * guard and the receiver's certificate keep their meaning. Targets that are not public are reached directly.
 */
public final class TargetProxy {
    private static final int DEFAULT_PORT = 80;

    private final Optional<ProxyOptions> proxy;
    private final List<AddressRange> directRanges;
    private final List<String> directNames;

    private TargetProxy(Optional<ProxyOptions> proxy, List<AddressRange> directRanges, List<String> directNames) {
        this.proxy = proxy;
        this.directRanges = List.copyOf(directRanges);
        this.directNames = List.copyOf(directNames);
    }

    /**
     * @param url {@code http://[user:password@]host[:port]}; user and password percent-encoded
     * @param direct targets that are reached without it: host names with the names below them; addresses and CIDRs;
     *     {@code *} for all
     * @throws IllegalArgumentException with the reason, for a wrong CIDR
     */
    public static TargetProxy of(Optional<String> url, List<String> direct) {
        List<AddressRange> ranges = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String given : direct) {
            String entry = given.strip().toLowerCase(Locale.ROOT);
            AddressRange.ofEntry(entry)
                    .ifPresentOrElse(ranges::add, () -> names.add(entry.replaceFirst("^\\*?\\.", "")));
        }
        return new TargetProxy(url.map(TargetProxy::options), ranges, names);
    }

    /** The proxy that this endpoint is reached through, if any. */
    public Optional<ProxyOptions> toward(Endpoint endpoint, InetAddress address) {
        return proxy.isPresent()
                        && endpoint.isTls()
                        && TargetGuard.isPublic(address)
                        && !isDirect(endpoint.host(), address)
                ? proxy
                : Optional.empty();
    }

    private boolean isDirect(String named, InetAddress address) {
        String host = named.toLowerCase(Locale.ROOT);
        return directRanges.stream().anyMatch(range -> range.contains(address))
                || directNames.stream()
                        .anyMatch(name -> name.equals("*") || host.equals(name) || host.endsWith("." + name));
    }

    private static ProxyOptions options(String url) {
        Authority proxy = Authority.of(URI.create(url));
        ProxyOptions options = new ProxyOptions()
                .setType(ProxyType.HTTP)
                .setHost(proxy.host())
                .setPort(proxy.port() < 0 ? DEFAULT_PORT : proxy.port());
        String user = proxy.userInfo();
        if (!user.isEmpty()) {
            int colon = user.indexOf(':');
            options.setUsername(decoded(colon < 0 ? user : user.substring(0, colon)))
                    .setPassword(decoded(colon < 0 ? "" : user.substring(colon + 1)));
        }
        return options;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
