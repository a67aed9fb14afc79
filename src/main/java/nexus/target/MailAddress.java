package nexus.target;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A mailbox. Its address can stand in an SMTP command and in a header as it is.
 *
 * @param name a person's or a list's, shown beside the address; empty when there is none
 * @param address local part, {@code @} and a domain in ASCII
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2">RFC 5321, 4.1.2</a>
 */
public record MailAddress(String name, String address) {
    public static final int MAX_CHARACTERS = 320;

    private static final int MAX_LOCAL_PART = 64;
    private static final int MAX_ADDRESS = 254;
    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private static final Pattern LOCAL_PART =
            Pattern.compile(ATOM + "(\\." + ATOM + ")*|\"([\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\x20-\\x7e])*\"");
    private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern DOMAIN =
            Pattern.compile(LABEL + "(\\." + LABEL + ")*|\\[[0-9]{1,3}(\\.[0-9]{1,3}){3}]|\\[ipv6:[0-9a-f:.]{2,45}]");

    /** Letters that IDNA 2003 and 2008 encode differently. */
    private static final Pattern AMBIGUOUS = Pattern.compile("[ßẞς\u200c\u200d]");

    /**
     * Reads {@code ann@example.com}, {@code Ann <ann@example.com>} or {@code "Ann, Ltd." <ann@example.com>}. A domain with
     * other letters than ASCII is converted to its ASCII form.
     *
     * @throws IllegalArgumentException with a message that continues the name of the field
     */
    public static MailAddress parse(String text) {
        if (text.codePoints().anyMatch(MailAddress::isControl)) {
            throw new IllegalArgumentException("must not contain control characters");
        }
        String given = text.strip();
        if (!given.endsWith(">")) {
            return new MailAddress("", address(given));
        }
        int open = given.lastIndexOf('<');
        if (open < 0) {
            throw new IllegalArgumentException("must be an address such as ann@example.com");
        }
        return new MailAddress(
                unquoted(given.substring(0, open).strip()), address(given.substring(open + 1, given.length() - 1)));
    }

    private static String address(String text) {
        int at = text.lastIndexOf('@');
        String localPart = at < 0 ? "" : text.substring(0, at);
        if (!localPart.chars().allMatch(c -> c < 0x80)) {
            throw new IllegalArgumentException("must be ASCII before the @");
        }
        if (localPart.length() > MAX_LOCAL_PART
                || !LOCAL_PART.matcher(localPart).matches()) {
            throw new IllegalArgumentException("must be an address such as ann@example.com");
        }
        String address = localPart + '@' + domain(text.substring(at + 1));
        if (address.length() > MAX_ADDRESS) {
            throw new IllegalArgumentException("must be an address of at most " + MAX_ADDRESS + " characters");
        }
        return address;
    }

    private static String domain(String text) {
        if (AMBIGUOUS.matcher(text).find()) {
            throw new IllegalArgumentException("must have its domain in ASCII (punycode)");
        }
        String domain;
        try {
            domain = text.startsWith("[") ? text : IDN.toASCII(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must have a domain after the @", e);
        }
        if (!DOMAIN.matcher(domain.toLowerCase(Locale.ROOT)).matches()) {
            throw new IllegalArgumentException("must have a domain after the @");
        }
        return domain;
    }

    private static String unquoted(String name) {
        return name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")
                ? name.substring(1, name.length() - 1).replaceAll("\\\\(.)", "$1")
                : name;
    }

    private static boolean isControl(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
    }

    /** The domain of the address. */
    public String domain() {
        return address.substring(address.lastIndexOf('@') + 1);
    }

    /** In the form that {@link #parse} reads. */
    public String text() {
        return name.isEmpty()
                ? address
                : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\" <" + address + '>';
    }

    /** An address is personal data. */
    @Override
    public String toString() {
        return "MailAddress[redacted]";
    }
}
