package nexus.webhook.guard;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nexus.notation.Authority;

/**
 * Which addresses may a webhook go to? Public ones, and what {@code TARGETS_ALLOW} names. Pure: it looks nothing up.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IANA IPv4 special-purpose addresses</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">IANA IPv6 special-purpose addresses</a>
 */
public final class TargetGuard {
    private static final List<AddressRange> NOT_PUBLIC = ranges(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10", // with Alibaba's metadata, 100.100.100.200
            "127.0.0.0/8",
            "168.63.129.16", // public in form, and Azure's own host in every virtual machine there
            "169.254.0.0/16", // with the metadata of most clouds
            "172.16.0.0/12",
            "192.0.0.0/24", // with Oracle's metadata, 192.0.0.192
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4", // with the broadcast address
            // of 2000::/3; all else of IPv6 is local, reserved, or an IPv4 address in disguise
            "2001::/23", // protocols: Teredo, benchmarks, ORCHID, and services of the nearest router
            "2001:db8::/32",
            "2002::/16", // 6to4: an IPv4 address in disguise
            "3fff::/20");

    /** All that IANA gives to hosts on the internet. */
    private static final AddressRange GLOBAL_IPV6 = AddressRange.parse("2000::/3");

    private static final List<InetAddress> LOOPBACK =
            List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

    private final List<AddressRange> allowedRanges;
    private final Set<String> allowedNames;

    private TargetGuard(List<AddressRange> allowedRanges, Set<String> allowedNames) {
        this.allowedRanges = List.copyOf(allowedRanges);
        this.allowedNames = Set.copyOf(allowedNames);
    }

    /**
     * @param entries CIDRs ({@code 10.0.0.0/8}, {@code fd00::/8}), single addresses and host names
     * @throws IllegalArgumentException with the entry and the reason
     */
    public static TargetGuard allowing(Collection<String> entries) {
        List<AddressRange> ranges = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String given : entries) {
            String entry = given.strip().toLowerCase(Locale.ROOT);
            Optional<AddressRange> range = AddressRange.ofEntry(entry);
            if (range.isPresent()) {
                ranges.add(range.get());
            } else {
                names.add(name(entry));
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
        if (allowedNames.contains(withoutRoot(host.toLowerCase(Locale.ROOT)))) {
            return Optional.empty();
        }
        return addresses.stream()
                .filter(address -> !isPublic(address) && !isAllowed(address))
                .findFirst();
    }

    /** Whether an address is public; a subscription to another one gets a warning. */
    public static boolean isPublic(InetAddress address) {
        return (address instanceof Inet4Address || GLOBAL_IPV6.contains(address))
                && NOT_PUBLIC.stream().noneMatch(range -> range.contains(address));
    }

    private static String name(String entry) {
        try {
            Authority.requireName(entry);
            return withoutRoot(entry);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"" + entry + "\" is neither a CIDR like 10.0.0.0/8 nor a host name like receiver.internal: it "
                            + e.getMessage(),
                    e);
        }
    }

    /** A name may end with the dot of the root, which changes nothing. */
    private static String withoutRoot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** {@code localhost} is one of two addresses or both, depending on the machine, so allowing one allows both. */
    private boolean isAllowed(InetAddress address) {
        return isInRange(address)
                || (LOOPBACK.contains(address) && LOOPBACK.stream().anyMatch(this::isInRange));
    }

    private boolean isInRange(InetAddress address) {
        return allowedRanges.stream().anyMatch(range -> range.contains(address));
    }

    private static List<AddressRange> ranges(String... cidrs) {
        return Stream.of(cidrs).map(AddressRange::parse).toList();
    }
}
