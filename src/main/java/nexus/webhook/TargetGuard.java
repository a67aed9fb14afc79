package nexus.webhook;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which addresses may a webhook go to? Public ones, and what {@code TARGETS_ALLOW} names. Pure: it looks nothing up.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IANA IPv4 special-purpose addresses</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">IANA IPv6 special-purpose addresses</a>
 */
public final class TargetGuard {
    private static final List<AddressRange> NOT_PUBLIC = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4", // with the broadcast address
                    "::/96", // with :: and ::1; the rest are IPv4 addresses in disguise, of a form nobody uses
                    "64:ff9b::/96", // NAT64: an IPv4 address in disguise, as is the next and 2002::/16
                    "64:ff9b:1::/48",
                    "100::/64",
                    "2001::/32", // Teredo: IPv4 in disguise too
                    "2001:db8::/32",
                    "2002::/16",
                    "3fff::/20",
                    "5f00::/16",
                    "fc00::/7",
                    "fe80::/10",
                    "fec0::/10",
                    "ff00::/8")
            .map(AddressRange::parse)
            .toList();

    /** RFC 1123 names, and the underscore that names inside a company have. */
    private static final Pattern HOST_NAME = Pattern.compile("(?=.*[a-z])[a-z0-9_]([a-z0-9._-]{0,251}[a-z0-9_])?");

    private final List<AddressRange> allowedRanges;
    private final Set<String> allowedNames;

    private TargetGuard(List<AddressRange> allowedRanges, Set<String> allowedNames) {
        this.allowedRanges = List.copyOf(allowedRanges);
        this.allowedNames = Set.copyOf(allowedNames);
    }

    /**
     * @param entries CIDRs ({@code 10.0.0.0/8}, {@code fd00::/8}), single addresses and host names
     * @throws IllegalArgumentException with the entry and what is wrong with it
     */
    public static TargetGuard allowing(Collection<String> entries) {
        List<AddressRange> ranges = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String given : entries) {
            String entry = given.strip().toLowerCase(Locale.ROOT);
            Optional<AddressRange> range = AddressRange.ofEntry(entry);
            if (range.isPresent()) {
                ranges.add(range.get());
            } else if (HOST_NAME.matcher(entry).matches()) {
                names.add(entry);
            } else {
                throw new IllegalArgumentException(
                        "\"" + given + "\" is neither a CIDR like 10.0.0.0/8 nor a host name like receiver.internal");
            }
        }
        return new TargetGuard(ranges, names);
    }

    /**
     * The first address that a request to {@code host} must not reach. One is enough to refuse the host: a name that
     * resolves to both a public and a private address is either broken or an attack.
     *
     * @param addresses all that the name resolves to
     */
    public Optional<InetAddress> forbidden(String host, List<InetAddress> addresses) {
        if (allowedNames.contains(host.toLowerCase(Locale.ROOT))) {
            return Optional.empty();
        }
        return addresses.stream()
                .filter(address -> !isPublic(address) && !isAllowed(address))
                .findFirst();
    }

    /** Whether an address is reachable by everybody; where it is not, a subscription deserves a warning. */
    public static boolean isPublic(InetAddress address) {
        return NOT_PUBLIC.stream().noneMatch(range -> range.contains(address));
    }

    private boolean isAllowed(InetAddress address) {
        return allowedRanges.stream().anyMatch(range -> range.contains(address));
    }
}
