package nexus.notation;

import java.net.IDN;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The host and port of a URL, by one rule for every URL that is given to Nexus: a host is a name of letters, digits, dashes and
 * underscores in labels with dots between, or an IPv4 address in four numbers, or an IPv6 address in brackets. The class
 * {@link URI} itself finds no host in {@code my_db}, though Docker Compose makes such names.
 *
 * @param userInfo user and password, percent-encoded; empty text when the URL has none
 * @param host as it stands in the URL, IPv6 in brackets
 * @param port -1 when the URL has none
 */
public record Authority(String userInfo, String host, int port) {
    private static final String FORM = "must name a host, of letters, digits, dots, dashes and underscores";
    private static final int MAX_NAME = 253;
    private static final Pattern NAME = Pattern.compile(
            "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\\.?");
    private static final Pattern NUMERIC = Pattern.compile("(.*\\.)?(0[xX][0-9a-fA-F]*|[0-9]+)\\.?");
    private static final Pattern IPV4 = Pattern.compile(
            "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}");

    /** Letters that IDNA 2003 and 2008 encode differently, so that no single form can be suggested. */
    private static final Pattern AMBIGUOUS = Pattern.compile("[ßẞς\u200c\u200d]");

    /** @throws IllegalArgumentException with a message that continues "the URL" and contains no password */
    public static Authority of(URI uri) {
        String authority = Optional.ofNullable(uri.getRawAuthority()).orElse("");
        int at = authority.lastIndexOf('@');
        String userInfo = at < 0 ? "" : authority.substring(0, at);
        if (userInfo.indexOf('@') >= 0) {
            throw new IllegalArgumentException("must have one @ before its host (encode @ in a password as %40)");
        }
        String place = authority.substring(at + 1);
        if (place.startsWith("[")) {
            if (uri.getHost() == null) {
                throw new IllegalArgumentException("must have an IPv6 address in its brackets");
            }
            return new Authority(userInfo, uri.getHost(), uri.getPort());
        }
        int colon = place.lastIndexOf(':');
        String host = colon < 0 ? place : place.substring(0, colon);
        requireName(host);
        return new Authority(userInfo, host, port(colon < 0 ? "" : place.substring(colon + 1)));
    }

    /**
     * Refuses anything but a host name or an IPv4 address.
     *
     * @throws IllegalArgumentException with a message that continues the name of the field, "the URL" for instance
     */
    public static void requireName(String host) {
        if (!host.chars().allMatch(c -> c < 0x80)) {
            throw new IllegalArgumentException("must name its host in ASCII"
                    + asciiForm(host).map(form -> ", as " + form).orElse(" (punycode)"));
        }
        if (NUMERIC.matcher(host).matches() && !IPV4.matcher(host).matches()) {
            throw new IllegalArgumentException("must have four numbers from 0 to 255 in an IPv4 address");
        }
        if (host.length() > MAX_NAME || !NAME.matcher(host).matches()) {
            throw new IllegalArgumentException(FORM);
        }
    }

    private static int port(String digits) {
        if (digits.isEmpty()) {
            return -1;
        }
        if (digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("must have a number as its port");
        }
        return Integer.parseInt(digits);
    }

    private static Optional<String> asciiForm(String host) {
        if (AMBIGUOUS.matcher(host).find()) {
            return Optional.empty();
        }
        try {
            String form = IDN.toASCII(host, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
            return NAME.matcher(form).matches() ? Optional.of(form) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Without user and password. */
    @Override
    public String toString() {
        return port < 0 ? host : host + ':' + port;
    }
}
