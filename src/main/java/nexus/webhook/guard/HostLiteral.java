package nexus.webhook.guard;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Hosts that are addresses already. Beside {@code 127.0.0.1} and {@code [::1]} these are the forms of {@code inet_aton}:
 * one to four numbers, decimal, octal ({@code 0177.1}) or hexadecimal ({@code 0x7f000001}), the last of which fills
 * what the others leave. Java's own parser reads {@code 0177.0.0.1} in another way than the C library does.
 */
final class HostLiteral {
    /** Also an overflowing or half numeric form: never a host name, because no top-level domain is a number. */
    private static final Pattern NUMERIC = Pattern.compile("(.*\\.)?(0[xX][0-9a-fA-F]*|[0-9]+)\\.?");

    private static final Pattern NUMBER = Pattern.compile("0[xX][0-9a-fA-F]*|[0-9]+");

    private HostLiteral() {}

    /** Whether the host claims to be an IPv4 address, valid or not. */
    static boolean isNumeric(String host) {
        return NUMERIC.matcher(host).matches();
    }

    /**
     * @param host as in a URL, IPv6 in brackets
     * @return empty for a name that must be looked up
     * @throws UnknownHostException if it is an address in form, but none in value
     */
    static Optional<InetAddress> parse(String host) throws UnknownHostException {
        if (host.startsWith("[") && host.endsWith("]")) {
            return Optional.of(ipv6(host.substring(1, host.length() - 1)));
        }
        return isNumeric(host) ? Optional.of(ipv4(host)) : Optional.empty();
    }

    private static InetAddress ipv6(String text) throws UnknownHostException {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw unknown(text);
        }
    }

    private static InetAddress ipv4(String text) throws UnknownHostException {
        String[] parts = (text.endsWith(".") ? text.substring(0, text.length() - 1) : text).split("\\.", -1);
        if (parts.length > 4) {
            throw unknown(text);
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean isLast = i == parts.length - 1;
            long limit = isLast ? 1L << (8 * (4 - i)) : 256;
            long part = number(text, parts[i]);
            if (part >= limit) {
                throw unknown(text);
            }
            address |= isLast ? part : part << (8 * (3 - i));
        }
        return InetAddress.getByAddress(
                new byte[] {(byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address});
    }

    private static long number(String host, String part) throws UnknownHostException {
        if (!NUMBER.matcher(part).matches()) {
            throw unknown(host);
        }
        try {
            if (part.startsWith("0x") || part.startsWith("0X")) {
                return part.length() == 2 ? 0 : Long.parseLong(part, 2, part.length(), 16);
            }
            return part.length() > 1 && part.startsWith("0") ? Long.parseLong(part, 8) : Long.parseLong(part);
        } catch (NumberFormatException e) {
            throw unknown(host);
        }
    }

    private static UnknownHostException unknown(String host) {
        return new UnknownHostException(host + " is not an address");
    }
}
