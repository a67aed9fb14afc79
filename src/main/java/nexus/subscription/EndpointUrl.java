package nexus.subscription;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import nexus.Refusal;

/** Where webhooks go, as callers write it. The address a name resolves to is judged when connecting, not here. */
final class EndpointUrl {
    static final int MAX_CHARACTERS = 2_048;

    private EndpointUrl() {}

    static URI parse(String text, String pointer) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new Refusal.Invalid(pointer, "must be a URL: " + e.getReason() + " at character " + e.getIndex());
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
            throw new Refusal.Invalid(pointer, "must start with http:// or https://");
        }
        if (uri.getRawUserInfo() != null) {
            throw new Refusal.Invalid(pointer, "must not hold a user name or password; use headers");
        }
        if (uri.getHost() == null) {
            throw new Refusal.Invalid(pointer, "must name a host, of letters, digits, dots and dashes");
        }
        if (uri.getPort() == 0
                || uri.getPort() > 65_535
                || uri.getRawAuthority().endsWith(":")) {
            throw new Refusal.Invalid(pointer, "must have a port from 1 to 65535, or none");
        }
        if (uri.getRawFragment() != null) {
            throw new Refusal.Invalid(pointer, "must not have a #fragment");
        }
        if (!text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new Refusal.Invalid(pointer, "must be ASCII: percent-encode other characters");
        }
        return uri;
    }

    /**
     * What will surprise whoever sends there: it is no public address, as far as that can be told without asking a name
     * server.
     *
     * @param loopbackIsAllowed as it is in embedded mode
     */
    static Optional<Warning> privateAddress(URI endpoint, boolean loopbackIsAllowed) {
        String host = endpoint.getHost().toLowerCase(Locale.ROOT);
        boolean isLoopback = host.equals("localhost") || host.endsWith(".localhost");
        boolean isPrivate = isLoopback;
        byte[] literal =
                NetUtil.createByteArrayFromIpAddressString(host.replace("[", "").replace("]", ""));
        if (literal != null) {
            try {
                InetAddress address = InetAddress.getByAddress(literal);
                boolean isUniqueLocal = literal.length == 16 && (literal[0] & 0xfe) == 0xfc;
                isLoopback = address.isLoopbackAddress();
                isPrivate = isLoopback
                        || isUniqueLocal
                        || address.isSiteLocalAddress()
                        || address.isLinkLocalAddress()
                        || address.isAnyLocalAddress();
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e); // 4 or 16 bytes are an address
            }
        }
        return isPrivate && !(isLoopback && loopbackIsAllowed)
                ? Optional.of(new Warning(
                        "private-address",
                        host + " is not a public address: deliveries to it are refused unless TARGETS_ALLOW covers it.",
                        "Start Nexus with TARGETS_ALLOW=" + host + "."))
                : Optional.empty();
    }
}
