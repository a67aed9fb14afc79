package nexus.webhook.guard;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Addresses of one family that begin with the same bits. */
public record AddressRange(InetAddress first, int prefixBits) {

    public AddressRange {
        byte[] bytes = first.getAddress();
        if (prefixBits < 0 || prefixBits > bytes.length * 8) {
            throw new IllegalArgumentException("a prefix of " + first.getHostAddress() + " has 0 to " + bytes.length * 8
                    + " bits, not " + prefixBits);
        }
        InetAddress masked = masked(bytes, prefixBits);
        if (!masked.equals(first)) {
            throw new IllegalArgumentException(
                    first.getHostAddress() + "/" + prefixBits + " has bits set behind its prefix;" + " did you mean "
                            + masked.getHostAddress() + "/" + prefixBits + "?");
        }
    }

    /**
     * @param cidr {@code 10.0.0.0/8}, or one address
     * @throws IllegalArgumentException with the reason
     */
    static AddressRange parse(String cidr) {
        int slash = cidr.indexOf('/');
        if (cidr.indexOf(':') < 0 && cidr.chars().filter(c -> c == '.').count() != 3) {
            throw new IllegalArgumentException("an IPv4 address has four numbers");
        }
        InetAddress first = InetAddress.ofLiteral(slash < 0 ? cidr : cidr.substring(0, slash));
        int allBits = first.getAddress().length * 8;
        return new AddressRange(first, slash < 0 ? allBits : bits(cidr, cidr.substring(slash + 1)));
    }

    /**
     * One entry of a list of targets.
     *
     * @param entry an address, a CIDR or something else, as a host name
     * @return empty for something else
     * @throws IllegalArgumentException with the entry and the reason, when it only has the form of an address or CIDR
     */
    public static Optional<AddressRange> ofEntry(String entry) {
        if (entry.indexOf('/') < 0 && entry.indexOf(':') < 0 && !HostLiteral.isNumeric(entry)) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(entry));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + entry + "\" is not a CIDR: " + e.getMessage(), e);
        }
    }

    boolean contains(InetAddress address) {
        byte[] mine = first.getAddress();
        byte[] theirs = address.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        int whole = prefixBits / 8;
        for (int i = 0; i < whole; i++) {
            if (mine[i] != theirs[i]) {
                return false;
            }
        }
        int rest = prefixBits % 8;
        return rest == 0 || ((mine[whole] ^ theirs[whole]) & 0xff) >>> (8 - rest) == 0;
    }

    private static int bits(String cidr, String text) {
        if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException(cidr + " has no number of bits behind its slash");
        }
        return Integer.parseInt(text);
    }

    private static InetAddress masked(byte[] address, int bits) {
        for (int i = 0; i < address.length; i++) {
            int kept = Math.clamp(bits - i * 8L, 0, 8);
            address[i] &= (byte) (0xff << (8 - kept));
        }
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes", e);
        }
    }

    @Override
    public String toString() {
        return first.getHostAddress() + "/" + prefixBits;
    }
}
